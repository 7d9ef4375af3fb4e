#include "api/ses_v2/send_email_body.h"

#include "api/json.h"
#include "api/ses_v2/mail_content.h"

namespace sesame::api {
namespace {

using submission::ComposedContent;
using submission::RawContent;
using submission::SubmissionRequest;
using submission::TemplatedContent;

// What can be named in a request and of which there are none.
std::optional<ApiError> named_but_unknown(const ObjectReader& input) {
  if (const auto tenant = input.text("TenantName"); tenant && !tenant->empty()) {
    return ApiError{ErrorName::not_found, fmt::format("Tenant {} does not exist.", *tenant)};
  }
  return std::nullopt;
}

// The parts of a message that is composed here; nullptr for a raw one.
ComposedContent* composed_part(SubmissionRequest& request) {
  if (auto* templated = std::get_if<TemplatedContent>(&request.content)) return &templated->rest;
  return std::get_if<ComposedContent>(&request.content);
}

void put_recipients(SubmissionRequest& request, Destination destination) {
  if (auto* composed = composed_part(request)) {
    composed->to = std::move(destination.to);
    composed->cc = std::move(destination.cc);
    composed->bcc = std::move(destination.bcc);
    return;
  }
  // One client puts all envelope recipients into one list (spec 4.2): of a raw message they are the envelope.
  std::vector<std::string> all = std::move(destination.to);
  all.insert(all.end(), destination.cc.begin(), destination.cc.end());
  all.insert(all.end(), destination.bcc.begin(), destination.bcc.end());
  if (!all.empty()) request.recipients = std::move(all);
}

// Reads what `content` holds into `request`; the error is about content that can be read but not sent.
std::optional<ApiError> read_kind(const ObjectReader& content, SubmissionRequest& request, Validation& validation) {
  const auto simple = content.object("Simple");
  const auto raw = content.object("Raw");
  const auto stored = content.object("Template");
  if (int(simple.has_value()) + int(raw.has_value()) + int(stored.has_value()) != 1) {
    return ApiError{ErrorName::bad_request, "Content must hold exactly one of Simple, Raw and Template."};
  }
  if (raw) request.content = RawContent{raw->required_blob("Data")};
  if (simple) {
    request.content = read_simple(*simple, validation);
    // This is what SES answers: an error without a text (spec 4.2).
    if (request.source.empty()) return ApiError{ErrorName::bad_request, std::nullopt};
  }
  if (stored) {
    if (request.source.empty()) return ApiError{ErrorName::bad_request, "Source cannot be empty"};
    auto templated = read_templated(*stored, validation);
    if (!templated) return templated.error();
    request.content = std::move(*templated);
  }
  return std::nullopt;
}

}  // namespace

ApiResult<SubmissionRequest> read_send_email(std::string_view text) {
  const auto body = parse_body(text);
  if (!body) return std::unexpected(body.error());
  Validation validation;
  const ObjectReader input(*body, validation);

  SubmissionRequest request;
  request.door = submission::Door::ses_v2;
  request.operation = "SendEmail";
  request.source = input.text("FromEmailAddress").value_or("");
  request.feedback_address = input.text("FeedbackForwardingEmailAddress").value_or("");
  request.configuration_set = input.text("ConfigurationSetName");
  request.tags = read_pairs(input, "EmailTags");
  if (const auto options = input.object("ListManagementOptions")) {
    submission::ListManagement list{options->required_text("ContactListName"), options->text("TopicName")};
    if (list.topic && list.topic->empty()) list.topic.reset();
    request.list_management = std::move(list);
  }
  std::optional<ApiError> unusable;
  if (const auto content = input.required_object("Content")) unusable = read_kind(*content, request, validation);
  put_recipients(request, read_destination(input));
  auto reply_to = input.texts("ReplyToAddresses");
  if (auto* composed = composed_part(request)) composed->reply_to = std::move(reply_to);
  auto unknown = named_but_unknown(input);

  if (auto error = validation.error()) return std::unexpected(std::move(*error));
  if (unusable) return std::unexpected(std::move(*unusable));
  if (unknown) return std::unexpected(std::move(*unknown));
  return request;
}

}  // namespace sesame::api
