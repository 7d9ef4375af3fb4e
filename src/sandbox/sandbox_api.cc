#include "sandbox/sandbox_api.h"

#include <fmt/format.h>

#include "api/query.h"
#include "base/log.h"
#include "base/text.h"
#include "dns/name.h"
#include "sandbox/inbox_shapes.h"
#include "sandbox/zone_records.h"

namespace sesame::sandbox {
namespace {

namespace json = boost::json;
using api::ApiError;
using api::ApiResult;
using api::ErrorName;

ApiError to_api_error(const ProviderError& error) {
  switch (error.code) {
    case ProviderErrc::bad_zone_name:
    case ProviderErrc::refused: return {ErrorName::bad_request, error.text};
    case ProviderErrc::no_such_zone:
    case ProviderErrc::no_such_records: return {ErrorName::not_found, error.text};
    case ProviderErrc::unavailable: break;
  }
  log::error("sandbox", "zones cannot be kept", {{"detail", error.text}});
  return {ErrorName::internal_failure, "The service is temporarily unable to process the request."};
}

ApiError to_api_error(const RecordsError& error) {
  return {error.unreadable ? ErrorName::serialization : ErrorName::bad_request, error.text};
}

ApiError no_such_message(std::string_view number) {
  return {ErrorName::not_found, fmt::format("Message {} is not in the inbox.", number)};
}

std::shared_ptr<const InboxEntry> find_message(const Inbox& inbox, std::string_view number) {
  const auto n = parse_decimal(number);
  return n ? inbox.find(*n) : nullptr;
}

struct InboxRequest {
  std::optional<std::uint64_t> after;
  std::size_t limit = SandboxApi::default_page;
  net::Deadline deadline;
};

ApiResult<InboxRequest> read_inbox_request(const api::Call& call) {
  api::Validation validation;
  InboxRequest request;
  request.after = api::number_parameter(call, "after", 0, std::numeric_limits<std::int64_t>::max(), validation);
  request.limit = api::number_parameter(call, "limit", 1, SandboxApi::max_page, validation).value_or(request.limit);
  request.deadline = api::wait_parameter(call, validation);
  if (const auto error = validation.error()) return std::unexpected(*error);
  return request;
}

// What to delete of a zone; without a name the zone.
struct RecordsWanted {
  std::string name;
  std::optional<dns::RecordType> type;
};

ApiResult<std::optional<RecordsWanted>> read_delete_request(const api::Call& call) {
  const auto name = api::text_parameter(call, "name");
  const auto type = api::text_parameter(call, "type");
  if (!name && type) return api::refuse(ErrorName::bad_request, "type is given without name.");
  if (!name) return std::nullopt;
  const auto ascii = is_ascii(*name) ? dns::canonical(*name) : dns::to_ascii(*name).value_or("");
  if (!dns::is_valid_name(ascii)) return api::refuse(ErrorName::bad_request, "name is not a domain name.");
  RecordsWanted wanted{ascii, std::nullopt};
  if (type) {
    wanted.type = dns::parse_record_type(*type);
    if (!wanted.type) return api::refuse(ErrorName::bad_request, "type is not a record type.");
  }
  return wanted;
}

// On the worker; the arguments outlive the call.
net::Task<api::Outcome> put_there(Provider& provider, const std::string& zone, const std::string& body) {
  const auto records = parse_zone_records(body, zone);
  if (!records) co_return std::unexpected(to_api_error(records.error()));
  const auto stored = provider.put(zone, *records);
  if (!stored) co_return std::unexpected(to_api_error(stored.error()));
  co_return to_json(*stored);
}

net::Task<api::Outcome> delete_there(Provider& provider, const std::string& zone,
                                     const std::optional<RecordsWanted>& wanted) {
  if (!wanted) {
    const auto removed = provider.remove_zone(zone);
    if (!removed) co_return std::unexpected(to_api_error(removed.error()));
    co_return json::array{};
  }
  const auto left = provider.remove(zone, wanted->name, wanted->type);
  if (!left) co_return std::unexpected(to_api_error(left.error()));
  co_return to_json(*left);
}

net::Task<json::object> detail_there(const InboxEntry& entry) { co_return detail(entry); }

net::Task<std::optional<Attachment>> attachment_there(const InboxEntry& entry, std::size_t part) {
  co_return attachment_of(entry, part);
}

net::Task<std::string> html_there(const InboxEntry& entry) { co_return html_of(entry); }

}  // namespace

net::Task<http::Response> SandboxApi::handle(api::Call call) {
  static constexpr auto routes = std::to_array<api::Route<SandboxApi>>({
      {"GET", "/v2/sesame/sandbox/inbox", &SandboxApi::list_inbox},
      {"DELETE", "/v2/sesame/sandbox/inbox", &SandboxApi::clear_inbox},
      {"GET", "/v2/sesame/sandbox/inbox/{n}", &SandboxApi::get_message},
      {"DELETE", "/v2/sesame/sandbox/inbox/{n}", &SandboxApi::delete_message},
      {"GET", "/v2/sesame/sandbox/zones", &SandboxApi::list_zones},
      {"GET", "/v2/sesame/sandbox/zones/{zone}/records", &SandboxApi::get_records},
      {"PUT", "/v2/sesame/sandbox/zones/{zone}/records", &SandboxApi::put_records},
      {"DELETE", "/v2/sesame/sandbox/zones/{zone}/records", &SandboxApi::delete_records},
  });
  if (call.method == "GET") {  // the answers that are not JSON
    const auto raw = api::match_path("/v2/sesame/sandbox/inbox/{n}/raw", call.segments);
    if (raw) co_return raw_message(raw->at(0));
    const auto html = api::match_path("/v2/sesame/sandbox/inbox/{n}/html", call.segments);
    if (html) {
      http::Response page = co_await html_body(html->at(0));
      co_return page;
    }
    const auto saved = api::match_path("/v2/sesame/sandbox/inbox/{n}/attachments/{part}", call.segments);
    if (saved) {
      http::Response file = co_await attachment(saved->at(0), saved->at(1));
      co_return file;
    }
  }
  http::Response response = co_await api::route<SandboxApi>(*this, routes, std::move(call));
  co_return response;
}

http::Response SandboxApi::raw_message(const std::string& number) const {
  const auto entry = find_message(inbox_, number);
  if (!entry) return api::to_response(no_such_message(number));
  http::Response response;
  response.headers.add("Content-Type", "message/rfc822");
  response.body = entry->content;
  return response;
}

net::Task<http::Response> SandboxApi::html_body(std::string number) {
  const auto entry = find_message(inbox_, number);
  if (!entry) co_return api::to_response(no_such_message(number));
  auto work = html_there(*entry);
  http::Response response;
  response.body = co_await net::on_executor(worker_, std::move(work));
  response.headers.add("Content-Type", "text/html; charset=utf-8");
  // Whatever the message says: no script, no form, nothing fetched from anywhere, no origin to act for.
  response.headers.add("Content-Security-Policy",
                       "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'");
  response.headers.add("X-Content-Type-Options", "nosniff");
  response.headers.add("Referrer-Policy", "no-referrer");
  response.headers.add("Cache-Control", "no-store");
  co_return response;
}

net::Task<http::Response> SandboxApi::attachment(std::string number, std::string part) {
  const auto entry = find_message(inbox_, number);
  if (!entry) co_return api::to_response(no_such_message(number));
  std::optional<Attachment> found;
  if (const auto index = parse_decimal(part)) {
    auto work = attachment_there(*entry, *index);
    found = co_await net::on_executor(worker_, std::move(work));
  }
  if (!found) {
    co_return api::to_response(
        ApiError{ErrorName::not_found, fmt::format("Message {} has no attachment {}.", number, part)});
  }
  http::Response response;
  // Whatever it calls itself: a file to keep, nothing to show or run.
  response.headers.add("Content-Type", "application/octet-stream");
  response.headers.add("Content-Disposition",
                       fmt::format("attachment; filename*=UTF-8''{}", percent_encode(found->file_name)));
  response.headers.add("Content-Security-Policy", "sandbox; default-src 'none'; frame-ancestors 'none'");
  response.headers.add("X-Content-Type-Options", "nosniff");
  response.headers.add("Cache-Control", "no-store");
  response.body = std::move(found->octets);
  co_return response;
}

net::Task<api::Outcome> SandboxApi::list_inbox(api::Call call, api::Arguments) {
  const auto request = read_inbox_request(call);
  if (!request) co_return std::unexpected(request.error());
  const auto& after = request->after;
  InboxPage page;
  if (after) {
    page = co_await inbox_.wait_after(*after, request->limit, request->deadline);
  } else {
    page = inbox_.newest(request->limit);
  }
  json::array messages;
  for (const auto& entry : page.entries) messages.push_back(summary(*entry));
  co_return json::object{{"messages", std::move(messages)}, {"last", page.last}};
}

net::Task<api::Outcome> SandboxApi::clear_inbox(api::Call, api::Arguments) {
  co_return json::object{{"deleted", inbox_.clear()}};
}

net::Task<api::Outcome> SandboxApi::get_message(api::Call, api::Arguments arguments) {
  const auto entry = find_message(inbox_, arguments[0]);
  if (!entry) co_return std::unexpected(no_such_message(arguments[0]));
  auto work = detail_there(*entry);
  json::object shape = co_await net::on_executor(worker_, std::move(work));
  co_return shape;
}

net::Task<api::Outcome> SandboxApi::delete_message(api::Call, api::Arguments arguments) {
  const auto number = parse_decimal(arguments[0]);
  if (!number || !inbox_.erase(*number)) co_return std::unexpected(no_such_message(arguments[0]));
  co_return json::object{{"deleted", 1}};
}

net::Task<api::Outcome> SandboxApi::list_zones(api::Call, api::Arguments) {
  json::array names;
  for (const std::string& name : provider_.zones()) names.emplace_back(name);
  co_return json::object{{"zones", std::move(names)}};
}

net::Task<api::Outcome> SandboxApi::get_records(api::Call, api::Arguments arguments) {
  const auto zone = provider_.zone_name(arguments[0]);
  if (!zone) co_return std::unexpected(to_api_error(zone.error()));
  const auto records = provider_.records(*zone);
  if (!records) co_return std::unexpected(to_api_error(records.error()));
  co_return to_json(*records);
}

net::Task<api::Outcome> SandboxApi::put_records(api::Call call, api::Arguments arguments) {
  const auto zone = provider_.zone_name(arguments[0]);
  if (!zone) co_return std::unexpected(to_api_error(zone.error()));
  auto work = put_there(provider_, *zone, call.body);
  api::Outcome outcome = co_await net::on_executor(worker_, std::move(work));
  co_return outcome;
}

net::Task<api::Outcome> SandboxApi::delete_records(api::Call call, api::Arguments arguments) {
  const auto zone = provider_.zone_name(arguments[0]);
  if (!zone) co_return std::unexpected(to_api_error(zone.error()));
  const auto wanted = read_delete_request(call);
  if (!wanted) co_return std::unexpected(wanted.error());
  auto work = delete_there(provider_, *zone, *wanted);
  api::Outcome outcome = co_await net::on_executor(worker_, std::move(work));
  co_return outcome;
}

}  // namespace sesame::sandbox
