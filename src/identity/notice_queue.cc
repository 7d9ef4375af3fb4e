#include "identity/notice_queue.h"

#include "base/log.h"

namespace sesame::identity {
namespace {

constexpr std::size_t notices_per_read = 100;

void tell_loss(const store::OwedNotice& owed, std::string_view why) {
  log::error("identity", "a notice is dropped",
             {{"account", owed.account_id}, {"subject", owed.subject}, {"why", std::string(why)}});
}

}  // namespace

// idle -> sending: this call is at it. sending -> asked_again: whoever is at it goes round once more.
bool NoticeQueue::begin() {
  Activity now = Activity::idle;
  for (;;) {
    const Activity next = now == Activity::idle ? Activity::sending : Activity::asked_again;
    if (activity_.compare_exchange_weak(now, next)) return next == Activity::sending;
  }
}

// True: another round.
bool NoticeQueue::end_round() {
  Activity now = Activity::sending;
  if (activity_.compare_exchange_strong(now, Activity::idle)) return false;
  activity_ = Activity::sending;
  return true;
}

net::Task<void> NoticeQueue::send_owed() {
  if (!begin()) co_return;
  struct Cancelled {  // without an end_round() that said so, nobody would ever begin again
    std::atomic<Activity>* activity;
    ~Cancelled() {
      if (activity != nullptr) *activity = Activity::idle;
    }
  };
  Cancelled if_cancelled{&activity_};
  do {
    co_await send_all();
  } while (end_round());
  if_cancelled.activity = nullptr;
}

net::Task<void> NoticeQueue::send_all() {
  std::int64_t last = 0;
  for (;;) {
    auto owed = co_await store_.owed_notices(last, notices_per_read);
    if (!owed) {
      log::error("identity", "notices cannot be read", {{"detail", owed.error().detail}});
      co_return;
    }
    for (store::OwedNotice& notice : *owed) {
      last = notice.notice_id;
      const Fate fate = co_await send(std::move(notice));
      if (fate == Fate::kept) continue;
      const auto settled = co_await store_.settle_notice(last);
      if (!settled) {
        log::error("identity", "a notice will be sent again", {{"detail", settled.error().detail}});
        co_return;
      }
    }
    if (owed->size() < notices_per_read) co_return;
  }
}

net::Task<NoticeQueue::Fate> NoticeQueue::send(store::OwedNotice owed) {
  if (clock_.now() - owed.created > max_notice_age) {
    tell_loss(owed, "it could not be sent in time");
    co_return Fate::settled;
  }
  Notice notice{owed.account_id, owed.to, owed.subject, owed.text};
  if (notice.to.empty()) {
    const auto account = co_await store_.find_account(owed.account_id);
    if (!account && account.error().code == store::StoreErrc::not_found) {
      tell_loss(owed, "its account is gone");
      co_return Fate::settled;
    }
    if (!account) {
      log::error("identity", "a notice waits: the account cannot be read",
                 {{"account", owed.account_id}, {"detail", account.error().detail}});
      co_return Fate::kept;
    }
    if (account->notice_address.empty()) co_return Fate::settled;  // nobody wants to know
    notice.to = account->notice_address;
  }
  const bool sent = co_await sender_.send(std::move(notice));
  if (!sent) log::error("identity", "a notice waits: it cannot be queued", {{"subject", owed.subject}});
  co_return sent ? Fate::settled : Fate::kept;
}

}  // namespace sesame::identity
