#include "delivery/trace_book.h"

#include <algorithm>

namespace sesame::delivery {

bool TraceBook::Trace::wants(const store::DueRecipient& recipient, const std::string& domain, Time now) const {
  if (now >= until || recipient.account_id != subject.account_id) return false;
  switch (subject.scope) {
    case TraceScope::domain: return subject.value == domain;
    case TraceScope::message: return subject.value == recipient.api_message_id;
  }
  return false;
}

TraceView TraceBook::Trace::view(Time now) const { return {subject, until, now < until, forgotten, {}}; }

TraceBook::Trace* TraceBook::find_locked(const TraceSubject& subject) {
  const auto found = std::ranges::find(traces_, subject, &Trace::subject);
  return found == traces_.end() ? nullptr : &*found;
}

void TraceBook::forget_old(Time now) {
  std::erase_if(traces_, [&](const Trace& trace) { return now >= trace.until + kept_for; });
  is_on_ = std::ranges::any_of(traces_, [&](const Trace& trace) { return now < trace.until; });
}

bool TraceBook::wants(const store::DueRecipient& recipient, const std::string& domain, Time now) const {
  if (!is_on()) return false;
  const std::lock_guard lock(mutex_);
  return std::ranges::any_of(traces_, [&](const Trace& trace) { return trace.wants(recipient, domain, now); });
}

void TraceBook::add(const store::DueRecipient& recipient, const std::string& domain, TracedSession session, Time now) {
  bool is_kept = false;
  {
    const std::lock_guard lock(mutex_);
    is_kept = keep_locked(recipient, domain, std::move(session), now);
  }
  if (is_kept) changes_.committed();
}

bool TraceBook::keep_locked(const store::DueRecipient& recipient, const std::string& domain, TracedSession session,
                            Time now) {
  forget_old(now);
  bool is_kept = false;
  session.number = ++last_number_;
  session.at = now;
  session.api_message_id = recipient.api_message_id;
  session.domain = domain;
  for (Trace& trace : traces_) {
    if (!trace.wants(recipient, domain, now)) continue;
    is_kept = true;
    trace.octets += session.dialogue.size();
    trace.sessions.push_back(session);
    while (trace.sessions.size() > max_sessions || (trace.octets > max_octets && trace.sessions.size() > 1)) {
      trace.octets -= trace.sessions.front().dialogue.size();
      trace.sessions.pop_front();
      ++trace.forgotten;
    }
  }
  return is_kept;
}

bool TraceBook::start(const TraceSubject& subject, Time until, Time now) {
  {
    const std::lock_guard lock(mutex_);
    forget_old(now);
    Trace* trace = find_locked(subject);
    if (trace == nullptr) {
      if (traces_.size() >= max_traces) return false;
      trace = &traces_.emplace_back(subject);
    }
    trace->until = std::min<Time>(until, now + longest);
    is_on_ = true;
  }
  changes_.committed();
  return true;
}

bool TraceBook::end(const TraceSubject& subject) {
  {
    const std::lock_guard lock(mutex_);
    const auto ended = std::erase_if(traces_, [&](const Trace& trace) { return trace.subject == subject; });
    if (traces_.empty()) is_on_ = false;
    if (ended == 0) return false;
  }
  changes_.committed();
  return true;
}

std::size_t TraceBook::kept(Time now) {
  const std::lock_guard lock(mutex_);
  forget_old(now);
  return traces_.size();
}

std::vector<TraceView> TraceBook::list(const std::string& account_id, Time now) {
  const std::lock_guard lock(mutex_);
  forget_old(now);
  std::vector<TraceView> views;
  for (const Trace& trace : traces_) {
    if (trace.subject.account_id == account_id) views.push_back(trace.view(now));
  }
  return views;
}

std::optional<TraceView> TraceBook::find(const TraceSubject& subject, std::uint64_t after, Time now) {
  const std::lock_guard lock(mutex_);
  forget_old(now);
  const Trace* trace = find_locked(subject);
  if (trace == nullptr) return std::nullopt;
  TraceView view = trace->view(now);
  std::ranges::copy_if(trace->sessions, std::back_inserter(view.sessions),
                       [&](const TracedSession& session) { return session.number > after; });
  return view;
}

}  // namespace sesame::delivery
