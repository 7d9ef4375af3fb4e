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

}  // namespace

net::Task<Done> send_email(const SesV1Deps& deps, Call call, XmlWriter& answer) {
  auto request = read_send_email(call.parameters);
  if (!request) co_return std::unexpected(request.error());
  call.parameters = {};  // the request owns what it needs
  Done done = co_await submit(deps, call.caller, std::move(*request), answer);
  co_return done;
}

net::Task<Done> send_raw_email(const SesV1Deps& deps, Call call, XmlWriter& answer) {
  auto request = read_send_raw_email(call.parameters);
  if (!request) co_return std::unexpected(request.error());
  call.parameters = {};
  Done done = co_await submit(deps, call.caller, std::move(*request), answer);
  co_return done;
}

}  // namespace sesame::api::ses_v1
