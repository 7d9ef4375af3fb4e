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

submission::NamedValues read_tags(const FormReader& input, std::string_view member) {
  submission::NamedValues tags;
  for (const FormReader& tag : input.structures(member)) {
    std::string name = tag.required_text("Name");
    tags.emplace_back(std::move(name), tag.required_text("Value"));
  }
  return tags;
}

void read_common(const FormReader& input, std::string_view operation, submission::SubmissionRequest& request) {
  request.door = submission::Door::ses_v1;
  request.operation = operation;
  request.configuration_set = input.text("ConfigurationSetName");
  request.tags = read_tags(input, "Tags");
}

struct Lists {
  std::vector<std::string> to, cc, bcc;
};

Lists read_destination(const FormReader& input) {
  const auto destination = input.required_structure("Destination");
  if (!destination) return {};
  return {destination->texts("ToAddresses"), destination->texts("CcAddresses"), destination->texts("BccAddresses")};
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
  Lists lists = read_destination(input);
  content.to = std::move(lists.to);
  content.cc = std::move(lists.cc);
  content.bcc = std::move(lists.bcc);
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

namespace {

// The template, who answers go to, and the data as it stands in `data_member`.
QueryResult<submission::TemplatedContent> read_templated(const FormReader& input, std::string_view data_member,
                                                         const Problems& problems) {
  submission::TemplatedContent content;
  content.reference = campaign::NamedTemplate{input.required_name("Template")};
  content.rest.reply_to = input.texts("ReplyToAddresses");
  const std::string text = input.required_text(data_member);
  if (const auto error = problems.error()) return std::unexpected(*error);
  auto data = campaign::parse_rendering_data(text);
  if (!data) {
    return std::unexpected(QueryError{ErrorCode::invalid_parameter_value, "Template rendering data is invalid."});
  }
  content.data = std::move(*data);
  return content;
}

}  // namespace

QueryResult<submission::SubmissionRequest> read_send_templated_email(std::span<const sigv4::Parameter> parameters) {
  const Form form(parameters);
  Problems problems;
  const FormReader input(form, problems);
  submission::SubmissionRequest request;
  request.source = input.required_name("Source");
  request.feedback_address = input.text("ReturnPath").value_or("");
  read_common(input, "SendTemplatedEmail", request);
  Lists lists = read_destination(input);
  auto content = read_templated(input, "TemplateData", problems);
  if (!content) return std::unexpected(content.error());
  content->rest.to = std::move(lists.to);
  content->rest.cc = std::move(lists.cc);
  content->rest.bcc = std::move(lists.bcc);
  request.content = std::move(*content);
  return request;
}

QueryResult<BulkMail> read_send_bulk_templated_email(std::span<const sigv4::Parameter> parameters) {
  const Form form(parameters);
  Problems problems;
  const FormReader input(form, problems);
  BulkMail mail;
  mail.common.source = input.required_name("Source");
  mail.common.feedback_address = input.text("ReturnPath").value_or("");
  read_common(input, "SendBulkTemplatedEmail", mail.common);
  mail.common.tags = read_tags(input, "DefaultTags");
  for (const FormReader& given : input.structures("Destinations")) {
    Lists lists = read_destination(given);
    BulkEntry entry{std::move(lists.to), std::move(lists.cc), std::move(lists.bcc), {}, {}, {}};
    entry.tags = read_tags(given, "ReplacementTags");
    entry.replacement_data = given.text("ReplacementTemplateData").value_or("");
    mail.entries.push_back(std::move(entry));
  }
  if (mail.entries.empty()) problems.is_null(input.path_to("Destinations"));
  problems.must(mail.entries.size() <= max_bulk_entries, input.path_to("Destinations"),
                fmt::format("Member must have length less than or equal to {}", max_bulk_entries));
  auto content = read_templated(input, "DefaultTemplateData", problems);
  if (!content) return std::unexpected(content.error());
  mail.content = std::move(*content);
  return mail;
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
