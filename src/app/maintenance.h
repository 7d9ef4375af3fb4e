// app/maintenance.h: what has to be done now and then, however quiet the service is.
//
// Each round forgets finished messages with their events and kept mail that are older than the retention time, and
// counters that are older than statistics go, and makes a new return-path key when the newest is older than `key_age`.
// DKIM keys go that were replaced so long ago that no mail signed with them is under way. With 16 keys of three days a
// number comes back to use after 48 days, when the ids it once tagged are past their 45 (submission/api_message_id.h).
#pragma once

#include <chrono>

#include "base/clock.h"
#include "feedback/kept_mail.h"
#include "net/task_group.h"
#include "store/control_store.h"
#include "store/queue_store.h"
#include "submission/api_message_id.h"

namespace sesame::app {

struct MaintenanceOptions {
  std::chrono::days retention{60};  // at least as long as return paths live
  std::chrono::days counters{15};   // statistics are of two weeks
  std::chrono::days key_age{3};
  std::chrono::days replaced_dkim_keys{14};  // mail is delivered within a day; receivers may judge it again later
  std::chrono::milliseconds first_round = std::chrono::seconds(10);  // after start()
  std::chrono::milliseconds between_rounds = std::chrono::hours(1);
};

struct MaintenanceDeps {
  store::ControlStore& control;
  store::QueueStore& queue;
  submission::MessageIds& ids;
  feedback::KeptMail& kept;  // its own limits say how old it may become
  const Clock& clock;
  net::Executor workers;
};

// Ages are told by `clock`; the waits between rounds are real time. What fails is logged and tried again in the next
// round. stop() must be awaited before destruction once start() was called; what it is given must outlive it.
class Maintenance {
 public:
  Maintenance(MaintenanceDeps deps, MaintenanceOptions options) : deps_(std::move(deps)), options_(options) {}

  void start(net::Executor executor);
  // Ends the round after the commit under way.
  net::Task<void> stop();

  // One round, now.
  net::Task<void> run_once();

 private:
  net::Task<void> run();
  net::Task<void> forget_finished();
  net::Task<void> forget_counters();
  net::Task<void> forget_replaced_dkim_keys();
  net::Task<void> forget_kept_mail();
  net::Task<void> rotate_keys();

  const MaintenanceDeps deps_;
  const MaintenanceOptions options_;
  net::TaskGroup tasks_{"maintenance"};
};

}  // namespace sesame::app
