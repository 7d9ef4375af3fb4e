#include "store/sqlite/hand_over.h"

#include <algorithm>
#include <iterator>

namespace sesame::store::sqlite {

void HandOver::add(std::vector<DueRecipient> recipients) {
  if (committed_.empty()) {
    committed_ = std::move(recipients);
  } else {
    std::ranges::move(recipients, std::back_inserter(committed_));
  }
}

void HandOver::give(LeaseTable& leases) {
  if (committed_.empty()) return;
  std::vector<DuePosition> positions;
  positions.reserve(committed_.size());
  for (const DueRecipient& recipient : committed_) positions.push_back({recipient.accepted, recipient.recipient_id});
  bool taken = false;
  {
    const std::lock_guard lock(mutex_);
    taken = take_over_ && take_over_(std::move(committed_));
  }
  committed_.clear();
  for (const DuePosition& position : positions) {
    if (taken) {
      leases.hold(position.recipient_id);
    } else {
      leases.may_be_available(position);
    }
  }
}

}  // namespace sesame::store::sqlite
