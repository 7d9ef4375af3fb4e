#include "api/sns/sns_api.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "api/answers.h"

namespace sesame::api {
namespace {

using namespace sns;

constexpr std::size_t max_shown_octets = 64;

struct Entry {
  std::string_view name;
  Action* action;
  bool has_result = true;
  bool is_public = false;  // also without a signature
};

constexpr auto entries = std::to_array<Entry>({
    {"ConfirmSubscription", confirm_subscription, true, true},
    {"CreateTopic", create_topic},
    {"DeleteTopic", delete_topic, false},
    {"GetSubscriptionAttributes", get_subscription_attributes},
    {"GetTopicAttributes", get_topic_attributes},
    {"ListSubscriptions", list_subscriptions},
    {"ListSubscriptionsByTopic", list_subscriptions_by_topic},
    {"ListTopics", list_topics},
    {"Publish", publish_message},
    {"SetSubscriptionAttributes", set_subscription_attributes, false},
    {"SetTopicAttributes", set_topic_attributes, false},
    {"Subscribe", subscribe},
    {"Unsubscribe", unsubscribe, false, true},
});

const Entry* find_entry(std::string_view name) {
  const auto entry = std::ranges::find(entries, name, &Entry::name);
  return entry == entries.end() ? nullptr : &*entry;
}

net::Task<http::Response> perform(publish::Topics& topics, Call call) {
  const std::string request_id = call.request_id;
  const std::string* asked = find_parameter(call, "Action");
  if (asked == nullptr) {
    const SnsError missing{SnsErrorCode::missing_action, "The request is missing the parameter Action."};
    co_return to_response(missing, request_id);
  }
  const Entry* entry = find_entry(*asked);
  if (entry == nullptr) {
    const SnsError unknown{SnsErrorCode::invalid_action,
                           fmt::format("The action {} is not valid for this endpoint.",
                                       std::string_view(*asked).substr(0, max_shown_octets))};
    co_return to_response(unknown, request_id);
  }
  ses_v1::XmlWriter answer;
  answer.open(fmt::format("{}Response", entry->name), sns_namespace);
  if (entry->has_result) answer.open(fmt::format("{}Result", entry->name));
  const Done done = co_await entry->action(topics, std::move(call), answer);
  if (!done) co_return to_response(done.error(), request_id);
  if (entry->has_result) answer.close();
  answer.open("ResponseMetadata");
  answer.text("RequestId", request_id);
  answer.close();
  answer.close();
  http::Response response;
  response.headers.add("Content-Type", "text/xml");
  response.body = std::move(answer).take();
  co_return response;
}

std::optional<http::Parameters> public_action(const http::Target& target) {
  if (target.path != "/") return std::nullopt;
  auto parameters = http::parse_form(target.query);
  if (!parameters || http::find(*parameters, "X-Amz-Signature")) return std::nullopt;
  const auto action = http::find(*parameters, "Action");
  const Entry* entry = action ? find_entry(*action) : nullptr;
  if (entry == nullptr || !entry->is_public) return std::nullopt;
  return parameters;
}

}  // namespace

net::Task<http::Response> SnsApi::handle(Call call) {
  http::Response response = co_await perform(topics_, std::move(call));
  co_return response;
}

bool SnsPublic::takes(const http::Request& request, const http::Target& target) const {
  if (request.method != "GET" && request.method != "HEAD") return false;
  if (target.path == key_.path()) return true;
  return request.method == "GET" && !request.headers.contains("Authorization") && public_action(target).has_value();
}

net::Task<http::Response> SnsPublic::handle(http::Request, http::Target target, std::string request_id) {
  if (target.path == key_.path()) {
    http::Response certificate;
    certificate.headers.add("Content-Type", "application/x-pem-file");
    certificate.body = key_.certificate();
    co_return certificate;
  }
  Call call;  // without a caller: whoever has the token or the ARN
  call.request_id = std::move(request_id);
  call.method = "GET";
  if (auto parameters = public_action(target)) {
    for (auto& [name, value] : *parameters) call.parameters.push_back({std::move(name), std::move(value)});
  }
  http::Response response = co_await perform(topics_, std::move(call));
  co_return response;
}

}  // namespace sesame::api
