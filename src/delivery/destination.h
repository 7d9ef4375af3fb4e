// delivery/destination.h: what waits for one destination, in batches that share a transaction.
//
// Not thread-safe: lives on the engine's executor.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "store/queue_store.h"

namespace sesame::delivery {

// Recipients of one message at one destination: one MAIL, several RCPT, one DATA.
struct Batch {
  std::vector<store::DueRecipient> recipients;  // at least one
  std::size_t came_back = 0;                    // how often a reused connection ended before anything was said about it

  const store::DueRecipient& message() const { return recipients.front(); }
};

constexpr std::size_t max_recipients_per_transaction = 100;  // RFC 5321 §4.5.3.1.8: what every server must take

class Destination {
 public:
  explicit Destination(std::string domain) : domain_(std::move(domain)) {}

  const std::string& domain() const { return domain_; }  // lower case; an address literal with its brackets
  std::size_t batches() const { return waiting_.size(); }
  std::size_t recipients() const { return recipients_; }

  // Adds to the batch of the same message if that still waits and has room.
  void add(store::DueRecipient recipient);
  // Before all others.
  void put_back(Batch batch);
  // The next batch; nullopt if nothing waits.
  std::optional<Batch> take();
  // Everything that waits, for a destination that cannot be reached.
  std::vector<Batch> take_all();

 private:
  std::string domain_;
  std::deque<Batch> waiting_;
  std::size_t recipients_ = 0;
};

// The part of a forward-path after its last '@', in lower case; "" if there is none.
std::string destination_of(const std::string& forward_path);

}  // namespace sesame::delivery
