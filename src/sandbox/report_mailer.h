// sandbox/report_mailer.h: takes the simulator's reports to where they belong, over SMTP to the MX of the return path.
//
// In memory only: a report is tried a few times within a minute and dropped, with a line in the log, when it is
// refused, when that was not enough, or at stop.
#pragma once

#include <atomic>
#include <string>

#include "base/clock.h"
#include "base/random.h"
#include "delivery/engine.h"
#include "delivery/retry.h"
#include "dns/resolver.h"
#include "events/feed.h"
#include "net/runtime.h"
#include "net/task_group.h"
#include "sandbox/hosts.h"
#include "smtp/path.h"

namespace sesame::sandbox {

struct Report {
  smtp::Mailbox recipient;
  std::string content;  // 7-bit, lines end in CRLF
};

struct ReportMailerDeps {
  dns::Resolver& resolver;
  net::Runtime& runtime;
  const Clock& clock;
  RandomSource& random;
};

// Thread-safe. stop() must be awaited before it is destroyed.
class ReportMailer {
 public:
  static constexpr std::size_t max_under_way = 500;
  static constexpr std::uint32_t max_attempts = 6;

  // Connects to `smtp_port` of MX hosts on loopback, from the receiver's address.
  ReportMailer(ReportMailerDeps deps, const Hosts& hosts, std::uint16_t smtp_port);

  // False: what is mailed now is dropped.
  bool has_room() const { return tasks_.size() < max_under_way; }
  // From the null reverse-path (RFC 3464 §2, RFC 3834 §3.3): no report is ever answered by another.
  void mail(Report report);

  // Nothing is tried again; what is being said is finished until `deadline`.
  net::Task<void> stop(net::Deadline deadline);

  std::uint64_t sent() const { return sent_; }

 private:
  net::Task<void> deliver(Report report);
  net::Task<delivery::AttemptOutcome> attempt(const Report& report);

  ReportMailerDeps deps_;
  delivery::EngineOptions options_;
  delivery::SessionSources sources_;
  net::TlsContext tls_;
  std::atomic<std::uint64_t> sent_{0};
  events::Feed stopping_;  // its generation is 0 until stop()
  net::TaskGroup tasks_{"sandbox.reports"};
};

}  // namespace sesame::sandbox
