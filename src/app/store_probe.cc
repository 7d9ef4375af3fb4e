#include "app/store_probe.h"

#include "base/log.h"

namespace sesame::app {
namespace {

using namespace std::chrono_literals;
constexpr auto between_probes = 1s;
constexpr const char* probe_name =
    "readiness-probe";  // of a secret: sealed with a fresh nonce, it is never the same octets

}  // namespace

net::Task<bool> StoreProbe::is_writable() {
  {
    const std::scoped_lock lock(mutex_);
    if (net::after(0ms) < next_) co_return writable_;
    next_ = net::after(between_probes);
  }
  const auto written = co_await control_.put_secret(probe_name, Secret("x"));
  const std::scoped_lock lock(mutex_);
  if (written.has_value() != writable_) {
    if (written) {
      log::info("app", "the store can be written again");
    } else {
      log::error("app", "the store cannot be written", {{"detail", written.error().detail}});
    }
  }
  writable_ = written.has_value();
  co_return writable_;
}

}  // namespace sesame::app
