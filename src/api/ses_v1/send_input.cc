#include "api/ses_v1/send_input.h"

#include <fmt/format.h>

#include "api/ses_v1/form.h"
#include "base/text.h"
#include "message/charset.h"

namespace sesame::api::ses_v1 {
namespace {

constexpr std::size_t max_shown_octets = 64;

// One Content{Data, Charset} of the form.
struct Content {
  std::string data;
  std::string charset;  // empty: not given
  std::string path;     // "message.body.text"
};

Content read_content(const FormReader& content, std::string path) {
  return {content.required_text("Data"), content.text("Charset").value_or(""), std::move(path)};
}

// SDKs send every text as UTF-8 and mean by Charset how the message is to be written, which is UTF-8 here in any case.
// Octets that are no UTF-8 were written by somebody who meant the charset of these very octets. Without a charset SES
// takes 7-bit ASCII; what is more than that passes here.
QueryResult<std::string> decoded(Content content) {
  auto converted =
      is_utf8(content.data) ? message::to_utf8("", content.charset) : message::to_utf8(content.data, content.charset);
  if (!converted) {
    return std::unexpected(QueryError{
        ErrorCode::invalid_parameter_value,
        fmt::format("Unknown charset '{}' ({}.charset).", content.charset.substr(0, max_shown_octets), content.path)});
  }
  if (is_utf8(content.data)) return std::move(content.data);
  return std::move(*converted);
}

void read_common(const FormReader& input, std::string_view operation, submission::SubmissionRequest& request) {
  request.door = submission::Door::ses_v1;
  request.operation = operation;
  request.configuration_set = input.text("ConfigurationSetName");
  for (const FormReader& tag : input.structures("Tags")) {
    std::string name = tag.required_text("Name");
    request.tags.emplace_back(std::move(name), tag.required_text("Value"));
  }
}

struct Texts {
  Content subject;
  std::optional<Content> text, html;
};

Texts read_message(const FormReader& input) {
  Texts texts;
  const auto message = input.required_structure("Message");
  if (!message) return texts;
  if (const auto subject = message->required_structure("Subject")) {
    texts.subject = read_content(*subject, message->path_to("Subject"));
  }
  const auto body = message->required_structure("Body");
  if (!body) return texts;
  if (const auto text = body->structure("Text")) texts.text = read_content(*text, body->path_to("Text"));
  if (const auto html = body->structure("Html")) texts.html = read_content(*html, body->path_to("Html"));
  return texts;
}

}  // namespace

QueryResult<submission::SubmissionRequest> read_send_email(std::span<const sigv4::Parameter> parameters) {
  const Form form(parameters);
  Problems problems;
  const FormReader input(form, problems);
  submission::SubmissionRequest request;
  submission::ComposedContent content;
  request.source = input.required_name("Source");
  if (const auto destination = input.required_structure("Destination")) {
    content.to = destination->texts("ToAddresses");
    content.cc = destination->texts("CcAddresses");
    content.bcc = destination->texts("BccAddresses");
  }
  content.reply_to = input.texts("ReplyToAddresses");
  request.feedback_address = input.text("ReturnPath").value_or("");
  read_common(input, "SendEmail", request);
  Texts texts = read_message(input);
  if (const auto error = problems.error()) return std::unexpected(*error);

  auto subject = decoded(std::move(texts.subject));
  if (!subject) return std::unexpected(subject.error());
  content.subject = std::move(*subject);
  for (auto [part, body] : {std::pair{&texts.text, &content.text}, std::pair{&texts.html, &content.html}}) {
    if (!*part) continue;
    auto converted = decoded(std::move(**part));
    if (!converted) return std::unexpected(converted.error());
    *body = std::move(*converted);
  }
  request.content = std::move(content);
  return request;
}

QueryResult<submission::SubmissionRequest> read_send_raw_email(std::span<const sigv4::Parameter> parameters) {
  const Form form(parameters);
  Problems problems;
  const FormReader input(form, problems);
  submission::SubmissionRequest request;
  request.source = input.text("Source").value_or("");
  if (auto destinations = input.texts("Destinations"); !destinations.empty()) {
    request.recipients = std::move(destinations);
  }
  read_common(input, "SendRawEmail", request);
  if (const auto raw = input.required_structure("RawMessage")) {
    request.content = submission::RawContent{raw->required_blob("Data")};
  }
  if (const auto error = problems.error()) return std::unexpected(*error);
  return request;
}

}  // namespace sesame::api::ses_v1
