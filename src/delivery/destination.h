// delivery/destination.h: what waits for one destination, in batches that share a transaction.
//
// Not thread-safe: lives on the engine's executor.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "store/queue_store.h"

namespace sesame::delivery {

// Recipients of one message at one destination: one MAIL, several RCPT, one DATA.
using Batch = std::vector<store::DueRecipient>;

constexpr std::size_t max_recipients_per_transaction = 100;  // RFC 5321 §4.5.3.1.8: what every server must take

struct Destination {
  std::string domain;  // of the forward-paths, lower case; an address literal with its brackets
  std::deque<Batch> waiting;

  // Adds to the batch of the same message if that still waits and has room.
  void add(store::DueRecipient recipient);
  // The next batch; empty if nothing waits.
  Batch take();
  // Everything that waits, for a destination that cannot be reached.
  std::vector<Batch> take_all();
};

// The part of a forward-path after its last '@', in lower case; "" if there is none.
std::string destination_of(const std::string& forward_path);

}  // namespace sesame::delivery
