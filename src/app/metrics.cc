#include "app/metrics.h"

#include <fmt/format.h>

namespace sesame::app {
namespace {

class Text {
 public:
  void counter(std::string_view name, std::string_view help, double value) { add(name, "counter", help, value); }
  void gauge(std::string_view name, std::string_view help, double value) { add(name, "gauge", help, value); }
  std::string take() { return std::move(text_); }

 private:
  void add(std::string_view name, std::string_view type, std::string_view help, double value) {
    text_ += fmt::format("# HELP {0} {1}\n# TYPE {0} {2}\n{0} {3}\n", name, help, type, value);
  }
  std::string text_;
};

msa::Door::Counters sum(const std::vector<const msa::Door*>& doors) {
  msa::Door::Counters all;
  for (const msa::Door* door : doors) {
    const msa::Door::Counters one = door->counters();
    all.sessions += one.sessions;
    all.accepted += one.accepted;
    all.refused += one.refused;
    all.auth_failures += one.auth_failures;
    all.auth_refused += one.auth_refused;
  }
  return all;
}

}  // namespace

net::Task<std::string> metrics_text(store::QueueStore& queue, const delivery::Engine& engine,
                                    const feedback::Door& feedback, std::vector<const msa::Door*> submission,
                                    const Clock& clock) {
  Text text;
  auto depth = co_await queue.depth();
  if (depth) {
    text.gauge("sesame_queue_recipients", "recipients without an outcome", double(depth->recipients_queued));
    text.gauge("sesame_queue_messages", "messages with such recipients", double(depth->messages_unfinished));
    const std::optional<Time> oldest = depth->oldest_accepted;
    const double age = oldest ? double((clock.now() - *oldest).count()) / 1000 : 0;
    text.gauge("sesame_queue_oldest_seconds", "age of the oldest of them", age);
  }
  const auto d = engine.counters();
  text.counter("sesame_delivery_delivered_total", "recipients delivered", double(d.delivered));
  text.counter("sesame_delivery_bounced_total", "recipients bounced or expired", double(d.bounced));
  text.counter("sesame_delivery_deferred_total", "attempts kept for another try", double(d.deferred));
  text.counter("sesame_delivery_connections_total", "SMTP connections opened", double(d.connections));
  text.gauge("sesame_delivery_in_flight", "recipients leased by this process", double(d.in_flight));
  const auto f = feedback.counters();
  text.counter("sesame_feedback_accepted_total", "messages accepted at the feedback door", double(f.accepted));
  text.counter("sesame_feedback_refused_malformed_total", "return paths that are none of ours",
               double(f.refused_malformed));
  text.counter("sesame_feedback_refused_forged_total", "return paths with a false tag", double(f.refused_forged));
  text.counter("sesame_feedback_refused_expired_total", "return paths past their time", double(f.refused_expired));
  text.counter("sesame_feedback_turned_away_total", "421: too much from that network was of no use",
               double(f.turned_away));
  text.counter("sesame_feedback_refused_unknown_total", "genuine return paths of no known message",
               double(f.refused_unknown));
  const auto s = sum(submission);
  text.counter("sesame_submission_sessions_total", "SMTP submission sessions", double(s.sessions));
  text.counter("sesame_submission_accepted_total", "messages accepted over SMTP", double(s.accepted));
  text.counter("sesame_submission_refused_total", "messages refused over SMTP", double(s.refused));
  text.counter("sesame_submission_auth_failures_total", "failed sign-ins over SMTP", double(s.auth_failures));
  text.counter("sesame_submission_auth_refused_total", "sign-ins refused unread: too many failures of the network",
               double(s.auth_refused));
  co_return text.take();
}

}  // namespace sesame::app
