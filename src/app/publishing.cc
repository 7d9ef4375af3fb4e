#include "app/publishing.h"

#include <fmt/format.h>

#include "net/special_address.h"

namespace sesame::app {
namespace {

publish::PosterOptions poster_options(const Config& config) {
  publish::PosterOptions options;
  const bool allow_private = config.events.allow_private_destinations;
  options.may_contact = [allow_private](const net::IpAddress& address) {
    return allow_private || !net::is_special_purpose(address);
  };
  return options;
}

}  // namespace

Publishing::Publishing(PublishingDeps deps, const Config& config, const std::string& public_url,
                       std::unique_ptr<publish::SigningKey> key)
    : deps_(std::move(deps)),
      key_(std::move(key)),
      poster_(deps_.resolver, poster_options(config)),
      topics_({*deps_.stores.topics, *deps_.stores.outbox, poster_, deps_.clock, deps_.random, deps_.names.region,
               [this] { publisher_.wake(); }}),
      settings_(*deps_.stores.topics, topics_, deps_.identities),
      renderer_({*deps_.stores.control, *deps_.stores.topics, *deps_.stores.queue, *key_, deps_.workers, public_url,
                 deps_.names.region, config.service.hostname}),
      fan_out_({*deps_.stores.control, *deps_.stores.topics, *deps_.stores.outbox, deps_.identities, deps_.notices,
                deps_.clock}),
      forwarder_({*deps_.stores.control, *deps_.stores.queue, deps_.ids, deps_.clock, deps_.random, deps_.names,
                  config.service.hostname, config.delivery.max_delivery_seconds, [this] { deps_.feed.committed(); }}),
      publisher_({*deps_.stores.outbox, *deps_.stores.topics, *deps_.stores.queue, deps_.feed, fan_out_, renderer_,
                  poster_, forwarder_, deps_.clock, deps_.random},
                 {config.events.max_delivery_seconds}),
      sns_(topics_),
      sns_public_(topics_, *key_) {}

net::Task<std::string> Publishing::metrics() {
  std::string text;
  const auto add = [&text](std::string_view name, std::string_view type, std::string_view help, std::uint64_t value) {
    text += fmt::format("# HELP {0} {1}\n# TYPE {0} {2}\n{0} {3}\n", name, help, type, value);
  };
  const auto counters = publisher_.counters();
  add("sesame_events_taken_total", "counter", "messages a destination has taken", counters.taken);
  add("sesame_events_failed_attempts_total", "counter", "attempts a destination did not take",
      counters.failed_attempts);
  add("sesame_events_given_up_total", "counter", "messages given up", counters.dead);
  add("sesame_events_destinations", "gauge", "destinations being told now", counters.destinations);
  add("sesame_events_destinations_max", "gauge", "how many there may be", publish::max_lanes);
  const auto depth = co_await deps_.stores.outbox->outbox_depth();
  if (depth) {
    add("sesame_events_waiting", "gauge", "messages that wait for a destination", depth->pending);
    add("sesame_events_dead", "gauge", "messages given up and kept to be seen", depth->dead);
  }
  const auto last = co_await deps_.stores.queue->last_event_sequence();
  const auto through = co_await deps_.stores.outbox->published_through();
  if (last && through) {
    add("sesame_events_lag", "gauge", "events not known to be given out", static_cast<std::uint64_t>(*last - *through));
  }
  co_return text;
}

}  // namespace sesame::app
