// SendEmail and SendRawEmail (spec 4.2).
#include "api/ses_v1/actions.h"
#include "api/ses_v1/send_input.h"
#include "submission/pipeline.h"

namespace sesame::api::ses_v1 {
namespace {

net::Task<Done> submit(const SesV1Deps& deps, const Caller& caller, submission::SubmissionRequest request,
                       XmlWriter& answer) {
  request.account_id = caller.account_id;
  request.caller = caller.access_key_id;
  request.source_ip = caller.source_ip;
  const auto accepted = co_await deps.pipeline.submit(std::move(request));
  if (!accepted) co_return std::unexpected(to_query_error(accepted.error()));
  answer.text("MessageId", accepted->api_message_id);
  co_return Done{};
}

constexpr std::size_t large_request_octets = 64 * 1024;  // about 0.3 ms of decoding

using Request = QueryResult<submission::SubmissionRequest>;
using Reader = Request (*)(std::span<const sigv4::Parameter>);

net::Task<Request> read_there(Reader reader, const std::vector<sigv4::Parameter>& parameters) {
  co_return reader(parameters);
}

bool is_large(const std::vector<sigv4::Parameter>& parameters) {
  std::size_t octets = 0;
  for (const sigv4::Parameter& parameter : parameters) octets += parameter.value.size();
  return octets > large_request_octets;
}

net::Task<Done> read_and_submit(Reader reader, const SesV1Deps& deps, Call call, XmlWriter& answer) {
  auto reading = read_there(reader, call.parameters);
  if (is_large(call.parameters)) reading = net::on_executor(deps.workers, std::move(reading));
  auto request = co_await std::move(reading);
  if (!request) co_return std::unexpected(request.error());
  call.parameters = {};  // the request owns what it needs
  Done done = co_await submit(deps, call.caller, std::move(*request), answer);
  co_return done;
}

}  // namespace

net::Task<Done> send_email(const SesV1Deps& deps, Call call, XmlWriter& answer) {
  return read_and_submit(read_send_email, deps, std::move(call), answer);
}

net::Task<Done> send_raw_email(const SesV1Deps& deps, Call call, XmlWriter& answer) {
  return read_and_submit(read_send_raw_email, deps, std::move(call), answer);
}

}  // namespace sesame::api::ses_v1
