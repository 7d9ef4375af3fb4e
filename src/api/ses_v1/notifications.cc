// Where the feedback about an identity goes (spec 3.2, 3.4).
#include <algorithm>

#include "api/ses_v1/actions.h"
#include "api/ses_v1/form.h"
#include "identity/refusals.h"
#include "publish/feedback_settings.h"

namespace sesame::api::ses_v1 {
namespace {

constexpr std::size_t max_asked = 100;

inline constexpr EnumWords<store::FeedbackKind, 3> kind_words{{{"Bounce", store::FeedbackKind::bounce},
                                                               {"Complaint", store::FeedbackKind::complaint},
                                                               {"Delivery", store::FeedbackKind::delivery}}};

QueryError to_query_error(const publish::TopicError& error, const std::string& identity) {
  switch (error.code) {
    // v1 has one text for this; the engine's own is v2's.
    case publish::TopicErrc::not_found:
      return ses_v1::to_query_error(identity::no_such_identity_for_mail_from(identity));
    case publish::TopicErrc::invalid_parameter:
    case publish::TopicErrc::not_authorized: return {ErrorCode::invalid_parameter_value, error.text};
    case publish::TopicErrc::limit_exceeded: return {ErrorCode::limit_exceeded, error.text};
    case publish::TopicErrc::unavailable: return {ErrorCode::service_unavailable, error.text};
  }
  std::unreachable();
}

struct KindInput {
  std::string identity;
  store::FeedbackKind kind = store::FeedbackKind::bounce;
  std::optional<std::string> topic_arn;
  bool enabled = false;
};

QueryResult<KindInput> read_kind(const Call& call, bool with_switch) {
  const Form form(call.parameters);
  Problems problems;
  const FormReader input(form, problems);
  KindInput read;
  read.identity = input.required_name("Identity");
  if (!input.has("NotificationType")) problems.is_null(input.path_to("NotificationType"));
  read.kind = input.one_of("NotificationType", kind_words).value_or(store::FeedbackKind::bounce);
  if (with_switch) {
    read.enabled = input.required_flag("Enabled");
  } else {
    read.topic_arn = input.text("SnsTopic");
  }
  if (const auto error = problems.error()) return std::unexpected(*error);
  return read;
}

}  // namespace

net::Task<Done> set_notification_topic(const SesV1Deps& deps, Call call, XmlWriter&) {
  auto input = read_kind(call, false);
  if (!input) co_return std::unexpected(input.error());
  const auto set = co_await deps.feedback.set_topic(call.caller.account_id, input->identity, input->kind,
                                                    std::move(input->topic_arn));
  if (!set) co_return std::unexpected(to_query_error(set.error(), input->identity));
  co_return Done{};
}

net::Task<Done> set_headers_in_notifications_enabled(const SesV1Deps& deps, Call call, XmlWriter&) {
  const auto input = read_kind(call, true);
  if (!input) co_return std::unexpected(input.error());
  const auto set =
      co_await deps.feedback.set_headers(call.caller.account_id, input->identity, input->kind, input->enabled);
  if (!set) co_return std::unexpected(to_query_error(set.error(), input->identity));
  co_return Done{};
}

net::Task<Done> set_feedback_forwarding_enabled(const SesV1Deps& deps, Call call, XmlWriter&) {
  const Form form(call.parameters);
  Problems problems;
  const FormReader input(form, problems);
  const std::string identity = input.required_name("Identity");
  const bool enabled = input.required_flag("ForwardingEnabled");
  if (const auto error = problems.error()) co_return std::unexpected(*error);
  const auto set = co_await deps.feedback.set_forwarding(call.caller.account_id, identity, enabled);
  if (!set) co_return std::unexpected(to_query_error(set.error(), identity));
  co_return Done{};
}

net::Task<Done> get_notification_attributes(const SesV1Deps& deps, Call call, XmlWriter& answer) {
  const Form form(call.parameters);
  Problems problems;
  std::vector<std::string> names = FormReader(form, problems).required_texts("Identities", max_asked);
  if (const auto error = problems.error()) co_return std::unexpected(*error);
  std::ranges::sort(names);
  const auto repeated = std::ranges::unique(names);
  names.erase(repeated.begin(), repeated.end());
  answer.open("NotificationAttributes");
  for (const std::string& name : names) {
    const auto shown = co_await deps.feedback.get(call.caller.account_id, name);
    if (!shown && shown.error().code == publish::TopicErrc::not_found) continue;
    if (!shown) co_return std::unexpected(to_query_error(shown.error(), name));
    answer.open("entry");
    answer.text("key", name);
    answer.open("value");
    for (const auto& [word, kind] : kind_words) {
      const auto& topic_arn = shown->topics.of(kind).topic_arn;
      if (topic_arn) answer.text(fmt::format("{}Topic", word), *topic_arn);
    }
    answer.flag("ForwardingEnabled", shown->forwarding);
    for (const auto& [word, kind] : kind_words) {
      answer.flag(fmt::format("HeadersIn{}NotificationsEnabled", word), shown->topics.of(kind).with_headers);
    }
    answer.close();
    answer.close();
  }
  answer.close();
  co_return Done{};
}

}  // namespace sesame::api::ses_v1
