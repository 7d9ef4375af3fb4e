// delivery/trace_book.h: what is said in sessions about some mail, while somebody wants to know (`sesame queue trace`).
//
// A trace is on for a domain of recipients or for a message, for some time; meanwhile each transaction with such mail
// leaves the dialogue of its session's opening and of itself here: commands and replies, what TLS came to, never
// content, and no secret (smtp_session/transcript.h). In memory only. Thread-safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "events/feed.h"
#include "store/queue_store.h"

namespace sesame::delivery {

enum class TraceScope { domain, message };

struct TraceSubject {
  std::string account_id;
  TraceScope scope = TraceScope::domain;
  std::string value;  // a domain in lower case, or an api_message_id
  friend bool operator==(const TraceSubject&, const TraceSubject&) = default;
};

struct TracedSession {
  std::uint64_t number = 0;  // given by the book; grows
  Time at{};
  std::string api_message_id, domain;
  std::string remote_host, remote_ip, source_ip;
  std::string dialogue;  // lines as Transcript::to_text() marks them
};

struct TraceView {
  TraceSubject subject;
  Time until{};
  bool is_on = false;
  std::size_t forgotten = 0;  // sessions there was no room for any more, the oldest
  std::vector<TracedSession> sessions;
};

class TraceBook {
 public:
  static constexpr std::size_t max_traces = 20;          // of all accounts
  static constexpr std::size_t max_sessions = 200;       // of one trace; the oldest go
  static constexpr std::size_t max_octets = 512 * 1024;  // of their dialogues
  static constexpr std::chrono::minutes kept_for{30};    // after a trace's end
  static constexpr std::chrono::hours longest{24};

  // False while there is none: one read of an atomic.
  bool is_on() const { return is_on_.load(std::memory_order_relaxed); }
  bool wants(const store::DueRecipient& recipient, const std::string& domain, Time now) const;
  // To all traces that want it.
  void add(const store::DueRecipient& recipient, const std::string& domain, TracedSession session, Time now);

  // Begins one, or moves the end of one that is there. False: there are too many.
  bool start(const TraceSubject& subject, Time until, Time now);
  // False: there is none.
  bool end(const TraceSubject& subject);
  // Of the account. The sessions after `after`, of one trace; nullopt: there is none.
  std::vector<TraceView> list(const std::string& account_id, Time now);
  std::optional<TraceView> find(const TraceSubject& subject, std::uint64_t after, Time now);

  std::size_t kept(Time now);  // of all accounts, those that have ended lately too

  // Moves on with each session that is kept and each trace that is begun or ended before its time.
  events::Feed& changes() { return changes_; }

 private:
  struct Trace {
    TraceSubject subject;
    Time until;
    std::deque<TracedSession> sessions;
    std::size_t octets = 0, forgotten = 0;

    bool wants(const store::DueRecipient& recipient, const std::string& domain, Time now) const;
    TraceView view(Time now) const;
  };
  Trace* find_locked(const TraceSubject& subject);
  // False: no trace wants it.
  bool keep_locked(const store::DueRecipient& recipient, const std::string& domain, TracedSession session, Time now);
  void forget_old(Time now);

  mutable std::mutex mutex_;
  std::vector<Trace> traces_;
  std::uint64_t last_number_ = 0;
  std::atomic<bool> is_on_{false};
  events::Feed changes_;
};

}  // namespace sesame::delivery
