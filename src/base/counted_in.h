// base/counted_in.h: one more in a count, for as long as something lives.
#pragma once

#include <cstddef>
#include <utility>

namespace sesame {

// Counts itself in `count`, which must outlive it, however the scope or the coroutine that holds it ends.
class CountedIn {
 public:
  explicit CountedIn(std::size_t& count) : count_(&count) { ++count; }
  CountedIn(CountedIn&& other) noexcept : count_(std::exchange(other.count_, nullptr)) {}
  CountedIn& operator=(CountedIn&&) = delete;
  ~CountedIn() { leave(); }

  // Before its end.
  void leave() {
    if (count_ != nullptr) --*std::exchange(count_, nullptr);
  }

 private:
  std::size_t* count_;
};

}  // namespace sesame
