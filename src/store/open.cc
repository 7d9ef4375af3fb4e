#include "store/open.h"

#include <fmt/format.h>

#include "store/sqlite/control_store.h"
#include "store/sqlite/queue_store.h"

namespace sesame::store {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view sqlite_scheme = "sqlite:";

// Makes the last component only: a mistyped path does not grow a tree.
Result<void, std::string> ensure_directory(const fs::path& directory) {
  std::error_code error;
  if (fs::is_directory(directory, error)) return {};
  if (!fs::create_directory(directory, error)) {
    const std::string reason = error ? error.message() : "it is not a directory";
    return std::unexpected(fmt::format("cannot use {}: {}", directory.string(), reason));
  }
  fs::permissions(directory, fs::perms::owner_all, error);
  if (error) return std::unexpected(fmt::format("cannot use {}: {}", directory.string(), error.message()));
  return {};
}

Result<fs::path, std::string> directory_of(const std::string& url) {
  if (const std::string problem = url_problem(url); !problem.empty()) return std::unexpected("store url " + problem);
  fs::path directory = url.substr(sqlite_scheme.size());
  const auto usable = ensure_directory(directory);
  if (!usable) return std::unexpected(usable.error());
  return directory;
}

}  // namespace

std::string url_problem(const std::string& url) {
  if (url.starts_with(sqlite_scheme) && url.size() > sqlite_scheme.size()) return "";
  return fmt::format("\"{}\" is not of the form sqlite:<directory>", url);
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
  return Stores{.control = std::move(*control), .queue = std::move(*queue)};
}

}  // namespace sesame::store
