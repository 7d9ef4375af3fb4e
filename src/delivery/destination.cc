#include "delivery/destination.h"

#include "base/text.h"

namespace sesame::delivery {

void Destination::add(store::DueRecipient recipient) {
  ++recipients_;
  if (!waiting_.empty()) {
    Batch& last = waiting_.back();
    const bool has_room = last.came_back == 0 && last.recipients.size() < max_recipients_per_transaction;
    if (has_room && last.message().queue_id == recipient.queue_id) {
      last.recipients.push_back(std::move(recipient));
      return;
    }
  }
  waiting_.emplace_back().recipients.push_back(std::move(recipient));
}

void Destination::put_back(Batch batch) {
  recipients_ += batch.recipients.size();
  waiting_.push_front(std::move(batch));
}

std::optional<Batch> Destination::take() {
  if (waiting_.empty()) return std::nullopt;
  Batch batch = std::move(waiting_.front());
  waiting_.pop_front();
  recipients_ -= batch.recipients.size();
  return batch;
}

std::vector<Batch> Destination::take_all() {
  std::vector<Batch> all(std::make_move_iterator(waiting_.begin()), std::make_move_iterator(waiting_.end()));
  waiting_.clear();
  recipients_ = 0;
  return all;
}

std::string destination_of(const std::string& forward_path) {
  const auto at = forward_path.rfind('@');
  return at == std::string::npos ? "" : ascii_lower(std::string_view(forward_path).substr(at + 1));
}

}  // namespace sesame::delivery
