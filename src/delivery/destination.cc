#include "delivery/destination.h"

#include "base/text.h"

namespace sesame::delivery {

void Destination::add(store::DueRecipient recipient) {
  if (!waiting.empty()) {
    Batch& last = waiting.back();
    if (last.front().queue_id == recipient.queue_id && last.size() < max_recipients_per_transaction) {
      last.push_back(std::move(recipient));
      return;
    }
  }
  waiting.emplace_back().push_back(std::move(recipient));
}

Batch Destination::take() {
  if (waiting.empty()) return {};
  Batch batch = std::move(waiting.front());
  waiting.pop_front();
  return batch;
}

std::vector<Batch> Destination::take_all() {
  std::vector<Batch> all(std::make_move_iterator(waiting.begin()), std::make_move_iterator(waiting.end()));
  waiting.clear();
  return all;
}

std::string destination_of(const std::string& forward_path) {
  const auto at = forward_path.rfind('@');
  return at == std::string::npos ? "" : ascii_lower(std::string_view(forward_path).substr(at + 1));
}

}  // namespace sesame::delivery
