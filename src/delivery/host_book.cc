#include "delivery/host_book.h"

#include <algorithm>

namespace sesame::delivery {

void HostBook::failed(const net::IpAddress& host, Moment now) {
  const auto found = hosts_.find(host);
  if (found == hosts_.end()) {
    if (hosts_.size() >= max_hosts) {
      std::erase_if(hosts_, [&](const auto& entry) { return entry.second.until + entry.second.pause < now; });
    }
    if (hosts_.size() < max_hosts) hosts_.emplace(host, Trouble{now + first_pause, first_pause});
    return;
  }
  Trouble& trouble = found->second;
  if (now < trouble.until) return;  // several sessions tried it at the same time
  trouble.pause = std::min<std::chrono::seconds>(2 * trouble.pause, longest_pause);
  trouble.until = now + trouble.pause;
}

std::optional<HostBook::Moment> HostBook::aside_until(const net::IpAddress& host, Moment now) const {
  const auto found = hosts_.find(host);
  if (found == hosts_.end() || found->second.until <= now) return std::nullopt;
  return found->second.until;
}

std::size_t HostBook::aside(Moment now) const {
  return static_cast<std::size_t>(
      std::ranges::count_if(hosts_, [&](const auto& entry) { return entry.second.until > now; }));
}

}  // namespace sesame::delivery
