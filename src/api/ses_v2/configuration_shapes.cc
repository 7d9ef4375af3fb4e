#include "api/ses_v2/configuration_shapes.h"

#include <fmt/format.h>

#include <algorithm>

#include "api/ses_v2/identity_shapes.h"
#include "api/tags.h"

namespace sesame::api {
namespace {

namespace json = boost::json;

std::unexpected<ApiError> not_supported(std::string_view what) {
  return refuse(ErrorName::bad_request, fmt::format("{} is not supported.", what));
}

bool has_any(const ObjectReader& input, std::string_view member) {
  const auto given = input.object(member);
  return given && !given->empty();
}

store::ConfigurationSet with_changes(store::ConfigurationSet set, const Changes& changes) {
  if (changes.tls_policy) set.tls_policy = *changes.tls_policy;
  if (changes.max_delivery) set.max_delivery = *changes.max_delivery;
  if (changes.sending_enabled) set.sending_enabled = *changes.sending_enabled;
  if (changes.reputation_metrics_enabled) set.reputation_metrics_enabled = *changes.reputation_metrics_enabled;
  if (changes.suppression) set.suppression = *changes.suppression;
  if (changes.tracking) set.tracking = *changes.tracking;
  return set;
}

// Reads one of the options of a set that are objects of their own.
ApiResult<Changes> read_options(const ObjectReader& input, Validation& validation) {
  Changes changes;
  for (const char* member : {"VdmOptions", "ArchivingOptions", "MessageSecurityOptions"}) {
    if (has_any(input, member)) return not_supported(member);
  }
  if (const auto tracking = input.object("TrackingOptions")) read_tracking(*tracking, changes);
  if (const auto delivery = input.object("DeliveryOptions")) read_delivery(*delivery, changes);
  if (const auto suppression = input.object("SuppressionOptions")) {
    if (auto read = read_suppression(*suppression, validation, changes); !read) return std::unexpected(read.error());
  }
  if (const auto reputation = input.object("ReputationOptions")) read_reputation(*reputation, changes);
  if (const auto sending = input.object("SendingOptions")) read_sending(*sending, changes);
  return changes;
}

std::vector<store::EventKind> read_matching(const ObjectReader& input, Validation& validation) {
  std::vector<store::EventKind> matching;
  validation.must_not_be_null(input.has("MatchingEventTypes"), input.path_to("MatchingEventTypes"));
  for (const std::string& text : input.texts("MatchingEventTypes")) {
    const auto known = std::ranges::find(event_type_words, text, &std::pair<std::string_view, store::EventKind>::first);
    validation.must(known != event_type_words.end(), input.path_to("MatchingEventTypes"),
                    "Member must satisfy enum value set: [SEND, REJECT, BOUNCE, COMPLAINT, DELIVERY, OPEN, CLICK, "
                    "RENDERING_FAILURE, DELIVERY_DELAY, SUBSCRIPTION]");
    if (known != event_type_words.end()) matching.push_back(known->second);
  }
  std::ranges::sort(matching);
  matching.erase(std::unique(matching.begin(), matching.end()), matching.end());
  return matching;
}

}  // namespace

json::array reasons_shape(store::SuppressionReasons reasons) {
  json::array shape;
  for (const auto& [word, reason] : reason_words) {
    if (reasons.has(reason)) shape.emplace_back(json::string(word));
  }
  return shape;
}

json::object configuration_set_shape(const store::ConfigurationSet& set,
                                     const std::optional<std::string>& sending_pool) {
  json::object delivery{{"TlsPolicy", word_of(tls_policy_words, set.tls_policy)}};
  if (set.max_delivery) delivery["MaxDeliverySeconds"] = set.max_delivery->count();
  if (sending_pool) delivery["SendingPoolName"] = *sending_pool;
  json::object reputation{{"ReputationMetricsEnabled", set.reputation_metrics_enabled}};
  if (set.last_fresh_start) reputation["LastFreshStart"] = epoch_seconds(*set.last_fresh_start);
  json::object shape{{"ConfigurationSetName", set.name},
                     {"DeliveryOptions", std::move(delivery)},
                     {"ReputationOptions", std::move(reputation)},
                     {"SendingOptions", {{"SendingEnabled", set.sending_enabled}}},
                     {"Tags", tags_shape(set.tags)}};
  if (set.tracking != store::TrackingOptions()) {
    json::object tracking{{"HttpsPolicy", word_of(https_policy_words, set.tracking.https_policy)}};
    if (set.tracking.redirect_domain) tracking["CustomRedirectDomain"] = *set.tracking.redirect_domain;
    shape["TrackingOptions"] = std::move(tracking);
  }
  if (set.suppression) shape["SuppressionOptions"] = {{"SuppressedReasons", reasons_shape(*set.suppression)}};
  return shape;
}

json::object event_destination_shape(const store::EventDestination& destination) {
  json::array matching;
  for (const store::EventKind kind : destination.matching) matching.emplace_back(word_of(event_type_words, kind));
  json::object shape{
      {"Name", destination.name}, {"Enabled", destination.enabled}, {"MatchingEventTypes", std::move(matching)}};
  if (const auto* topic = std::get_if<store::TopicTarget>(&destination.target)) {
    shape["SnsDestination"] = {{"TopicArn", topic->topic_arn}};
  } else {
    shape["WebhookDestination"] = {{"Url", std::get<store::WebhookTarget>(destination.target).url}};
  }
  return shape;
}

std::optional<store::SuppressionReasons> read_reasons(const ObjectReader& input, Validation& validation) {
  if (!input.has("SuppressedReasons")) return std::nullopt;
  store::SuppressionReasons reasons{.bounce = false, .complaint = false};
  for (const std::string& text : input.texts("SuppressedReasons")) {
    validation.must(text == "BOUNCE" || text == "COMPLAINT", input.path_to("SuppressedReasons"),
                    "Member must satisfy enum value set: [BOUNCE, COMPLAINT]");
    reasons.bounce |= text == "BOUNCE";
    reasons.complaint |= text == "COMPLAINT";
  }
  return reasons;
}

void read_delivery(const ObjectReader& input, Changes& changes) {
  auto pool = input.text("SendingPoolName");
  if (pool && pool->empty()) pool.reset();
  changes.sending_pool = std::move(pool);
  changes.tls_policy = input.one_of("TlsPolicy", tls_policy_words).value_or(store::TlsPolicy::optional);
  std::optional<std::chrono::seconds> max_delivery;
  if (const auto given = input.number("MaxDeliverySeconds")) max_delivery = std::chrono::seconds(*given);
  changes.max_delivery = max_delivery;
}

ApiResult<void> read_suppression(const ObjectReader& input, Validation& validation, Changes& changes) {
  if (has_any(input, "ValidationOptions")) return not_supported("SuppressionOptions.ValidationOptions");
  changes.suppression = read_reasons(input, validation);
  return {};
}

void read_tracking(const ObjectReader& input, Changes& changes) {
  store::TrackingOptions tracking;
  if (auto domain = input.text("CustomRedirectDomain"); domain && !domain->empty()) {
    tracking.redirect_domain = std::move(*domain);
  }
  tracking.https_policy = input.one_of("HttpsPolicy", https_policy_words).value_or(store::HttpsPolicy::optional);
  changes.tracking = std::move(tracking);
}

void read_sending(const ObjectReader& input, Changes& changes) {
  changes.sending_enabled = input.flag("SendingEnabled").value_or(false);
}

void read_reputation(const ObjectReader& input, Changes& changes) {
  changes.reputation_metrics_enabled = input.flag("ReputationMetricsEnabled").value_or(false);
}

ApiResult<NewConfigurationSet> read_create_configuration_set(const std::string& text) {
  const auto body = parse_body(text);
  if (!body) return std::unexpected(body.error());
  Validation validation;
  const ObjectReader input(*body, validation);
  store::ConfigurationSet set;
  set.name = input.required_text("ConfigurationSetName");
  set.tags = read_tags(input, validation);
  const auto changes = read_options(input, validation);
  if (const auto error = validation.error()) return std::unexpected(*error);
  if (!changes) return std::unexpected(changes.error());
  return NewConfigurationSet{with_changes(std::move(set), *changes), changes->sending_pool.value_or(std::nullopt)};
}

ApiResult<store::EventDestination> read_event_destination(const ObjectReader& input, Validation& validation) {
  for (const char* member :
       {"KinesisFirehoseDestination", "CloudWatchDestination", "EventBridgeDestination", "PinpointDestination"}) {
    if (input.has(member)) return not_supported(member);
  }
  store::EventDestination destination;
  destination.enabled = input.flag("Enabled").value_or(false);
  destination.matching = read_matching(input, validation);
  const auto topic = input.object("SnsDestination"), webhook = input.object("WebhookDestination");
  if (topic.has_value() == webhook.has_value()) {
    return refuse(ErrorName::bad_request, "EventDestination must hold exactly one destination.");
  }
  if (topic) destination.target = store::TopicTarget{topic->required_text("TopicArn")};
  if (webhook) destination.target = store::WebhookTarget{webhook->required_text("Url")};
  return destination;
}

}  // namespace sesame::api
