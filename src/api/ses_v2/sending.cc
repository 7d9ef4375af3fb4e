// SendEmail and SendBulkEmail (spec 4.2).
#include "api/bulk_mail.h"
#include "api/ses_v2/api.h"
#include "api/ses_v2/send_bulk_body.h"
#include "api/ses_v2/send_email_body.h"
#include "submission/pipeline.h"

namespace sesame::api {
namespace {

namespace json = boost::json;

constexpr std::size_t large_body_octets = 64 * 1024;  // about 0.3 ms of parsing

template <class T>
net::Task<ApiResult<T>> read_there(ApiResult<T> (*read)(std::string_view), const std::string& body) {
  co_return read(body);
}

template <class T>
net::Task<ApiResult<T>> read_body(ApiResult<T> (*read)(std::string_view), const std::string& body,
                                  net::Executor workers) {
  auto reading = read_there(read, body);
  if (body.size() > large_body_octets) reading = net::on_executor(std::move(workers), std::move(reading));
  auto result = co_await std::move(reading);
  co_return result;
}

void put_caller(const Caller& caller, submission::SubmissionRequest& request) {
  request.account_id = caller.account_id;
  request.caller = caller.access_key_id;
  request.source_ip = caller.source_ip;
}

json::object shape(const BulkStatus& status) {
  json::object shape{{"Status", bulk_words(status).v2}};
  if (status.why) {
    shape["Error"] = to_api_error(*status.why).message.value_or("");
  } else {
    shape["MessageId"] = status.message_id;
  }
  return shape;
}

}  // namespace

net::Task<Outcome> SesV2::send_email(Call call, Arguments) {
  auto request = co_await read_body(read_send_email, call.body, deps_.workers);
  if (!request) co_return std::unexpected(request.error());
  call.body = {};  // the request owns what it needs; two copies of 50 MB would be one too many
  put_caller(call.caller, *request);
  if (auto* templated = std::get_if<submission::TemplatedContent>(&request->content)) {
    auto resolved = co_await deps_.templates.resolve(call.caller.account_id, templated->reference);
    if (!resolved) co_return std::unexpected(to_api_error(resolved.error()));
    templated->mail_template = std::move(*resolved);
  }
  const auto accepted = co_await deps_.pipeline.submit(std::move(*request));
  if (!accepted) co_return std::unexpected(to_api_error(accepted.error()));
  co_return json::object{{"MessageId", accepted->api_message_id}};
}

net::Task<Outcome> SesV2::send_bulk_email(Call call, Arguments) {
  auto mail = co_await read_body(read_send_bulk_email, call.body, deps_.workers);
  if (!mail) co_return std::unexpected(mail.error());
  call.body = {};
  put_caller(call.caller, mail->common);
  auto resolved = co_await deps_.templates.resolve(call.caller.account_id, mail->content.reference);
  if (!resolved) co_return std::unexpected(to_api_error(resolved.error()));
  mail->content.mail_template = std::move(*resolved);
  const auto statuses = co_await send_bulk(deps_.pipeline, std::move(*mail));
  json::array results;
  for (const BulkStatus& status : statuses) results.push_back(shape(status));
  co_return json::object{{"BulkEmailEntryResults", std::move(results)}};
}

}  // namespace sesame::api
