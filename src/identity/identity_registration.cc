// Creating identities and beginning their verification (spec 1.2).
#include <fmt/format.h>

#include "base/digest.h"
#include "base/log.h"
#include "base/text.h"
#include "identity/history.h"
#include "identity/identity_service.h"
#include "identity/notice_texts.h"
#include "identity/refusals.h"

namespace sesame::identity {
namespace {

constexpr std::size_t txt_token_octets = 32;  // spec 1.2
constexpr std::size_t link_token_octets = 32;
constexpr std::uint32_t default_key_bits = 2048;

// Run on a worker: neither returns before the RSA work is done.
net::Task<DkimKeySet> make_easy_dkim_keys_task(KeyOwner owner, std::uint32_t bits, RandomSource& random, Time now) {
  co_return make_easy_dkim_keys(owner, bits, random, now);
}
IdentityTask<DkimKeySet> import_own_key_task(KeyOwner owner, OwnDkimKey key, Time now) {
  co_return import_own_key(owner, key.selector, key.private_key, now);
}

IdentityError no_such_link() {
  return {IdentityErrc::not_found, "This verification link is unknown, was used before or is older than 24 hours."};
}

bool is_key_length(std::uint32_t bits) { return bits == 1024 || bits == 2048; }

}  // namespace

IdentityTask<DkimKeySet> IdentityService::new_easy_keys(KeyOwner owner, std::uint32_t bits) {
  if (!is_key_length(bits)) {
    co_return refuse(IdentityErrc::invalid_dkim_key, "The signing key length must be 1024 or 2048 bits.");
  }
  net::Task<DkimKeySet> work = make_easy_dkim_keys_task(owner, bits, deps_.random, deps_.clock.now());
  DkimKeySet keys = co_await net::on_executor(deps_.workers, std::move(work));
  co_return keys;
}

IdentityTask<DkimKeySet> IdentityService::imported_keys(KeyOwner owner, OwnDkimKey key) {
  IdentityTask<DkimKeySet> work = import_own_key_task(owner, std::move(key), deps_.clock.now());
  auto keys = co_await net::on_executor(deps_.workers, std::move(work));
  co_return keys;
}

IdentityTask<store::IdentityRecord> IdentityService::create(std::string account_id, std::string name,
                                                            CreateOptions options) {
  const auto parsed = parse_identity_name(name);
  if (!parsed) co_return std::unexpected(parsed.error());
  if (parsed->kind == store::IdentityKind::domain) {
    auto created = co_await create_domain(account_id, parsed->name, std::move(options));
    co_return created;
  }
  auto created = co_await create_address(account_id, parsed->name, std::move(options));
  co_return created;
}

IdentityTask<store::IdentityRecord> IdentityService::insert(store::IdentityRecord identity, DkimKeySet keys,
                                                            Beside beside) {
  store::IdentityCommit commit;
  commit.keys = std::move(keys.keys);
  commit.notices = std::move(beside.notices);
  commit.history = history_of_creation(identity);
  commit.new_link = std::move(beside.new_link);
  commit.max_identities = max_identities;
  const auto created = co_await deps_.store.create_identity(identity, std::move(commit));
  if (!created) co_return std::unexpected(from_store(created.error(), identity.name));
  if (!*created) {
    co_return refuse(IdentityErrc::limit_exceeded,
                     fmt::format("You have reached the limit of {} identities.", max_identities));
  }
  log::info("identity", "created", {{"account", identity.account_id}, {"identity", identity.name}});
  wake();
  auto stored = co_await find(identity.account_id, identity.name);
  co_return stored;
}

IdentityTask<store::IdentityRecord> IdentityService::create_domain(std::string account_id, std::string domain,
                                                                   CreateOptions options) {
  // Asked before keys are made, which is the dear part; create_identity decides.
  const auto known = co_await find(account_id, domain);
  if (known) co_return std::unexpected(from_store({store::StoreErrc::already_exists, ""}, domain));
  if (known.error().code != IdentityErrc::not_found) co_return known;

  const KeyOwner owner{account_id, domain};
  Result<DkimKeySet, IdentityError> keys;
  if (options.own_key) {
    keys = co_await imported_keys(owner, std::move(*options.own_key));
  } else {
    keys = co_await new_easy_keys(owner, options.next_key_bits.value_or(default_key_bits));
  }
  if (!keys) co_return std::unexpected(keys.error());

  const Time now = deps_.clock.now();
  store::IdentityRecord identity;
  identity.account_id = account_id;
  identity.name = domain;
  identity.created = now;
  identity.configuration_set = std::move(options.configuration_set);
  identity.tags = std::move(options.tags);
  start_dkim(identity, keys->origin, keys->selectors(), keys->bits, now);
  auto created = co_await insert(std::move(identity), std::move(*keys), Beside{});
  co_return created;
}

IdentityTask<store::IdentityRecord> IdentityService::create_address(std::string account_id, std::string address,
                                                                    CreateOptions options) {
  if (options.own_key || options.next_key_bits) {
    co_return refuse(IdentityErrc::not_a_domain, "DKIM signing attributes can only be given for a domain.");
  }
  const Time now = deps_.clock.now();
  store::IdentityRecord identity;
  identity.account_id = account_id;
  identity.name = address;
  identity.kind = store::IdentityKind::email_address;
  identity.created = now;
  identity.configuration_set = std::move(options.configuration_set);
  identity.tags = std::move(options.tags);
  start_link(identity, now);
  Beside link = new_link(identity);
  auto created = co_await insert(std::move(identity), DkimKeySet{}, std::move(link));
  if (created) co_await notices_.send_owed();
  co_return created;
}

// A new token, and the mail that brings it.
IdentityService::Beside IdentityService::new_link(const store::IdentityRecord& identity) {
  const std::string token = hex_encode(deps_.random.octets(link_token_octets));
  const Time now = deps_.clock.now();
  Notice notice = verification_link_notice(identity, deps_.names, fmt::format("{}/v/{}", deps_.link_base, token));
  Beside beside;
  beside.new_link = {sha256_hex(token), identity.account_id, identity.name, now + link_lifetime};
  beside.notices = {
      {0, identity.account_id, std::move(notice.to), std::move(notice.subject), std::move(notice.text), now}};
  return beside;
}

IdentityTask<std::string> IdentityService::verify_domain_by_txt(std::string account_id, std::string domain) {
  const auto parsed = parse_domain(domain);
  if (!parsed) co_return std::unexpected(parsed.error());
  const Time now = deps_.clock.now();
  const std::string new_token = base64_encode(deps_.random.octets(txt_token_octets));
  std::string token = new_token;
  const auto begin = [&token, new_token, now](store::IdentityRecord& identity) -> Result<void, IdentityError> {
    token = identity.txt_token.value_or(new_token);
    if (!identity.txt_token || txt_status(identity) == store::VerificationStatus::failed) {
      start_txt(identity, token, now);
    }
    return {};
  };

  const auto known = co_await change(account_id, *parsed, begin, DkimKeySet{});
  if (known) co_return token;
  if (known.error().code != IdentityErrc::not_found) co_return std::unexpected(known.error());
  store::IdentityRecord identity;
  identity.account_id = account_id;
  identity.name = *parsed;
  identity.created = now;
  start_txt(identity, new_token, now);
  const auto created = co_await insert(std::move(identity), DkimKeySet{}, Beside{});
  if (created) co_return new_token;
  if (created.error().code != IdentityErrc::already_exists) co_return std::unexpected(created.error());
  auto existing = co_await verify_domain_by_txt(account_id, *parsed);  // somebody else created it just now
  co_return existing;
}

IdentityTask<std::vector<std::string>> IdentityService::verify_domain_dkim(std::string account_id, std::string domain) {
  const auto parsed = parse_domain(domain);
  if (!parsed) co_return std::unexpected(parsed.error());
  auto identity = co_await find(account_id, *parsed);
  if (!identity && identity.error().code == IdentityErrc::not_found) {
    identity = co_await create_domain(account_id, *parsed, CreateOptions{});
  }
  if (!identity) co_return std::unexpected(identity.error());
  const std::optional<store::DkimState>& dkim = identity->dkim;
  if (dkim && dkim->status != store::VerificationStatus::failed) co_return dkim->selectors;
  const auto started = co_await set_easy_dkim(account_id, *parsed, std::nullopt);
  if (!started) co_return std::unexpected(started.error());
  co_return started->selectors;
}

IdentityTask<void> IdentityService::verify_address(std::string account_id, std::string address) {
  const auto parsed = parse_identity_name(address);
  if (!parsed) co_return std::unexpected(parsed.error());
  if (parsed->kind != store::IdentityKind::email_address) {
    co_return refuse(IdentityErrc::invalid_name, fmt::format("Invalid email address<{}>.", parsed->name));
  }
  const Time now = deps_.clock.now();
  Beside link;
  const auto begin = [this, now, &link](store::IdentityRecord& identity) -> Result<void, IdentityError> {
    link = Beside{};
    if (!may_mail_link(identity, now)) return {};
    start_link(identity, now);
    link = new_link(identity);
    return {};
  };
  const auto known = co_await change(account_id, parsed->name, begin, DkimKeySet{}, link);
  if (known) {
    if (!link.empty()) co_await notices_.send_owed();
    co_return Result<void, IdentityError>{};
  }
  if (known.error().code != IdentityErrc::not_found) co_return std::unexpected(known.error());
  const auto created = co_await create_address(account_id, parsed->name, CreateOptions{});
  if (!created) co_return std::unexpected(created.error());
  co_return Result<void, IdentityError>{};
}

IdentityTask<store::IdentityRecord> IdentityService::confirm_address(std::string token) {
  const Time now = deps_.clock.now();
  Beside using_link;
  using_link.used_link = sha256_hex(token);
  const auto link = co_await deps_.store.find_address_verification(using_link.used_link, now);
  if (!link && link.error().code == store::StoreErrc::not_found) co_return std::unexpected(no_such_link());
  if (!link) co_return std::unexpected(from_store(link.error(), ""));
  const auto confirm = [now](store::IdentityRecord& identity) -> Result<void, IdentityError> {
    confirm_link(identity, now);
    return {};
  };
  auto confirmed = co_await change(link->account_id, link->identity, confirm, DkimKeySet{}, using_link);
  // The link was used, or its identity deleted, just now.
  if (!confirmed && confirmed.error().code == IdentityErrc::not_found) co_return std::unexpected(no_such_link());
  if (confirmed) log::info("identity", "address verified", {{"identity", confirmed->name}});
  co_return confirmed;
}

}  // namespace sesame::identity
