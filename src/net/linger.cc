#include "net/linger.h"

#include <array>

namespace sesame::net {

Task<void> shutdown_and_linger(Stream& stream, std::chrono::milliseconds patience, std::size_t max_octets) {
  stream.set_deadline(after(patience));
  co_await stream.shutdown();
  std::array<char, 4096> dropped;
  for (std::size_t count = 0; count < max_octets;) {
    const auto got = co_await stream.read_some(dropped);
    if (!got) co_return;
    count += *got;
  }
}

}  // namespace sesame::net
