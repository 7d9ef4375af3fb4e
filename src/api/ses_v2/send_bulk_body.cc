#include "api/ses_v2/send_bulk_body.h"

#include "api/json.h"
#include "api/ses_v2/mail_content.h"

namespace sesame::api {
namespace {

BulkEntry read_entry(const ObjectReader& input) {
  BulkEntry entry;
  Destination destination = read_destination(input);
  entry.to = std::move(destination.to);
  entry.cc = std::move(destination.cc);
  entry.bcc = std::move(destination.bcc);
  entry.tags = read_pairs(input, "ReplacementTags");
  entry.headers = read_pairs(input, "ReplacementHeaders");
  if (const auto content = input.object("ReplacementEmailContent")) {
    if (const auto replacement = content->object("ReplacementTemplate")) {
      entry.replacement_data = replacement->text("ReplacementTemplateData").value_or("");
    }
  }
  return entry;
}

}  // namespace

ApiResult<BulkMail> read_send_bulk_email(std::string_view text) {
  const auto body = parse_body(text);
  if (!body) return std::unexpected(body.error());
  Validation validation;
  const ObjectReader input(*body, validation);

  BulkMail mail;
  mail.common.door = submission::Door::ses_v2;
  mail.common.operation = "SendBulkEmail";
  mail.common.source = input.text("FromEmailAddress").value_or("");
  mail.common.feedback_address = input.text("FeedbackForwardingEmailAddress").value_or("");
  mail.common.configuration_set = input.text("ConfigurationSetName");
  mail.common.tags = read_pairs(input, "DefaultEmailTags");
  ApiResult<submission::TemplatedContent> content;
  if (const auto given = input.required_object("DefaultContent")) {
    if (const auto named = given->required_object("Template")) content = read_templated(*named, validation);
  }
  validation.must_not_be_null(input.has("BulkEmailEntries"), "bulkEmailEntries");
  for (const ObjectReader& entry : input.objects("BulkEmailEntries")) {
    entry.required_object("Destination");
    mail.entries.push_back(read_entry(entry));
  }
  validation.must(mail.entries.size() <= max_bulk_entries, "bulkEmailEntries",
                  fmt::format("Member must have length less than or equal to {}", max_bulk_entries));
  auto reply_to = input.texts("ReplyToAddresses");
  const auto tenant = input.text("TenantName");

  if (auto error = validation.error()) return std::unexpected(std::move(*error));
  if (!content) return std::unexpected(content.error());
  if (mail.common.source.empty()) return refuse(ErrorName::bad_request, "Source cannot be empty");
  if (mail.entries.empty())
    return refuse(ErrorName::bad_request, "BulkEmailEntries must name at least one destination.");
  if (tenant && !tenant->empty()) {
    return refuse(ErrorName::not_found, fmt::format("Tenant {} does not exist.", *tenant));
  }
  mail.content = std::move(*content);
  mail.content.rest.reply_to = std::move(reply_to);
  return mail;
}

}  // namespace sesame::api
