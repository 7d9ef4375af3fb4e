#include "store/open.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>

#include "store/sqlite/campaign_store.h"
#include "store/sqlite/contact_store.h"
#include "store/sqlite/control_store.h"
#include "store/sqlite/outbox.h"
#include "store/sqlite/pause_store.h"
#include "store/sqlite/pool_store.h"
#include "store/sqlite/provider_store.h"
#include "store/sqlite/queue_store.h"
#include "store/sqlite/session_store.h"
#include "store/sqlite/topic_store.h"

namespace sesame::store {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view sqlite_scheme = "sqlite:";

std::string cannot_use(const fs::path& directory, const std::string& reason) {
  return fmt::format("cannot use {}: {}", directory.string(), reason);
}

// Makes the last component only: a mistyped path does not grow a tree.
Result<void, std::string> ensure_directory(const fs::path& directory) {
  std::error_code error;
  if (fs::is_directory(directory, error)) return {};
  if (!fs::create_directory(directory, error)) {
    const std::string reason = error ? error.message() : "it is not a directory";
    return std::unexpected(cannot_use(directory, reason));
  }
  fs::permissions(directory, fs::perms::owner_all, error);
  if (error) return std::unexpected(cannot_use(directory, error.message()));
  return {};
}

// Whether this process may make files in it.
Result<void, std::string> check_writable(const fs::path& directory, const fs::path& about) {
  if (::access(directory.c_str(), W_OK | X_OK) == 0) return {};
  return std::unexpected(cannot_use(about, std::generic_category().message(errno)));
}

Result<fs::path, std::string> directory_of(const std::string& url) {
  if (const std::string problem = url_problem(url); !problem.empty()) return std::unexpected("store url " + problem);
  fs::path directory = directory_named(url);
  const auto usable = ensure_directory(directory);
  if (!usable) return std::unexpected(usable.error());
  return directory;
}

// Without the empty last component that a trailing slash leaves.
fs::path parent_of(const fs::path& directory) {
  const fs::path whole = fs::absolute(directory).lexically_normal();
  return whole.has_filename() ? whole.parent_path() : whole.parent_path().parent_path();
}

}  // namespace

fs::path directory_named(const std::string& url) { return url.substr(sqlite_scheme.size()); }

std::string url_problem(const std::string& url) {
  if (url.starts_with(sqlite_scheme) && url.size() > sqlite_scheme.size()) return "";
  return fmt::format("\"{}\" is not of the form sqlite:<directory>", url);
}

Result<void, std::string> check_directory(const std::string& url) {
  if (const std::string problem = url_problem(url); !problem.empty()) return std::unexpected("store url " + problem);
  const fs::path directory = directory_named(url);
  std::error_code error;
  if (!fs::exists(directory, error)) return check_writable(parent_of(directory), directory);
  if (!fs::is_directory(directory, error)) return std::unexpected(cannot_use(directory, "it is not a directory"));
  if (auto writable = check_writable(directory, directory); !writable) return writable;
  if (!fs::exists(directory / "lock", error)) return {};
  const auto free = sqlite::DirectoryLock::acquire(directory);
  if (!free) return std::unexpected(free.error());
  return {};
}

Result<std::unique_ptr<ControlStore>, std::string> open_control_store(const std::string& url, const Sealer& sealer) {
  const auto directory = directory_of(url);
  if (!directory) return std::unexpected(directory.error());
  const fs::path file = *directory / "control.db";
  auto control = sqlite::SqliteControlStore::open(file, nullptr, sealer, sqlite::OlderSchema::refuse);
  if (control) return std::move(*control);
  // Nobody else has it open while this is held, so what is older, or not there yet, may be brought forward.
  const auto lock = sqlite::DirectoryLock::acquire(*directory);
  if (!lock) return std::unexpected(control.error());
  control = sqlite::SqliteControlStore::open(file, nullptr, sealer);
  if (!control) return std::unexpected(control.error());
  return std::move(*control);
}

Result<Stores, std::string> open_stores(const std::string& url, const Sealer& sealer) {
  const auto usable = directory_of(url);
  if (!usable) return std::unexpected(usable.error());
  const fs::path& directory = *usable;
  auto acquired = sqlite::DirectoryLock::acquire(directory);
  if (!acquired) return std::unexpected(acquired.error());
  const auto lock = std::make_shared<sqlite::DirectoryLock>(std::move(*acquired));

  auto control = sqlite::SqliteControlStore::open(directory / "control.db", lock, sealer);
  if (!control) return std::unexpected(control.error());
  auto queue = sqlite::SqliteQueueStore::open(directory / "queue.db", lock);
  if (!queue) return std::unexpected(queue.error());
  Stores stores;
  stores.topics = std::make_unique<sqlite::SqliteTopicStore>((*control)->engine());
  stores.sessions = std::make_unique<sqlite::SqliteSessionStore>((*control)->engine());
  stores.campaigns = std::make_unique<sqlite::SqliteCampaignStore>((*control)->engine());
  stores.contacts = std::make_unique<sqlite::SqliteContactStore>((*control)->engine());
  stores.providers = std::make_unique<sqlite::SqliteProviderStore>((*control)->engine(), sealer);
  stores.outbox = std::make_unique<sqlite::SqliteOutbox>((*queue)->engine());
  stores.pauses = std::make_unique<sqlite::SqlitePauseStore>((*queue)->engine());
  stores.pools = std::make_unique<sqlite::SqlitePoolStore>((*queue)->engine());
  stores.control = std::move(*control);
  stores.queue = std::move(*queue);
  return stores;
}

}  // namespace sesame::store
