#include "store/sqlite/hot_contents.h"

namespace sesame::store::sqlite {

void HotContents::keep(QueueId queue_id, Contents contents) {
  const std::size_t octets = contents->size();
  if (octets > limits_.octets_each) return;
  const std::lock_guard lock(mutex_);
  make_room(octets);
  if (!kept_.emplace(queue_id, std::move(contents)).second) return;
  oldest_first_.push_back(queue_id);
  octets_ += octets;
}

Contents HotContents::find(QueueId queue_id) const {
  const std::lock_guard lock(mutex_);
  const auto found = kept_.find(queue_id);
  return found == kept_.end() ? nullptr : found->second;
}

void HotContents::forget(QueueId queue_id) {
  const std::lock_guard lock(mutex_);
  const auto found = kept_.find(queue_id);
  if (found == kept_.end()) return;
  octets_ -= found->second->size();
  kept_.erase(found);
  // Most go in the order in which they came.
  while (!oldest_first_.empty() && !kept_.contains(oldest_first_.front())) oldest_first_.pop_front();
}

void HotContents::make_room(std::size_t octets) {
  while (octets_ + octets > limits_.octets && !oldest_first_.empty()) {
    const auto found = kept_.find(oldest_first_.front());
    oldest_first_.pop_front();
    if (found == kept_.end()) continue;
    octets_ -= found->second->size();
    kept_.erase(found);
  }
}

}  // namespace sesame::store::sqlite
