// delivery/batch_queue.h: what waits for one site, in batches that share a transaction, and whose turn it is.
//
// Transactional mail has eight turns for each one of the rest; within both, accounts take turns, and within an account
// its identities (fair_share.h). Not thread-safe: lives on the engine's executor.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "delivery/fair_share.h"
#include "delivery/flow.h"
#include "store/queue_store.h"

namespace sesame::delivery {

// Recipients of one message at one domain: one MAIL, several RCPT, one DATA.
struct Batch {
  std::vector<store::DueRecipient> recipients;  // at least one
  std::string domain;                           // of all of them, as destination_of() writes it
  Flow* flow = nullptr;
  std::size_t came_back = 0;  // how often a reused connection ended before anything was said about it

  const store::DueRecipient& message() const { return recipients.front(); }
};

// Takes from the batch all but its first `kept` recipients.
Batch split_off(Batch& batch, std::size_t kept);

constexpr std::size_t max_recipients_per_transaction = 100;  // RFC 5321 §4.5.3.1.8: what every server must take
constexpr double transactional_weight = 8;

class BatchQueue {
 public:
  std::size_t batches() const { return batches_; }
  std::size_t recipients() const { return recipients_; }

  // Adds to the batch of the same message and domain if that still waits and has room.
  void add(store::DueRecipient recipient, std::string domain, Flow& flow);
  // Before all others of its flow.
  void put_back(Batch batch);
  // The next batch; nullopt if nothing waits.
  std::optional<Batch> take();
  // Whose batch take() would give; nullptr if nothing waits.
  Flow* next_flow();
  // Everything that waits.
  std::vector<Batch> take_all();
  std::size_t recipients_of(const Flow& flow) const;
  // When the oldest of those that are next in their flow was accepted.
  std::optional<Time> oldest() const;

 private:
  struct FlowQueue {
    std::deque<Batch> waiting;
    std::size_t recipients = 0;
    bool empty() const { return waiting.empty(); }
  };
  using Identities = FairShare<std::string, FlowQueue>;
  using Accounts = FairShare<std::string, Identities>;

  static int order_of(store::Priority priority) { return priority == store::Priority::transactional ? 0 : 1; }
  FlowQueue& queue_of(const Flow& flow);

  FairShare<int, Accounts> classes_;
  std::size_t batches_ = 0, recipients_ = 0;
};

// The part of a forward-path after its last '@', in lower case; "" if there is none.
std::string destination_of(const std::string& forward_path);

}  // namespace sesame::delivery
