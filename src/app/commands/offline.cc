#include "app/commands/offline.h"

#include <fmt/format.h>

#include "app/data_dir.h"
#include "store/open.h"

namespace sesame::app {

Result<std::unique_ptr<OfflineStore>, std::string> OfflineStore::open(const std::string& config_file) {
  auto config = load_config(config_file, process_environment());
  if (!config) return std::unexpected(config.error());
  std::unique_ptr<OfflineStore> offline(new OfflineStore(std::move(*config)));
  auto key = prepare_data_dir(offline->config_.service.data_dir, offline->random_);
  if (!key) return std::unexpected(key.error());
  const Sealer& sealer = offline->sealer_.emplace(std::move(*key), offline->random_);
  auto control = store::open_control_store(offline->config_.store.url, sealer);
  if (!control) return std::unexpected(control.error());
  offline->control_ = std::move(*control);
  return offline;
}

int complain(const std::string& problem, int status) {
  fmt::print(stderr, "sesame: {}\n", problem);
  return status;
}

}  // namespace sesame::app
