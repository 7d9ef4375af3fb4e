// Reading, listing, deleting, and the one way records are changed: read, step, write with the version read.
// identity_registration.cc has creation and verification, identity_settings.cc the settings, identity_looks.cc the
// looks.
#include "identity/identity_service.h"
#include "identity/history.h"

#include "base/log.h"
#include "identity/refusals.h"

namespace sesame::identity {
namespace {

constexpr std::chrono::seconds watched_look{2};

std::vector<store::DkimKey> share(const std::vector<store::DkimKey>& keys) {
  std::vector<store::DkimKey> copies;
  for (const store::DkimKey& key : keys) {
    copies.push_back({key.account_id, key.identity, key.selector, key.origin, key.bits, key.public_key,
                      key.private_key.share(), key.created});
  }
  return copies;
}

bool is_earlier(const std::optional<Time>& look, const std::optional<Time>& other) {
  return look && (!other || *look < *other);
}

}  // namespace

IdentityService::IdentityService(ServiceDeps deps)
    : deps_(std::move(deps)), notices_(deps_.store, deps_.notices, deps_.clock) {}

IdentityTask<store::IdentityRecord> IdentityService::find(std::string account_id, std::string name) {
  const std::string key = lookup_name(name);
  auto found = co_await deps_.store.find_identity(account_id, key);
  if (!found) co_return std::unexpected(from_store(found.error(), name));
  co_return std::move(*found);
}

IdentityTask<store::IdentityRecord> IdentityService::change(std::string account_id, std::string name, Step step,
                                                            DkimKeySet keys) {
  const Beside nothing;
  auto changed = co_await change(std::move(account_id), std::move(name), std::move(step), std::move(keys), nothing);
  co_return changed;
}

IdentityTask<store::IdentityRecord> IdentityService::change(std::string account_id, std::string name, Step step,
                                                            DkimKeySet keys, const Beside& beside) {
  for (int attempt = 0; attempt < max_conflicts; ++attempt) {
    auto read = co_await find(account_id, name);
    if (!read) co_return read;
    store::IdentityRecord changed = *read;
    if (const auto stepped = step(changed); !stepped) co_return std::unexpected(stepped.error());
    store::IdentityCommit commit;
    commit.history = history_of(*read, changed, beside.seen, deps_.clock.now());
    if (changed == *read && keys.keys.empty() && beside.empty() && commit.history.empty()) co_return read;

    commit.keys = share(keys.keys);
    commit.notices = beside.notices;
    commit.new_link = beside.new_link;
    commit.used_link = beside.used_link;
    const auto version = co_await deps_.store.update_identity(changed, std::move(commit));
    if (version) {
      changed.version = *version;
      if (is_earlier(changed.next_look, read->next_look)) wake();
      co_return changed;
    }
    if (version.error().code != store::StoreErrc::conflict) {
      co_return std::unexpected(from_store(version.error(), name));
    }
  }
  co_return std::unexpected(from_store(store::StoreError{store::StoreErrc::conflict, ""}, name));
}

IdentityTask<store::IdentityRecord> IdentityService::get(std::string account_id, std::string name) {
  auto found = co_await find(account_id, name);
  co_return found;
}

IdentityTask<store::IdentityRecord> IdentityService::get_watched(std::string account_id, std::string name) {
  auto found = co_await find(account_id, name);
  if (!found) co_return found;
  const Time now = deps_.clock.now();
  watched_.mark(found->account_id, found->name, now);

  store::IdentityRecord hurried = *found;
  if (!pull_looks_forward(hurried, now + watched_look)) co_return found;
  const auto version = co_await deps_.store.update_identity(hurried, {});
  if (version) {
    hurried.version = *version;
    wake();
    co_return hurried;
  }
  // Somebody changed it just now; the next question, or their look, sets the pace.
  if (version.error().code != store::StoreErrc::conflict) {
    log::warning("identity", "could not hurry a look", {{"identity", name}, {"detail", version.error().detail}});
  }
  co_return found;
}

IdentityTask<store::IdentityPage> IdentityService::list(std::string account_id, std::string after, std::size_t limit,
                                                        std::optional<store::IdentityKind> kind) {
  auto page = co_await deps_.store.list_identities(account_id, after, limit, kind, "");
  if (!page) co_return std::unexpected(from_store(page.error(), ""));
  co_return std::move(*page);
}

IdentityTask<std::vector<store::HistoryEntry>> IdentityService::history(std::string account_id, std::string name,
                                                                        std::int64_t before, std::size_t limit) {
  const auto known = co_await find(account_id, name);
  if (!known) co_return std::unexpected(known.error());
  auto entries = co_await deps_.store.identity_history(known->account_id, known->name, before, limit);
  if (!entries) co_return std::unexpected(from_store(entries.error(), name));
  co_return std::move(*entries);
}

IdentityTask<void> IdentityService::remove(std::string account_id, std::string name) {
  const std::string key = lookup_name(name);
  const auto removed = co_await deps_.store.delete_identity(account_id, key);
  if (!removed) co_return std::unexpected(from_store(removed.error(), name));
  log::info("identity", "deleted", {{"account", account_id}, {"identity", key}});
  co_return Result<void, IdentityError>{};
}

}  // namespace sesame::identity
