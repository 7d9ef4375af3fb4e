// Looking at what an identity publishes and letting it change the identity's state.
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "base/log.h"
#include "base/time_text.h"
#include "identity/history.h"
#include "identity/identity_service.h"
#include "identity/notice_texts.h"
#include "identity/refusals.h"

namespace sesame::identity {
namespace {

constexpr std::chrono::seconds look_time{5};
constexpr std::chrono::seconds view_is_fresh_for{60};

std::string_view name(Subject subject) {
  switch (subject) {
    case Subject::domain: return "domain verification";
    case Subject::dkim: return "DKIM";
    case Subject::mail_from: return "MAIL FROM domain";
    case Subject::address: break;
  }
  return "address verification";
}

std::string_view name(Change change) {
  switch (change) {
    case Change::none: break;
    case Change::succeeded: return "succeeded";
    case Change::restored: return "restored";
    case Change::lost: return "lost";
    case Change::failed: return "failed";
    case Change::given_up: return "given up";
  }
  return "unchanged";
}

// Is there a receivers' view in it, and not older than that? Times in this form compare as text.
bool has_fresh_view(const std::string& diagnosis, Time now) {
  boost::system::error_code malformed;
  const boost::json::value parsed = boost::json::parse(diagnosis, malformed);
  if (malformed || !parsed.is_object()) return false;
  const boost::json::value* seen_at = parsed.as_object().if_contains("seen_at");
  return seen_at && seen_at->is_string() &&
         std::string_view(seen_at->as_string()) >= format_rfc3339_ms(now - view_is_fresh_for);
}

}  // namespace

IdentityTask<Applied> IdentityService::apply(store::IdentityRecord asked, const Seen& seen) {
  Applied applied;
  Beside beside;
  beside.seen = &seen;
  const Step step = [&](store::IdentityRecord& identity) -> Result<void, IdentityError> {
    const Time now = deps_.clock.now();
    const bool watched = watched_.is_watched(identity.account_id, identity.name, now);
    applied = apply_findings(identity, still_asked(asked, identity, seen.look.findings), watched, now, deps_.random);
    identity = applied.identity;
    beside.notices = notices_about(applied);
    return {};
  };
  auto changed = co_await change(asked.account_id, asked.name, step, DkimKeySet{}, beside);
  if (!changed) co_return std::unexpected(changed.error());
  applied.identity = std::move(*changed);
  co_return applied;
}

std::vector<store::OwedNotice> IdentityService::notices_about(const Applied& applied) const {
  std::vector<store::OwedNotice> owed;
  for (const Told& told : applied.changes) {
    Notice notice = change_notice(told, applied.identity, deps_.names);
    owed.push_back(
        {0, applied.identity.account_id, "", std::move(notice.subject), std::move(notice.text), deps_.clock.now()});
  }
  return owed;
}

net::Task<void> IdentityService::tell(store::IdentityRecord identity, std::vector<Told> changes) {
  if (changes.empty()) co_return;
  for (const Told& told : changes) {
    log::info("identity", "state changed",
              {{"account", identity.account_id},
               {"identity", identity.name},
               {"what", name(told.subject)},
               {"change", name(told.change)}});
  }
  co_await notices_.send_owed();
}

net::Task<LookFacts> IdentityService::facts_about(store::IdentityRecord identity) {
  LookFacts facts;
  if (identity.dkim && identity.dkim->origin == store::DkimOrigin::external) {
    const auto key =
        co_await deps_.store.find_dkim_key(identity.account_id, identity.name, identity.dkim->selectors.front());
    if (key) {
      facts.own_public_key = key->public_key;
    } else {
      log::error("identity", "own DKIM key cannot be read",
                 {{"identity", identity.name}, {"detail", key.error().detail}});
    }
  }
  if (identity.mail_from) {
    const auto other = co_await deps_.store.find_identity(identity.account_id, identity.mail_from->domain);
    facts.mail_from_is_identity = other.has_value();
    if (!other && other.error().code != store::StoreErrc::not_found) {
      log::warning("identity", "whether a MAIL FROM domain is an identity cannot be looked up",
                   {{"mail_from_domain", identity.mail_from->domain}, {"detail", other.error().detail}});
    }
  }
  co_return facts;
}

// The stored one; empty when there is none, or none that can be read.
net::Task<boost::json::object> IdentityService::diagnosis_before(std::string account_id, std::string name) {
  const auto before = co_await deps_.store.find_diagnosis(account_id, name);
  if (!before && before.error().code != store::StoreErrc::not_found) {
    log::warning("identity",
                 "the diagnosis of before cannot be read; what was not looked at is left out of the new one",
                 {{"identity", name}, {"detail", before.error().detail}});
  }
  if (!before) co_return boost::json::object{};
  boost::system::error_code malformed;
  boost::json::value previous = boost::json::parse(*before, malformed);
  if (malformed) {
    log::warning("identity", "the diagnosis of before is no JSON", {{"identity", name}, {"why", malformed.message()}});
  }
  if (malformed || !previous.is_object()) co_return boost::json::object{};
  co_return std::move(previous.as_object());
}

net::Task<void> IdentityService::put_diagnosis(const store::IdentityRecord& identity, Time at, std::string json) {
  const auto kept = co_await deps_.store.put_diagnosis(identity.account_id, identity.name, at, std::move(json));
  if (!kept) {
    log::warning("identity", "could not keep a diagnosis",
                 {{"identity", identity.name}, {"detail", kept.error().detail}});
  }
}

// Leaves the diagnosis as JSON in `json`, with the parts that were not looked at as they were found before. The records
// are kept at once: what receivers would make of them may take seconds, in which the records can be looked at again,
// or become others. The view is then added to whatever is known by that time.
net::Task<void> IdentityService::keep_diagnosis(const Seen& seen, store::IdentityRecord identity, LookOptions options,
                                                Receivers receivers, std::string& json) {
  const Look& look = seen.look;
  boost::json::object diagnosis = with_parts_of(to_json(look, identity), seen.previous, options);
  json = boost::json::serialize(diagnosis);
  co_await put_diagnosis(identity, look.at, json);
  if (receivers != Receivers::asked || !deps_.receivers) co_return;

  const boost::json::object view = co_await deps_.receivers->see(look, identity);
  boost::json::object latest = co_await diagnosis_before(identity.account_id, identity.name);
  if (!latest.empty()) diagnosis = std::move(latest);
  for (const auto& [member, value] : view) diagnosis[member] = value;
  json = boost::json::serialize(diagnosis);
  co_await put_diagnosis(identity, look.at, json);
}

IdentityTask<IdentityService::Looked> IdentityService::look(store::IdentityRecord identity, LookOptions options,
                                                            Receivers receivers) {
  const LookFacts facts = co_await facts_about(identity);
  const Look look = co_await look_at(deps_.dns, deps_.resolver, deps_.names, identity, facts, options,
                                     deps_.clock.now(), net::after(look_time));
  const boost::json::object previous = co_await diagnosis_before(identity.account_id, identity.name);
  const Seen seen{look, previous};
  auto applied = co_await apply(identity, seen);
  if (!applied) co_return std::unexpected(applied.error());
  co_await tell(applied->identity, applied->changes);
  Looked looked{std::move(applied->identity), ""};
  co_await keep_diagnosis(seen, looked.identity, options, receivers, looked.json);
  co_return looked;
}

IdentityTask<store::IdentityRecord> IdentityService::look_and_apply(store::IdentityRecord identity,
                                                                    LookOptions options) {
  auto looked = co_await look(std::move(identity), options, Receivers::as_before);
  if (!looked) co_return std::unexpected(looked.error());
  co_return std::move(looked->identity);
}

IdentityTask<std::string> IdentityService::look_now(std::string account_id, std::string name) {
  const auto known = co_await get_watched(account_id, name);
  if (!known) co_return std::unexpected(known.error());
  auto looked = co_await look(*known, LookOptions{}, Receivers::asked);
  if (!looked) co_return std::unexpected(looked.error());
  co_return std::move(looked->json);
}

IdentityTask<std::string> IdentityService::diagnosis(std::string account_id, std::string name) {
  const auto known = co_await get_watched(account_id, name);
  if (!known) co_return std::unexpected(known.error());
  auto last = co_await deps_.store.find_diagnosis(known->account_id, known->name);
  if (last && (!deps_.receivers || has_fresh_view(*last, deps_.clock.now()))) co_return std::move(*last);
  if (!last && last.error().code != store::StoreErrc::not_found)
    co_return std::unexpected(from_store(last.error(), name));
  auto looked = co_await look(*known, LookOptions{}, Receivers::asked);
  if (!looked) co_return std::unexpected(looked.error());
  co_return std::move(looked->json);
}

}  // namespace sesame::identity
