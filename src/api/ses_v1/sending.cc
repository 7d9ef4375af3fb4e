// The sending actions (spec 4.2).
#include "api/bulk_mail.h"
#include "api/ses_v1/actions.h"
#include "api/ses_v1/send_input.h"
#include "submission/pipeline.h"

namespace sesame::api::ses_v1 {
namespace {

constexpr std::size_t large_request_octets = 64 * 1024;  // about 0.3 ms of decoding

using Parameters = std::vector<sigv4::Parameter>;
template <class T>
using Reader = QueryResult<T> (*)(std::span<const sigv4::Parameter>);

bool is_large(const Parameters& parameters) {
  std::size_t octets = 0;
  for (const sigv4::Parameter& parameter : parameters) octets += parameter.value.size();
  return octets > large_request_octets;
}

template <class T>
net::Task<QueryResult<T>> read_there(Reader<T> reader, const Parameters& parameters) {
  co_return reader(parameters);
}

template <class T>
net::Task<QueryResult<T>> read(Reader<T> reader, const Parameters& parameters, net::Executor workers) {
  auto reading = read_there(reader, parameters);
  if (is_large(parameters)) reading = net::on_executor(std::move(workers), std::move(reading));
  auto result = co_await std::move(reading);
  co_return result;
}

void put_caller(const Caller& caller, submission::SubmissionRequest& request) {
  request.account_id = caller.account_id;
  request.caller = caller.access_key_id;
  request.source_ip = caller.source_ip;
}

net::Task<Done> read_and_submit(Reader<submission::SubmissionRequest> reader, const SesV1Deps& deps, Call call,
                                XmlWriter& answer) {
  auto request = co_await read(reader, call.parameters, deps.workers);
  if (!request) co_return std::unexpected(request.error());
  call.parameters = {};  // the request owns what it needs
  put_caller(call.caller, *request);
  if (auto* templated = std::get_if<submission::TemplatedContent>(&request->content)) {
    auto resolved = co_await deps.templates.resolve(call.caller.account_id, templated->reference);
    if (!resolved) co_return std::unexpected(to_query_error(resolved.error()));
    templated->mail_template = std::move(*resolved);
  }
  const auto accepted = co_await deps.pipeline.submit(std::move(*request));
  if (!accepted) co_return std::unexpected(to_query_error(accepted.error()));
  answer.text("MessageId", accepted->api_message_id);
  co_return Done{};
}

}  // namespace

net::Task<Done> send_email(const SesV1Deps& deps, Call call, XmlWriter& answer) {
  return read_and_submit(read_send_email, deps, std::move(call), answer);
}

net::Task<Done> send_raw_email(const SesV1Deps& deps, Call call, XmlWriter& answer) {
  return read_and_submit(read_send_raw_email, deps, std::move(call), answer);
}

net::Task<Done> send_templated_email(const SesV1Deps& deps, Call call, XmlWriter& answer) {
  return read_and_submit(read_send_templated_email, deps, std::move(call), answer);
}

net::Task<Done> send_bulk_templated_email(const SesV1Deps& deps, Call call, XmlWriter& answer) {
  auto mail = co_await read(read_send_bulk_templated_email, call.parameters, deps.workers);
  if (!mail) co_return std::unexpected(mail.error());
  call.parameters = {};
  put_caller(call.caller, mail->common);
  auto resolved = co_await deps.templates.resolve(call.caller.account_id, mail->content.reference);
  if (!resolved) co_return std::unexpected(to_query_error(resolved.error()));
  mail->content.mail_template = std::move(*resolved);
  const auto statuses = co_await send_bulk(deps.pipeline, std::move(*mail));
  answer.open("Status");
  for (const BulkStatus& status : statuses) {
    answer.open("member");
    answer.text("Status", bulk_words(status).v1);
    if (status.why) {
      answer.text("Error", to_query_error(*status.why).message);
    } else {
      answer.text("MessageId", status.message_id);
    }
    answer.close();
  }
  answer.close();
  co_return Done{};
}

}  // namespace sesame::api::ses_v1
