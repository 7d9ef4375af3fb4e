#include "api/bulk_mail.h"

#include <algorithm>

#include "base/text.h"

namespace sesame::api {
namespace {

using submission::NamedValues;
using submission::SubmissionErrc;

NamedValues replaced(NamedValues common, const NamedValues& by, bool (*same)(std::string_view, std::string_view)) {
  std::erase_if(common, [&](const auto& known) {
    return std::ranges::any_of(by, [&](const auto& given) { return same(known.first, given.first); });
  });
  common.insert(common.end(), by.begin(), by.end());
  return common;
}

bool same_text(std::string_view a, std::string_view b) { return a == b; }

// nullopt: the entry's data is no JSON object.
std::optional<submission::SubmissionRequest> request_for(const BulkMail& mail, const BulkEntry& entry) {
  const auto replacement = campaign::parse_rendering_data(entry.replacement_data);
  if (!replacement) return std::nullopt;
  submission::SubmissionRequest request = mail.common;
  request.tags = replaced(std::move(request.tags), entry.tags, same_text);
  submission::TemplatedContent content = mail.content;
  content.data = campaign::merge_rendering_data(mail.content.data, *replacement);
  content.rest.to = entry.to;
  content.rest.cc = entry.cc;
  content.rest.bcc = entry.bcc;
  content.rest.headers = replaced(std::move(content.rest.headers), entry.headers, ascii_iequals);
  request.content = std::move(content);
  return request;
}

}  // namespace

net::Task<std::vector<BulkStatus>> send_bulk(submission::Pipeline& pipeline, BulkMail mail) {
  std::vector<BulkStatus> statuses;
  statuses.reserve(mail.entries.size());
  for (const BulkEntry& entry : mail.entries) {
    auto request = request_for(mail, entry);
    if (!request) {
      statuses.push_back({"", submission::SubmissionError{SubmissionErrc::invalid_parameter,
                                                          "Template rendering data is invalid.", ""}});
      continue;
    }
    const auto accepted = co_await pipeline.submit(std::move(*request));
    BulkStatus status;
    if (accepted) status.message_id = accepted->api_message_id;
    if (!accepted) status.why = accepted.error();
    statuses.push_back(std::move(status));
  }
  co_return statuses;
}

BulkStatusWords bulk_words(const BulkStatus& status) {
  if (!status.why) return {"Success", "SUCCESS"};
  using enum SubmissionErrc;
  switch (status.why->code) {
    case sender_not_verified: return {"MessageRejected", "MESSAGE_REJECTED"};
    case mail_from_not_verified: return {"MailFromDomainNotVerified", "MAIL_FROM_DOMAIN_NOT_VERIFIED"};
    case invalid_parameter:
    case invalid_content:
    case message_too_large:
    case too_many_recipients:
    case contact_list_missing: return {"InvalidParameterValue", "INVALID_PARAMETER"};
    case configuration_set_missing: return {"ConfigurationSetDoesNotExist", "CONFIGURATION_SET_NOT_FOUND"};
    case configuration_set_paused: return {"ConfigurationSetSendingPaused", "CONFIGURATION_SET_SENDING_PAUSED"};
    case account_paused: return {"AccountSendingPaused", "ACCOUNT_SENDING_PAUSED"};
    case daily_quota_exceeded: return {"AccountDailyQuotaExceeded", "ACCOUNT_DAILY_QUOTA_EXCEEDED"};
    case sending_rate_exceeded: return {"AccountThrottled", "ACCOUNT_THROTTLED"};
    case queue_full:
    case unavailable: return {"TransientFailure", "TRANSIENT_FAILURE"};
  }
  std::unreachable();
}

}  // namespace sesame::api
