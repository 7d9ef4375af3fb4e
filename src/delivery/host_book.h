// delivery/host_book.h: hosts that did not answer lately, put aside for a while so that others are tried first.
//
// This is about one address. Whether a whole group can be reached is for who tried all of its hosts to say. Pure: time
// is an argument. Not thread-safe.
#pragma once

#include <chrono>
#include <map>
#include <optional>

#include "net/endpoint.h"

namespace sesame::delivery {

class HostBook {
 public:
  using Moment = std::chrono::steady_clock::time_point;

  static constexpr std::chrono::seconds first_pause{60}, longest_pause{1800};
  static constexpr std::size_t max_hosts = 10'000;  // more are not remembered

  // No connection came about, or the host refused to serve us at all. Each failure after a pause doubles it.
  void failed(const net::IpAddress& host, Moment now);
  void reached(const net::IpAddress& host) { hosts_.erase(host); }

  // Until when the host is put aside; nullopt: it is not.
  std::optional<Moment> aside_until(const net::IpAddress& host, Moment now) const;
  std::size_t aside(Moment now) const;

 private:
  struct Trouble {
    Moment until;
    std::chrono::seconds pause;
  };
  std::map<net::IpAddress, Trouble> hosts_;
};

}  // namespace sesame::delivery
