// SendEmail (spec 4.2).
#include "api/ses_v2/api.h"
#include "api/ses_v2/send_email_body.h"
#include "submission/pipeline.h"

namespace sesame::api {
namespace {

constexpr std::size_t large_body_octets = 64 * 1024;  // about 0.3 ms of parsing

net::Task<ApiResult<submission::SubmissionRequest>> read_there(const std::string& body) {
  co_return read_send_email(body);
}

}  // namespace

net::Task<Outcome> SesV2::send_email(Call call, Arguments) {
  ApiResult<submission::SubmissionRequest> request;
  auto reading = read_there(call.body);
  if (call.body.size() > large_body_octets) {
    request = co_await net::on_executor(deps_.workers, std::move(reading));
  } else {
    request = co_await std::move(reading);
  }
  if (!request) co_return std::unexpected(request.error());
  call.body = {};  // the request owns what it needs; two copies of 50 MB would be one too many
  request->account_id = call.caller.account_id;
  request->caller = call.caller.access_key_id;
  request->source_ip = call.caller.source_ip;
  const auto accepted = co_await deps_.pipeline.submit(std::move(*request));
  if (!accepted) co_return std::unexpected(to_api_error(accepted.error()));
  co_return boost::json::object{{"MessageId", accepted->api_message_id}};
}

}  // namespace sesame::api
