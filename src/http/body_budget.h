// http/body_budget.h: the bound on request bodies in memory, over all connections of a server and of each client.
//
// A body is held before anybody knows who sent it: its signature can be checked only when it is complete. So the bound
// per connection is not enough; many that stall half way would hold as many times that. And one client must not take
// all there is from the others.
#pragma once

#include <cstddef>
#include <map>
#include <mutex>

#include "net/endpoint.h"

namespace sesame::http {

struct BodyLimits {
  std::size_t octets;
  std::size_t octets_per_client;  // a client is an IPv4 address or an IPv6 /64
};

// Thread-safe. Must outlive its shares. Remembers only clients that hold something.
class BodyBudget {
 public:
  explicit BodyBudget(BodyLimits limits) : limits_(limits) {}

  std::size_t held() const {
    const std::scoped_lock lock(mutex_);
    return held_;
  }

  // What one connection holds of it; given back when destroyed. Used by one thread at a time.
  class Share {
   public:
    Share(BodyBudget& budget, const net::IpAddress& client) : budget_(budget), client_(network_of(client)) {}
    ~Share() { release(); }
    Share(const Share&) = delete;
    Share& operator=(const Share&) = delete;

    // The body has grown to `octets`. False: beyond the limit of all together or of this client; the share stays as it
    // was.
    [[nodiscard]] bool grow_to(std::size_t octets) {
      if (octets <= octets_) return true;
      if (!budget_.take(client_, octets - octets_)) return false;
      octets_ = octets;
      return true;
    }

    void release() {
      if (octets_ > 0) budget_.give_back(client_, octets_);
      octets_ = 0;
    }

   private:
    BodyBudget& budget_;
    const net::IpAddress client_;
    std::size_t octets_ = 0;
  };

 private:
  static net::IpAddress network_of(const net::IpAddress& client);
  bool take(const net::IpAddress& client, std::size_t octets);
  void give_back(const net::IpAddress& client, std::size_t octets);

  const BodyLimits limits_;
  mutable std::mutex mutex_;
  std::size_t held_ = 0;                             // never above limits_.octets
  std::map<net::IpAddress, std::size_t> by_client_;  // never 0, never above limits_.octets_per_client
};

}  // namespace sesame::http
