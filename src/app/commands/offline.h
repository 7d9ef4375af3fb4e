// app/commands/offline.h: commands that work on the service's data directly, whether the service runs or not.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "app/config.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/seal.h"
#include "net/runtime.h"
#include "store/control_store.h"

namespace sesame::app {

// The control store of a configuration, opened beside a running service (SQLite shares the file between processes).
class OfflineStore {
 public:
  // The error is one line naming the key or file.
  static Result<std::unique_ptr<OfflineStore>, std::string> open(const std::string& config_file);

  const Config& config() const { return config_; }
  store::ControlStore& control() { return *control_; }
  net::Runtime& runtime() { return runtime_; }
  const Clock& clock() const { return clock_; }
  RandomSource& random() { return random_; }

 private:
  explicit OfflineStore(Config config) : config_(std::move(config)) {}
  Config config_;
  SystemClock clock_;
  SecureRandom random_;
  net::Runtime runtime_{1};
  std::optional<Sealer> sealer_;
  std::unique_ptr<store::ControlStore> control_;
};

// Prints "sesame: <problem>" and returns the status.
int complain(const std::string& problem, int status);

}  // namespace sesame::app
