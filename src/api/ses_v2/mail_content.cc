#include "api/ses_v2/mail_content.h"

#include "api/ses_v2/media_types.h"
#include "message/charset.h"

namespace sesame::api {
namespace {

using Disposition = message::Attachment::Disposition;
using message::TransferEncoding;
using submission::ComposedContent;

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

constexpr std::string_view template_mark = ":template/";

// "arn:aws:ses:<region>:<account>:template/<name>". The name is looked for in the caller's own account, whatever the
// ARN says: nobody may use what belongs to another one.
std::optional<std::string> name_in_arn(std::string_view arn) {
  const auto mark = arn.find(template_mark);
  if (!arn.starts_with("arn:") || mark == arn.npos) return std::nullopt;
  return std::string(arn.substr(mark + template_mark.size()));
}

ApiResult<campaign::TemplateReference> read_reference(const ObjectReader& input) {
  const auto name = input.text("TemplateName"), arn = input.text("TemplateArn");
  const auto content = input.object("TemplateContent");
  if (int(name.has_value()) + int(arn.has_value()) + int(content.has_value()) != 1) {
    return refuse(ErrorName::bad_request,
                  "Template must hold exactly one of TemplateName, TemplateArn and TemplateContent.");
  }
  if (content) return read_template_texts(*content);
  if (name) return campaign::NamedTemplate{*name};
  auto named = name_in_arn(arn.value_or(""));
  if (!named) return refuse(ErrorName::bad_request, "TemplateArn is not the ARN of a template.");
  return campaign::NamedTemplate{std::move(*named)};
}

}  // namespace

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

Destination read_destination(const ObjectReader& input) {
  const auto destination = input.object("Destination");
  if (!destination) return {};
  return {destination->texts("ToAddresses"), destination->texts("CcAddresses"), destination->texts("BccAddresses")};
}

campaign::TemplateTexts read_template_texts(const ObjectReader& input) {
  return {input.text("Subject").value_or(""), input.text("Text"), input.text("Html")};
}

ApiResult<submission::TemplatedContent> read_templated(const ObjectReader& input, Validation& validation) {
  submission::TemplatedContent content;
  auto reference = read_reference(input);
  const std::string data = input.text("TemplateData").value_or("");
  content.rest.headers = read_pairs(input, "Headers");
  for (const ObjectReader& attachment : input.objects("Attachments")) {
    content.rest.attachments.push_back(read_attachment(attachment, validation));
  }
  if (!reference) return std::unexpected(reference.error());
  content.reference = std::move(*reference);
  auto parsed = campaign::parse_rendering_data(data);
  if (!parsed) return refuse(ErrorName::bad_request, "Template rendering data is invalid.");
  content.data = std::move(*parsed);
  return content;
}

}  // namespace sesame::api
