// identity/notice_queue.h: brings the mails the service owes (store::OwedNotice) to the queue, each at least once.
//
// A notice is committed with the change of state it tells of, so that no crash comes between the two; it is taken off
// the list after the mail is queued, so that a crash between those two sends it twice. What cannot be queued is tried
// again with the next call, for max_notice_age.
#pragma once

#include <atomic>

#include "base/clock.h"
#include "identity/notices.h"
#include "store/control_store.h"

namespace sesame::identity {

// As long as a mailed link is good. Older news is no news; that it is dropped is logged.
constexpr std::chrono::hours max_notice_age{24};

// Thread-safe. What it refers to must outlive it.
class NoticeQueue {
 public:
  NoticeQueue(store::ControlStore& store, NoticeSender& sender, const Clock& clock)
      : store_(store), sender_(sender), clock_(clock) {}

  // Returns when every notice owed was tried; at once when another call is at it, which then also tries what came
  // meanwhile.
  net::Task<void> send_owed();

 private:
  enum class Fate { settled, kept };
  enum class Activity { idle, sending, asked_again };

  bool begin();
  bool end_round();
  net::Task<void> send_all();
  net::Task<Fate> send(store::OwedNotice owed);

  store::ControlStore& store_;
  NoticeSender& sender_;
  const Clock& clock_;
  std::atomic<Activity> activity_ = Activity::idle;
};

}  // namespace sesame::identity
