#include "api/ses_v2/send_email_body.h"

#include "api/json.h"
#include "api/ses_v2/media_types.h"
#include "message/charset.h"

namespace sesame::api {
namespace {

using Disposition = message::Attachment::Disposition;
using message::TransferEncoding;
using submission::ComposedContent;
using submission::RawContent;
using submission::SubmissionRequest;

constexpr std::size_t max_file_name = 255;
constexpr std::size_t max_content_type = 78;
constexpr std::size_t max_content_id = 78;
constexpr std::size_t max_content_description = 1000;

constexpr EnumWords<Disposition, 2> disposition_words{
    {{"ATTACHMENT", Disposition::attachment}, {"INLINE", Disposition::inline_part}}};
constexpr EnumWords<TransferEncoding, 3> transfer_encoding_words{
    {{"BASE64", TransferEncoding::base64},
     {"QUOTED_PRINTABLE", TransferEncoding::quoted_printable},
     {"SEVEN_BIT", TransferEncoding::seven_bit}}};

// JSON text is Unicode whatever Charset says; it names how the caller would like it to travel. It always travels as
// UTF-8, which every charset can be written in, but a name that is none is refused.
std::string read_content(const ObjectReader& content, Validation& validation) {
  const auto charset = content.text("Charset");
  if (charset && !charset->empty()) {
    validation.must(message::to_utf8("", *charset).has_value(), content.path_to("Charset"),
                    "Member must be the name of a known character set");
  }
  return content.required_text("Data");
}

std::optional<std::string> read_optional_content(const ObjectReader& body, std::string_view member,
                                                 Validation& validation) {
  const auto content = body.object(member);
  if (!content) return std::nullopt;
  return read_content(*content, validation);
}

std::string bounded_text(const ObjectReader& attachment, std::string_view member, std::size_t most,
                         Validation& validation) {
  const auto text = attachment.text(member);
  if (text) validation.length_between(*text, attachment.path_to(member), 1, most);
  return text.value_or("");
}

submission::Attachment read_attachment(const ObjectReader& input, Validation& validation) {
  submission::Attachment attachment;
  validation.must_not_be_null(input.has("FileName"), input.path_to("FileName"));
  attachment.about.file_name = bounded_text(input, "FileName", max_file_name, validation);
  attachment.about.content_type = bounded_text(input, "ContentType", max_content_type, validation);
  if (attachment.about.content_type.empty()) attachment.about.content_type = media_type_of(attachment.about.file_name);
  attachment.about.content_id = bounded_text(input, "ContentId", max_content_id, validation);
  attachment.about.content_description = bounded_text(input, "ContentDescription", max_content_description, validation);
  attachment.about.disposition =
      input.one_of("ContentDisposition", disposition_words).value_or(Disposition::attachment);
  attachment.about.transfer_encoding = input.one_of("ContentTransferEncoding", transfer_encoding_words);
  attachment.octets = input.required_blob("RawContent");
  return attachment;
}

std::vector<std::pair<std::string, std::string>> read_pairs(const ObjectReader& input, std::string_view member) {
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const ObjectReader& pair : input.objects(member)) {
    std::string name = pair.required_text("Name");
    pairs.emplace_back(std::move(name), pair.required_text("Value"));
  }
  return pairs;
}

ComposedContent read_simple(const ObjectReader& simple, Validation& validation) {
  ComposedContent content;
  if (const auto subject = simple.required_object("Subject")) content.subject = read_content(*subject, validation);
  if (const auto body = simple.required_object("Body")) {
    content.text = read_optional_content(*body, "Text", validation);
    content.html = read_optional_content(*body, "Html", validation);
  }
  content.headers = read_pairs(simple, "Headers");
  for (const ObjectReader& attachment : simple.objects("Attachments")) {
    content.attachments.push_back(read_attachment(attachment, validation));
  }
  return content;
}

// Templates are not kept yet: each one that is named does not exist.
ApiError refuse_template(const ObjectReader& content) {
  if (const auto name = content.text("TemplateName")) {
    return {ErrorName::not_found, fmt::format("Template {} does not exist.", *name)};
  }
  if (const auto arn = content.text("TemplateArn")) {
    return {ErrorName::not_found, fmt::format("Template {} does not exist.", *arn)};
  }
  return {ErrorName::bad_request, "Content.Template must name a template: TemplateContent is not supported."};
}

// Things that can be named in a request and of which none exist.
std::optional<ApiError> named_but_unknown(const ObjectReader& input) {
  if (const auto options = input.object("ListManagementOptions")) {
    const std::string list = options->required_text("ContactListName");
    return ApiError{ErrorName::not_found, fmt::format("List with name: {} doesn't exist.", list)};
  }
  if (const auto tenant = input.text("TenantName"); tenant && !tenant->empty()) {
    return ApiError{ErrorName::not_found, fmt::format("Tenant {} does not exist.", *tenant)};
  }
  return std::nullopt;
}

struct Destination {
  std::vector<std::string> to, cc, bcc;
};

Destination read_destination(const ObjectReader& input) {
  const auto destination = input.object("Destination");
  if (!destination) return {};
  return {destination->texts("ToAddresses"), destination->texts("CcAddresses"), destination->texts("BccAddresses")};
}

void put_recipients(SubmissionRequest& request, Destination destination) {
  if (auto* composed = std::get_if<ComposedContent>(&request.content)) {
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
    return refuse_template(*stored);
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
  std::optional<ApiError> unusable;
  if (const auto content = input.required_object("Content")) unusable = read_kind(*content, request, validation);
  put_recipients(request, read_destination(input));
  auto reply_to = input.texts("ReplyToAddresses");
  if (auto* composed = std::get_if<ComposedContent>(&request.content)) composed->reply_to = std::move(reply_to);
  auto unknown = named_but_unknown(input);

  if (auto error = validation.error()) return std::unexpected(std::move(*error));
  if (unusable) return std::unexpected(std::move(*unusable));
  if (unknown) return std::unexpected(std::move(*unknown));
  return request;
}

}  // namespace sesame::api
