#include "delivery/batch_queue.h"

#include <algorithm>

#include "base/text.h"

namespace sesame::delivery {

Batch split_off(Batch& batch, std::size_t kept) {
  Batch rest;
  rest.domain = batch.domain;
  rest.flow = batch.flow;
  rest.came_back = batch.came_back;
  const auto from = batch.recipients.begin() + static_cast<std::ptrdiff_t>(std::min(kept, batch.recipients.size()));
  rest.recipients.assign(std::make_move_iterator(from), std::make_move_iterator(batch.recipients.end()));
  batch.recipients.erase(from, batch.recipients.end());
  return rest;
}

BatchQueue::FlowQueue& BatchQueue::queue_of(const Flow& flow) {
  const double weight = flow.is_transactional() ? transactional_weight : 1;
  return classes_.at(order_of(flow.priority), weight).at(flow.account_id).at(flow.identity);
}

void BatchQueue::add(store::DueRecipient recipient, std::string domain, Flow& flow) {
  FlowQueue& queue = queue_of(flow);
  std::deque<Batch>& waiting = queue.waiting;
  ++recipients_;
  ++queue.recipients;
  // The recipients of a message come one after the other, so its batches, one for each domain, are the last ones.
  for (auto batch = waiting.rbegin(); batch != waiting.rend(); ++batch) {
    if (batch->message().queue_id != recipient.queue_id || batch->came_back > 0) break;
    if (batch->domain != domain || batch->recipients.size() >= max_recipients_per_transaction) continue;
    batch->recipients.push_back(std::move(recipient));
    return;
  }
  Batch& batch = waiting.emplace_back();
  batch.domain = std::move(domain);
  batch.flow = &flow;
  batch.recipients.push_back(std::move(recipient));
  ++batches_;
}

void BatchQueue::put_back(Batch batch) {
  ++batches_;
  recipients_ += batch.recipients.size();
  FlowQueue& queue = queue_of(*batch.flow);
  queue.recipients += batch.recipients.size();
  queue.waiting.push_front(std::move(batch));
}

std::optional<Batch> BatchQueue::take() {
  if (batches_ == 0) return std::nullopt;
  Accounts& accounts = classes_.next();
  Identities& identities = accounts.next();
  FlowQueue& queue = identities.next();
  Batch batch = std::move(queue.waiting.front());
  queue.waiting.pop_front();
  queue.recipients -= batch.recipients.size();
  const double cost = double(batch.recipients.size());
  identities.served(cost);
  accounts.served(cost);
  classes_.served(cost);
  --batches_;
  recipients_ -= batch.recipients.size();
  return batch;
}

Flow* BatchQueue::next_flow() {
  if (batches_ == 0) return nullptr;
  return classes_.next().next().next().waiting.front().flow;
}

std::vector<Batch> BatchQueue::take_all() {
  std::vector<Batch> all;
  all.reserve(batches_);
  while (std::optional<Batch> batch = take()) all.push_back(std::move(*batch));
  return all;
}

std::size_t BatchQueue::recipients_of(const Flow& flow) const {
  const Accounts* accounts = classes_.find(order_of(flow.priority));
  const Identities* identities = accounts == nullptr ? nullptr : accounts->find(flow.account_id);
  const FlowQueue* queue = identities == nullptr ? nullptr : identities->find(flow.identity);
  return queue == nullptr ? 0 : queue->recipients;
}

std::optional<Time> BatchQueue::oldest() const {
  std::optional<Time> oldest;
  classes_.each([&](int, const Accounts& accounts) {
    accounts.each([&](const std::string&, const Identities& identities) {
      identities.each([&](const std::string&, const FlowQueue& queue) {
        const Time accepted = queue.waiting.front().message().accepted;
        if (!oldest || accepted < *oldest) oldest = accepted;
      });
    });
  });
  return oldest;
}

std::string destination_of(const std::string& forward_path) {
  const auto at = forward_path.rfind('@');
  return at == std::string::npos ? "" : ascii_lower(std::string_view(forward_path).substr(at + 1));
}

}  // namespace sesame::delivery
