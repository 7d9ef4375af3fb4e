#include "app/metrics.h"

#include <fmt/format.h>

#include "app/metrics_text.h"

namespace sesame::app {
namespace {

using Labels = MetricsText::Labels;

void tell_groups(const std::vector<delivery::GroupView>& groups, Time now, MetricsText& text) {
  using delivery::GroupView;
  const auto each = [&](std::string_view name, std::string_view type, std::string_view help, auto value_of) {
    text.head(name, type, help);
    for (const GroupView& group : groups) {
      Labels labels{{"group", group.name}};
      if (!group.source.empty()) labels.push_back({"source", group.source});
      text.line(name, labels, double(value_of(group)));
    }
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

void tell_phases(const delivery::EngineView& view, MetricsText& text) {
  using delivery::Histogram;
  constexpr std::string_view name = "sesame_delivery_phase_seconds";
  text.head(name, "histogram", "how long the parts of a delivery take");
  for (std::size_t i = 0; i < delivery::all_phases.size(); ++i) {
    const Histogram::Counts& counts = view.phases[i];
    const std::string_view phase = delivery::name(delivery::all_phases[i]);
    const auto bucket = [&](std::string_view up_to, std::uint64_t count) {
      text.line(fmt::format("{}_bucket", name), {{"phase", phase}, {"le", up_to}}, double(count));
    };
    for (std::size_t bound = 0; bound < Histogram::bounds.size(); ++bound) {
      bucket(fmt::format("{}", double(Histogram::bounds[bound]) / 1000), counts.up_to[bound]);
    }
    bucket("+Inf", counts.all);
    text.line(fmt::format("{}_sum", name), {{"phase", phase}}, counts.seconds);
    text.line(fmt::format("{}_count", name), {{"phase", phase}}, double(counts.all));
  }
}

void tell_bounds(const delivery::EngineView& view, MetricsText& text) {
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
    text.line(aside, {{"source", source.address}}, source.is_aside ? 1 : 0);
  }
  text.gauge("sesame_delivery_looking_up", "domains whose mail hosts are not known yet", double(view.without_route));
  text.counter("sesame_delivery_backoffs_total", "how often a receiver wanted less", double(view.backoffs));
}

void tell_scans(const submission::Pipeline::ScanCounters& scans, MetricsText& text) {
  constexpr std::string_view name = "sesame_submission_scans_total";
  text.head(name, "counter", "messages looked at by the scanner, by what came of it");
  text.line(name, {{"result", "clean"}}, double(scans.clean));
  text.line(name, {{"result", "malware"}}, double(scans.malware));
  text.line(name, {{"result", "unscanned"}}, double(scans.unscanned));
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

void tell_waiting(std::string_view database, const store::WaitingOperations& waiting, MetricsText& text) {
  const auto bound = [&](std::string_view what, std::string_view help, std::size_t used, std::size_t most) {
    text.bound(fmt::format("sesame_{}_{}", database, what), help, used, most);
  };
  const store::WaitingLine& writes = waiting.writes;
  bound("writes", "operations that wait for the log", writes.operations, writes.most_operations);
  bound("writes_octets", "what they carry", writes.octets, writes.most_octets);
  bound("reads", "operations that wait to read", waiting.reads.operations, waiting.reads.most_operations);
}

net::Task<void> tell_queue(store::QueueStore& queue, Time now, MetricsText& text) {
  const auto depth = co_await queue.depth();
  if (!depth) co_return;
  text.gauge("sesame_queue_recipients", "recipients without an outcome", double(depth->recipients_queued));
  text.gauge("sesame_queue_messages", "messages with such recipients", double(depth->messages_unfinished));
  const std::optional<Time> oldest = depth->oldest_accepted;
  text.gauge("sesame_queue_oldest_seconds", "age of the oldest of them",
             oldest ? double((now - *oldest).count()) / 1000 : 0);
}

void tell_delivery(const delivery::Engine::Counters& counters, MetricsText& text) {
  text.counter("sesame_delivery_delivered_total", "recipients delivered", double(counters.delivered));
  text.counter("sesame_delivery_bounced_total", "recipients bounced or expired", double(counters.bounced));
  text.counter("sesame_delivery_deferred_total", "attempts kept for another try", double(counters.deferred));
  text.counter("sesame_delivery_connections_total", "SMTP connections opened", double(counters.connections));
  text.gauge("sesame_delivery_in_flight", "recipients leased by this process", double(counters.in_flight));
}

void tell_feedback(const feedback::Door::Counters& counters, MetricsText& text) {
  const auto counter = [&](std::string_view what, std::string_view help, std::uint64_t value) {
    text.counter(fmt::format("sesame_feedback_{}_total", what), help, double(value));
  };
  counter("accepted", "messages accepted at the feedback door", counters.accepted);
  counter("refused_malformed", "return paths that are none of ours", counters.refused_malformed);
  counter("refused_forged", "return paths with a false tag", counters.refused_forged);
  counter("refused_expired", "return paths past their time", counters.refused_expired);
  counter("turned_away", "421: too much from that network was of no use", counters.turned_away);
  counter("refused_unknown", "genuine return paths of no known message", counters.refused_unknown);
  counter("unsubscribed", "messages whose recipient has unsubscribed by mail", counters.unsubscribed);
}

void tell_submission(const msa::Door::Counters& counters, MetricsText& text) {
  const auto counter = [&](std::string_view what, std::string_view help, std::uint64_t value) {
    text.counter(fmt::format("sesame_submission_{}_total", what), help, double(value));
  };
  counter("sessions", "SMTP submission sessions", counters.sessions);
  counter("accepted", "messages accepted over SMTP", counters.accepted);
  counter("refused", "messages refused over SMTP", counters.refused);
  counter("auth_failures", "failed sign-ins over SMTP", counters.auth_failures);
  counter("auth_refused", "sign-ins refused unread: too many failures of the network", counters.auth_refused);
}

void tell_doors(const std::vector<DoorView>& doors, const http::Server& http, MetricsText& text) {
  const auto each = [&](std::string_view name, std::string_view help, auto value_of) {
    text.head(name, "gauge", help);
    for (const DoorView& door : doors) {
      text.line(name, {{"door", door.door}, {"address", door.address}}, double(value_of(door.use)));
    }
  };
  using net::ListenerUse;
  each("sesame_door_sessions", "connections to an address we listen on",
       [](const ListenerUse& use) { return use.sessions; });
  each("sesame_door_sessions_max", "how many there may be", [](const ListenerUse& use) { return use.max_sessions; });
  each("sesame_door_client_sessions", "those of the client with the most; this machine itself is not counted",
       [](const ListenerUse& use) { return use.of_one_client; });
  each("sesame_door_client_sessions_max", "how many a client may have",
       [](const ListenerUse& use) { return use.max_of_one_client; });
  text.bound("sesame_http_buffered_octets", "octets of request bodies in memory", http.buffered_octets(),
             http.max_buffered_octets());
}

void tell_name_servers(const std::vector<std::unique_ptr<zone::Server>>& servers, MetricsText& text) {
  const auto each = [&](std::string_view name, std::string_view help, auto value_of) {
    text.head(name, "gauge", help);
    for (const auto& server : servers) {
      text.line(name, {{"address", net::to_string(server->local())}}, double(value_of(*server)));
    }
  };
  each("sesame_zone_udp_questions", "questions being answered over UDP",
       [](const zone::Server& server) { return server.udp_in_flight(); });
  each("sesame_zone_udp_questions_max", "how many there may be",
       [](const zone::Server& server) { return server.max_udp_in_flight(); });
}

void tell_identities(const identity::WatcherUse& watcher, const dns::AuthoritativeClient& name_servers,
                     MetricsText& text) {
  text.bound("sesame_identity_looks", "identities whose records are being looked at", watcher.looks, watcher.max_looks);
  text.bound("sesame_identity_slow_looks", "of them, those whose name servers were slow before", watcher.slow_looks,
             watcher.max_slow_looks);
  text.bound("sesame_dns_questions", "questions to their name servers", name_servers.under_way(),
             name_servers.max_under_way());
}

}  // namespace

net::Task<std::string> metrics_text(Measured measured) {
  MetricsText text;
  const Time now = measured.clock.now();
  co_await tell_queue(measured.queue, now, text);
  tell_waiting("queue", measured.queue.waiting(), text);
  tell_waiting("control", measured.control.waiting(), text);
  tell_delivery(measured.engine.counters(), text);
  const delivery::EngineView view = co_await measured.engine.view();
  tell_bounds(view, text);
  tell_groups(view.groups, now, text);
  tell_phases(view, text);
  text.bound("sesame_delivery_traces", "sesame queue trace, also those ended lately", measured.traces.kept(now),
             delivery::TraceBook::max_traces);
  tell_feedback(measured.feedback.counters(), text);
  tell_submission(sum(measured.submission), text);
  tell_scans(measured.pipeline.scans(), text);
  tell_identities(measured.watcher.use(), measured.name_servers, text);
  tell_doors(measured.listeners.doors(), measured.http, text);
  tell_name_servers(measured.listeners.dns, text);
  co_return text.take();
}

}  // namespace sesame::app
