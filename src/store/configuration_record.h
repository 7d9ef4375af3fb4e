// store/configuration_record.h: what decides how an account's mail is sent and who hears of it: account attributes,
// configuration sets with their event destinations, and the list of addresses nothing is sent to. The rules that change
// these values live in submission/ (configuration_sets.h, suppression.h); events/ reads them to publish.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/clock.h"

namespace sesame::store {

enum class SuppressionReason { bounce, complaint };

// Which reasons put an address on the account's suppression list, and keep mail from it (spec 3.5).
struct SuppressionReasons {
  bool bounce = true, complaint = true;

  bool has(SuppressionReason reason) const { return reason == SuppressionReason::bounce ? bounce : complaint; }
  friend bool operator==(const SuppressionReasons&, const SuppressionReasons&) = default;
};

// An account that never changed anything has the defaults.
struct AccountAttributes {
  bool sending_enabled = true;
  SuppressionReasons suppression;
  friend bool operator==(const AccountAttributes&, const AccountAttributes&) = default;
};

// Optional: encrypted when the host offers it. Required: not sent over a connection without TLS (spec 7).
enum class TlsPolicy { optional, required };

// Which links of tracked messages are https, where the receiver's own are http (spec 7).
enum class HttpsPolicy { optional, require_open_only, require };

struct TrackingOptions {
  std::optional<std::string> redirect_domain;  // unset: the service's own address
  HttpsPolicy https_policy = HttpsPolicy::optional;
  friend bool operator==(const TrackingOptions&, const TrackingOptions&) = default;
};

// What happened to a message (store/queue_store.h has the event).
enum class EventKind {
  send,
  delivery,
  delivery_delay,
  bounce,
  complaint,
  auto_reply,  // ours alone: SES has no such kind and no destination matches it
  reject,
  open,
  click,
  rendering_failure,
  subscription
};

struct TopicTarget {
  std::string topic_arn;
  friend bool operator==(const TopicTarget&, const TopicTarget&) = default;
};
// Beyond SES: events are posted to a URL as a topic would to a subscriber.
struct WebhookTarget {
  std::string url;  // http or https
  friend bool operator==(const WebhookTarget&, const WebhookTarget&) = default;
};

struct EventDestination {
  std::string name;  // unique in its set, case-sensitive
  bool enabled = false;
  std::vector<EventKind> matching;  // in the order of the enumeration, each once
  std::variant<TopicTarget, WebhookTarget> target;

  bool matches(EventKind kind) const {
    for (const EventKind known : matching) {
      if (known == kind) return enabled;
    }
    return false;
  }
  friend bool operator==(const EventDestination&, const EventDestination&) = default;
};

struct ConfigurationSet {
  std::string account_id;
  std::string name;  // unique in the account, case-sensitive
  Time created{};
  std::uint64_t version = 0;  // set by the store; update_configuration_set demands the version that was read

  TlsPolicy tls_policy = TlsPolicy::optional;
  std::optional<std::chrono::seconds> max_delivery;  // unset: the service's
  bool sending_enabled = true;
  bool reputation_metrics_enabled = false;
  std::optional<Time> last_fresh_start;           // when sending was last enabled again
  std::optional<SuppressionReasons> suppression;  // unset: the account's
  TrackingOptions tracking;
  std::vector<std::pair<std::string, std::string>> tags;
  std::vector<EventDestination> event_destinations;  // in the order they were made

  // Whether an event destination that is switched on wants to hear of it.
  bool tells(EventKind kind) const {
    for (const EventDestination& destination : event_destinations) {
      if (destination.matches(kind)) return true;
    }
    return false;
  }
  friend bool operator==(const ConfigurationSet&, const ConfigurationSet&) = default;
};

struct SuppressedDestination {
  std::string account_id;
  std::string address;  // as suppression_key() writes it
  SuppressionReason reason = SuppressionReason::bounce;
  Time updated{};
  // The message that came back, and the event that told so; empty and 0 for an address somebody put there.
  std::string api_message_id;
  std::int64_t event_sequence = 0;
  friend bool operator==(const SuppressedDestination&, const SuppressedDestination&) = default;
};

// The form in which an address is listed and looked for: without blanks around it, the domain in lower case (spec 3.5).
std::string suppression_key(std::string_view address);

// What is counted, by quarters of an hour and for the account as a whole, an identity, a configuration set or the
// domain of a recipient.
enum class MetricDimension { account, identity, configuration_set, receiver_domain };
enum class Metric { send, delivery, permanent_bounce, transient_bounce, complaint, reject, deferral };
inline constexpr std::size_t metric_count = 7;
struct MetricCounts {
  std::uint64_t sends = 0;  // recipients of accepted messages
  std::uint64_t deliveries = 0;
  std::uint64_t permanent_bounces = 0, transient_bounces = 0;
  std::uint64_t complaints = 0;
  std::uint64_t rejects = 0;
  std::uint64_t deferrals = 0;  // attempts after which a recipient waits for another
  friend bool operator==(const MetricCounts&, const MetricCounts&) = default;
};
inline constexpr std::chrono::minutes metric_interval{15};
// Receiver domains counted by name in one interval of an account; further ones count under the name "".
inline constexpr std::size_t max_metric_domains = 500;
struct MetricPoint {
  Time at{};         // the interval's beginning
  std::string name;  // of the identity, set or domain; "" for the account
  MetricCounts counts;
  friend bool operator==(const MetricPoint&, const MetricPoint&) = default;
};

}  // namespace sesame::store
