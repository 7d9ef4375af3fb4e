#include "app/publishing.h"

#include "app/metrics_text.h"
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
  MetricsText text;
  const auto counters = publisher_.counters();
  text.counter("sesame_events_taken_total", "messages a destination has taken", double(counters.taken));
  text.counter("sesame_events_failed_attempts_total", "attempts a destination did not take",
               double(counters.failed_attempts));
  text.counter("sesame_events_given_up_total", "messages given up", double(counters.dead));
  text.bound("sesame_events_destinations", "destinations being told now", counters.destinations, publish::max_lanes);
  const auto depth = co_await deps_.stores.outbox->outbox_depth();
  if (depth) {
    text.gauge("sesame_events_waiting", "messages that wait for a destination", double(depth->pending));
    text.gauge("sesame_events_dead", "messages given up and kept to be seen", double(depth->dead));
  }
  const auto last = co_await deps_.stores.queue->last_event_sequence();
  const auto through = co_await deps_.stores.outbox->published_through();
  if (last && through) text.gauge("sesame_events_lag", "events not known to be given out", double(*last - *through));
  co_return text.take();
}

}  // namespace sesame::app
