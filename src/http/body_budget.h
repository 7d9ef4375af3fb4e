// http/body_budget.h: the bound on request bodies in memory, over all connections of a server.
//
// A body is held before anybody knows who sent it: its signature can be checked only when it is complete. So the bound
// per connection is not enough; many that stall half way would hold as many times that.
#pragma once

#include <atomic>
#include <cstddef>

namespace sesame::http {

// Thread-safe. Must outlive its shares.
class BodyBudget {
 public:
  explicit BodyBudget(std::size_t limit_octets) : limit_(limit_octets) {}

  std::size_t held() const { return held_.load(std::memory_order_relaxed); }

  // What one connection holds of it; given back when destroyed. Used by one thread at a time.
  class Share {
   public:
    explicit Share(BodyBudget& budget) : budget_(budget) {}
    ~Share() { release(); }
    Share(const Share&) = delete;
    Share& operator=(const Share&) = delete;

    // The body has grown to `octets`. False: beyond the limit of all together; the share stays as it was.
    [[nodiscard]] bool grow_to(std::size_t octets) {
      if (octets <= octets_) return true;
      if (!budget_.take(octets - octets_)) return false;
      octets_ = octets;
      return true;
    }

    void release() {
      budget_.held_.fetch_sub(octets_, std::memory_order_relaxed);
      octets_ = 0;
    }

   private:
    BodyBudget& budget_;
    std::size_t octets_ = 0;
  };

 private:
  bool take(std::size_t octets) {
    std::size_t held = held_.load(std::memory_order_relaxed);
    do {
      if (octets > limit_ - held) return false;
    } while (!held_.compare_exchange_weak(held, held + octets, std::memory_order_relaxed));
    return true;
  }

  const std::size_t limit_;
  std::atomic<std::size_t> held_ = 0;  // never above limit_
};

}  // namespace sesame::http
