#include "app/metrics.h"

#include <fmt/format.h>

namespace sesame::app {
namespace {

// A label's value (Prometheus text format): backslash, quote and line feed are escaped.
std::string escaped(std::string_view value) {
  std::string text;
  for (const char c : value) {
    if (c == '\\' || c == '"') text += '\\';
    text += c == '\n' ? ' ' : c;
  }
  return text;
}

class Text {
 public:
  void head(std::string_view name, std::string_view type, std::string_view help) {
    text_ += fmt::format("# HELP {0} {1}\n# TYPE {0} {2}\n", name, help, type);
  }
  void line(std::string_view name, std::string_view label, std::string_view label_value, double value) {
    text_ += fmt::format("{}{{{}=\"{}\"}} {}\n", name, label, escaped(label_value), value);
  }
  void line(std::string_view name, const delivery::GroupView& group, double value) {
    const std::string source = group.source.empty() ? "" : fmt::format(",source=\"{}\"", group.source);
    text_ += fmt::format("{}{{group=\"{}\"{}}} {}\n", name, escaped(group.name), source, value);
  }
  void line(std::string_view name, const DoorView& door, double value) {
    text_ += fmt::format("{}{{door=\"{}\",address=\"{}\"}} {}\n", name, door.door, door.address, value);
  }
  void bucket(std::string_view name, std::string_view phase, std::string_view bound, std::uint64_t count) {
    text_ += fmt::format("{}_bucket{{phase=\"{}\",le=\"{}\"}} {}\n", name, phase, bound, count);
  }
  void counter(std::string_view name, std::string_view help, double value) { add(name, "counter", help, value); }
  void gauge(std::string_view name, std::string_view help, double value) { add(name, "gauge", help, value); }
  // How much there is of something, and under the name with _max how much there may be.
  void bound(std::string_view name, std::string_view help, std::size_t used, std::size_t most) {
    gauge(name, help, double(used));
    gauge(fmt::format("{}_max", name), fmt::format("how many there may be: {}", help), double(most));
  }
  std::string take() { return std::move(text_); }

 private:
  void add(std::string_view name, std::string_view type, std::string_view help, double value) {
    head(name, type, help);
    text_ += fmt::format("{} {}\n", name, value);
  }
  std::string text_;
};

void tell_groups(const std::vector<delivery::GroupView>& groups, Time now, Text& text) {
  using delivery::GroupView;
  const auto each = [&](std::string_view name, std::string_view type, std::string_view help, auto value_of) {
    text.head(name, type, help);
    for (const GroupView& group : groups) text.line(name, group, double(value_of(group)));
  };
  each("sesame_delivery_group_waiting", "gauge", "due recipients that wait, of the groups with the most",
       [](const GroupView& group) { return group.waiting; });
  each("sesame_delivery_group_oldest_seconds", "gauge", "age of the oldest of them in memory",
       [&](const GroupView& group) {
         const std::optional<Time> oldest = group.oldest_accepted;
         return oldest ? double((now - *oldest).count()) / 1000 : 0.0;
       });
  each("sesame_delivery_group_sessions", "gauge", "connections, opening ones included",
       [](const GroupView& group) { return group.sessions; });
  each("sesame_delivery_group_session_limit", "gauge", "connections it may have now; 0 in a pause",
       [](const GroupView& group) { return group.session_limit; });
  each("sesame_delivery_group_backoffs_total", "counter", "how often the receiver wanted less",
       [](const GroupView& group) { return group.backoffs; });
  each("sesame_delivery_group_delivered_total", "counter", "recipients it took",
       [](const GroupView& group) { return group.delivered; });
  each("sesame_delivery_group_refused_total", "counter", "recipients it did not take, for good or for now",
       [](const GroupView& group) { return group.refused; });
  each("sesame_delivery_group_connections_total", "counter", "connections it let in",
       [](const GroupView& group) { return group.connections; });
}

void tell_phases(const delivery::EngineView& view, Text& text) {
  using delivery::Histogram;
  constexpr std::string_view name = "sesame_delivery_phase_seconds";
  text.head(name, "histogram", "how long the parts of a delivery take");
  for (std::size_t i = 0; i < delivery::all_phases.size(); ++i) {
    const Histogram::Counts& counts = view.phases[i];
    const std::string_view phase = delivery::name(delivery::all_phases[i]);
    for (std::size_t bound = 0; bound < Histogram::bounds.size(); ++bound) {
      text.bucket(name, phase, fmt::format("{}", double(Histogram::bounds[bound]) / 1000), counts.up_to[bound]);
    }
    text.bucket(name, phase, "+Inf", counts.all);
    text.line(fmt::format("{}_sum", name), "phase", phase, counts.seconds);
    text.line(fmt::format("{}_count", name), "phase", phase, double(counts.all));
  }
}

void tell_bounds(const delivery::EngineView& view, Text& text) {
  text.gauge("sesame_delivery_groups", "destination groups remembered", double(view.groups_known));
  const auto bound = [&](std::string_view what, std::string_view help, std::size_t used, std::size_t most) {
    text.bound(fmt::format("sesame_delivery_{}", what), help, used, most);
  };
  bound("sessions", "SMTP connections, opening ones included", view.sessions, view.max_sessions);
  bound("held", "due recipients in memory", view.used.held, view.bounds.held);
  bound("held_in_place", "of them, those in the fullest lane", view.used.in_place, view.bounds.in_place);
  bound("numbered", "due recipients of whom only the number is in memory", view.used.numbered, view.bounds.numbered);
  bound("inbox", "recipients just committed and not yet sorted in", view.used.inbox, view.bounds.inbox);
  bound("lookups", "domains whose mail hosts are asked for", view.used.lookups, view.bounds.lookups);
  text.gauge("sesame_delivery_paused", "due recipients held by pauses, among those numbered",
             double(view.held_by_pauses));
  text.gauge("sesame_delivery_hosts_aside", "addresses put aside because they did not answer",
             double(view.hosts_aside));
  constexpr std::string_view aside = "sesame_delivery_source_aside";
  text.head(aside, "gauge", "1 for an address to leave from that the system does not let us use");
  for (const delivery::SourceView& source : view.sources) {
    text.line(aside, "source", source.address, source.is_aside ? 1 : 0);
  }
  text.gauge("sesame_delivery_looking_up", "domains whose mail hosts are not known yet", double(view.without_route));
  text.counter("sesame_delivery_backoffs_total", "how often a receiver wanted less", double(view.backoffs));
}

void tell_scans(const submission::Pipeline::ScanCounters& scans, Text& text) {
  constexpr std::string_view name = "sesame_submission_scans_total";
  text.head(name, "counter", "messages looked at by the scanner, by what came of it");
  text.line(name, "result", "clean", double(scans.clean));
  text.line(name, "result", "malware", double(scans.malware));
  text.line(name, "result", "unscanned", double(scans.unscanned));
}

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
                                    const submission::Pipeline& pipeline, const Clock& clock) {
  Text text;
  auto depth = co_await queue.depth();
  if (depth) {
    text.gauge("sesame_queue_recipients", "recipients without an outcome", double(depth->recipients_queued));
    text.gauge("sesame_queue_messages", "messages with such recipients", double(depth->messages_unfinished));
    const std::optional<Time> oldest = depth->oldest_accepted;
    const double age = oldest ? double((clock.now() - *oldest).count()) / 1000 : 0;
    text.gauge("sesame_queue_oldest_seconds", "age of the oldest of them", age);
  }
  const store::QueueStore::WaitingWrites writes = queue.waiting_writes();
  text.bound("sesame_queue_writes", "operations that wait for the log", writes.operations, writes.most_operations);
  text.bound("sesame_queue_writes_octets", "what they carry", writes.octets, writes.most_octets);
  const auto d = engine.counters();
  text.counter("sesame_delivery_delivered_total", "recipients delivered", double(d.delivered));
  text.counter("sesame_delivery_bounced_total", "recipients bounced or expired", double(d.bounced));
  text.counter("sesame_delivery_deferred_total", "attempts kept for another try", double(d.deferred));
  text.counter("sesame_delivery_connections_total", "SMTP connections opened", double(d.connections));
  text.gauge("sesame_delivery_in_flight", "recipients leased by this process", double(d.in_flight));
  const delivery::EngineView view = co_await engine.view();
  tell_bounds(view, text);
  tell_groups(view.groups, clock.now(), text);
  tell_phases(view, text);
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
  text.counter("sesame_feedback_unsubscribed_total", "messages whose recipient has unsubscribed by mail",
               double(f.unsubscribed));
  const auto s = sum(submission);
  text.counter("sesame_submission_sessions_total", "SMTP submission sessions", double(s.sessions));
  text.counter("sesame_submission_accepted_total", "messages accepted over SMTP", double(s.accepted));
  text.counter("sesame_submission_refused_total", "messages refused over SMTP", double(s.refused));
  text.counter("sesame_submission_auth_failures_total", "failed sign-ins over SMTP", double(s.auth_failures));
  text.counter("sesame_submission_auth_refused_total", "sign-ins refused unread: too many failures of the network",
               double(s.auth_refused));
  tell_scans(pipeline.scans(), text);
  co_return text.take();
}

std::string door_metrics(const std::vector<DoorView>& doors, const http::Server& http) {
  Text text;
  const auto each = [&](std::string_view name, std::string_view help, auto value_of) {
    text.head(name, "gauge", help);
    for (const DoorView& door : doors) text.line(name, door, double(value_of(door)));
  };
  each("sesame_door_sessions", "connections to an address we listen on", [](const DoorView& d) { return d.sessions; });
  each("sesame_door_sessions_max", "how many there may be", [](const DoorView& d) { return d.max_sessions; });
  text.bound("sesame_http_buffered_octets", "octets of request bodies in memory", http.buffered_octets(),
             http.max_buffered_octets());
  return text.take();
}

}  // namespace sesame::app
