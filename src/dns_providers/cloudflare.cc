#include "dns_providers/cloudflare.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "base/text.h"
#include "dns/name.h"

namespace sesame::dns_providers {
namespace {

namespace json = boost::json;
using dns::RecordType;

constexpr std::size_t records_at_once = 100;  // of one name; where there are as many, nothing is done

std::unexpected<ProviderError> malformed() {
  return std::unexpected(said(ProviderErrc::malformed, "", "Cloudflare's answer cannot be understood."));
}

struct Problem {
  std::int64_t code = 0;
  std::string text;
};

// The first of {"errors": [{"code", "message"}]}.
Problem problem_in(const json::value& body) {
  const json::object* object = body.if_object();
  const json::array* all = object ? array_at(*object, "errors") : nullptr;
  const json::object* first = all && !all->empty() ? all->front().if_object() : nullptr;
  if (first == nullptr) return {};
  return {number_at(*first, "code"), text_at(*first, "message")};
}

ProviderError refusal_of(int status, const Problem& problem, const std::string& zone) {
  const std::string what = fmt::format("{} ({})", problem.text.empty() ? "no reason given" : problem.text,
                                       problem.code == 0 ? status : problem.code);
  switch (problem.code) {
    case 6003:   // invalid request headers: the token is no token
    case 6111:   // invalid format for Authorization header
    case 9109:   // invalid access token
    case 10000:  // authentication error
      return said(ProviderErrc::bad_credentials, "secrets.api_token",
                  "Cloudflare does not take the token: " + what + ".");
    case 7000:  // no route for that URI
    case 7003:  // no such zone identifier
      return said(ProviderErrc::no_zone, "settings.zone_id",
                  fmt::format("Cloudflare has no such zone as {}: {}.", zone, what));
    case 81044:  // record does not exist
    case 81053:  // a record with that host already exists
    case 81057:  // the record already exists
    case 81058:  // an identical record already exists
      return said(ProviderErrc::changed, "", "The zone is not as it was: " + what + ".");
    default: break;
  }
  if (status == 401) return said(ProviderErrc::bad_credentials, "secrets.api_token", "Cloudflare says: " + what + ".");
  if (status == 403)
    return said(ProviderErrc::forbidden, "secrets.api_token", "The token may not do that: " + what + ".");
  ProviderError error = said(ProviderErrc::refused, "", "Cloudflare did not take it: " + what + ".");
  error.may_have_happened = status >= 500;
  return error;
}

// The value in zone-file form. MX has its preference apart; texts may come without quotation marks.
std::optional<dns::RecordData> data_of(const json::object& record, RecordType type) {
  const std::string content = text_at(record, "content");
  std::string value = content;
  if (type == RecordType::mx) value = fmt::format("{} {}", number_at(record, "priority"), content);
  auto parsed = dns::parse_record_data(type, value);
  auto* data = std::get_if<dns::RecordData>(&parsed);
  if (data == nullptr) return std::nullopt;
  return std::move(*data);
}

std::string without_dot(std::string text) {
  if (text.ends_with('.')) text.pop_back();
  return text;
}

json::object post_of(const RecordSet& set, const dns::RecordData& data) {
  json::object record{{"type", dns::name(set.type)}, {"name", set.name}, {"ttl", set.ttl}, {"proxied", false}};
  if (const auto* mx = std::get_if<dns::Mx>(&data)) {
    record["content"] = mx->exchange.empty() ? "." : mx->exchange;
    record["priority"] = mx->preference;
  } else {
    record["content"] = set.type == RecordType::txt ? dns::presentation(data) : without_dot(dns::presentation(data));
  }
  return record;
}

std::vector<RecordSet> sets_of(const std::vector<CloudflareRecord>& records) {
  std::vector<RecordSet> sets;
  for (const CloudflareRecord& each : records) {
    const SetKey key{each.record.name, each.record.type};
    auto set = std::ranges::find(sets, key, key_of);
    if (set == sets.end()) set = sets.insert(set, RecordSet{key.name, key.type, each.record.ttl, {}});
    set->data.push_back(each.record.data);
  }
  return sets;
}

}  // namespace

Result<std::vector<CloudflareRecord>, ProviderError> cloudflare_records(const json::value& result) {
  const json::array* all = result.if_array();
  if (all == nullptr) return malformed();
  std::vector<CloudflareRecord> records;
  for (const json::value& each : *all) {
    const json::object* object = each.if_object();
    if (object == nullptr) return malformed();
    const auto type = dns::parse_record_type(text_at(*object, "type"));
    if (!type || !is_known(*type)) continue;
    auto data = data_of(*object, *type);
    CloudflareRecord record{text_at(*object, "id"), {}, false};
    const std::int64_t ttl = number_at(*object, "ttl");
    if (!data || record.id.empty() || ttl < 0 || ttl > 0x7fffffff) return malformed();
    record.record = {dns::canonical(text_at(*object, "name")), *type, static_cast<std::uint32_t>(ttl),
                     std::move(*data)};
    const json::value* proxied = object->if_contains("proxied");
    record.proxied = proxied != nullptr && proxied->is_bool() && proxied->get_bool();
    records.push_back(std::move(record));
  }
  return records;
}

std::string cloudflare_batch(const std::vector<Change>& changes, const std::vector<CloudflareRecord>& present) {
  json::array deletes, posts;
  for (const Change& change : changes) {
    for (const CloudflareRecord& each : present) {
      const bool is_of_it = each.record.type == change.key().type && each.record.name == change.key().name;
      if (is_of_it) deletes.push_back(json::object{{"id", each.id}});
    }
    for (const dns::RecordData& data : change.after.data) posts.push_back(post_of(change.after, data));
  }
  return json::serialize(json::object{{"deletes", std::move(deletes)}, {"posts", std::move(posts)}});
}

ProviderTask<json::value> CloudflareProvider::call(std::string method, std::string path, std::string body,
                                                   net::Deadline deadline) {
  WebCall call;
  call.changes = method != "GET";
  call.request.method = std::move(method);
  call.request.url = settings_.url;
  call.request.url.target = settings_.url.target + path;
  call.request.headers.set("Authorization", "Bearer " + std::string(settings_.api_token.reveal()));
  call.request.headers.set("Accept", "application/json");
  if (!body.empty()) call.request.headers.set("Content-Type", "application/json");
  call.request.body = std::move(body);
  const auto response = co_await call_web(client_, std::move(call), deadline);
  if (!response) co_return std::unexpected(response.error());
  auto answer = json_in(*response);
  if (response->status / 100 != 2) {
    const Problem problem = answer ? problem_in(*answer) : Problem{};
    co_return std::unexpected(refusal_of(response->status, problem, settings_.zone));
  }
  const json::object* object = answer ? answer->if_object() : nullptr;
  const json::value* result = object ? object->if_contains("result") : nullptr;
  if (result == nullptr) co_return malformed();
  co_return *result;
}

ProviderTask<void> CloudflareProvider::find_zone(net::Deadline deadline) {
  if (!settings_.zone_id.empty()) co_return Result<void, ProviderError>();
  const std::string path = "/zones?name=" + percent_encode(settings_.zone);
  const auto result = co_await call("GET", path, "", deadline);
  if (!result) co_return std::unexpected(result.error());
  const json::array* zones = result->if_array();
  if (zones == nullptr) co_return malformed();
  for (const json::value& each : *zones) {
    const json::object* zone = each.if_object();
    if (zone == nullptr || dns::canonical(text_at(*zone, "name")) != settings_.zone) continue;
    settings_.zone_id = text_at(*zone, "id");
    if (!settings_.zone_id.empty()) co_return Result<void, ProviderError>();
  }
  co_return std::unexpected(said(ProviderErrc::no_zone, "zone",
                                 fmt::format("Cloudflare has no zone {} that this token may see.", settings_.zone)));
}

// An id that was entered may be that of another zone, whose name would be put behind what is posted there.
ProviderTask<void> CloudflareProvider::check_zone_id(net::Deadline deadline) {
  const std::string path = "/zones/" + percent_encode(settings_.zone_id);
  const auto zone = co_await call("GET", path, "", deadline);
  if (!zone) co_return std::unexpected(zone.error());
  const json::object* object = zone->if_object();
  if (object == nullptr) co_return malformed();
  const std::string name = dns::canonical(text_at(*object, "name"));
  if (name.empty()) co_return malformed();
  if (name == settings_.zone) co_return Result<void, ProviderError>();
  co_return std::unexpected(said(ProviderErrc::no_zone, "settings.zone_id",
                                 fmt::format("The zone of this id is {}, not {}.", name, settings_.zone)));
}

ProviderTask<ZoneFacts> CloudflareProvider::test(net::Deadline deadline) {
  Result<void, ProviderError> found;
  if (settings_.zone_id.empty()) {
    found = co_await find_zone(deadline);
  } else {
    found = co_await check_zone_id(deadline);
  }
  if (!found) co_return std::unexpected(found.error());
  const auto readable = co_await records_at(settings_.zone, deadline);
  if (!readable) co_return std::unexpected(readable.error());
  co_return ZoneFacts{};
}

ProviderTask<std::vector<CloudflareRecord>> CloudflareProvider::records_at(std::string name, net::Deadline deadline) {
  const std::string path = fmt::format("/zones/{}/dns_records?name={}&per_page={}", percent_encode(settings_.zone_id),
                                       percent_encode(name), records_at_once);
  const auto result = co_await call("GET", path, "", deadline);
  if (!result) co_return std::unexpected(result.error());
  const json::array* listed = result->if_array();
  if (listed != nullptr && listed->size() >= records_at_once) {
    co_return std::unexpected(said(ProviderErrc::refused, "", fmt::format("There are too many records at {}.", name)));
  }
  auto records = cloudflare_records(*result);
  if (!records) co_return std::unexpected(records.error());
  std::erase_if(*records, [&](const CloudflareRecord& each) { return each.record.name != name; });
  co_return std::move(*records);
}

ProviderTask<std::vector<CloudflareRecord>> CloudflareProvider::records_of(std::vector<SetKey> questions,
                                                                           net::Deadline deadline) {
  const auto found = co_await find_zone(deadline);
  if (!found) co_return std::unexpected(found.error());
  std::vector<CloudflareRecord> all;
  for (const std::string& name : names_of(questions)) {
    auto records = co_await records_at(name, deadline);
    if (!records) co_return std::unexpected(records.error());
    for (CloudflareRecord& each : *records) {
      const SetKey key{each.record.name, each.record.type};
      const bool is_of_concern = std::ranges::find(questions, key) != questions.end();
      if (each.proxied && is_of_concern) {
        co_return std::unexpected(
            said(ProviderErrc::refused, "",
                 fmt::format("{} {} is proxied by Cloudflare: switch the proxy off for it there first.", key.name,
                             dns::name(key.type))));
      }
      all.push_back(std::move(each));
    }
  }
  co_return all;
}

ProviderTask<std::vector<RecordSet>> CloudflareProvider::read(std::vector<SetKey> questions, net::Deadline deadline) {
  const auto records = co_await records_of(std::move(questions), deadline);
  if (!records) co_return std::unexpected(records.error());
  co_return sets_of(*records);
}

ProviderTask<void> CloudflareProvider::apply(ChangeSet changes, net::Deadline deadline) {
  const auto present = co_await records_of(keys_of(changes.expected), deadline);
  if (!present) co_return std::unexpected(present.error());
  const auto unchanged = expect_unchanged(changes.expected, sets_of(*present));
  if (!unchanged) co_return std::unexpected(unchanged.error());
  const std::string path = fmt::format("/zones/{}/dns_records/batch", percent_encode(settings_.zone_id));
  const auto done = co_await call("POST", path, cloudflare_batch(changes.changes, *present), deadline);
  if (!done) co_return std::unexpected(done.error());
  co_return Result<void, ProviderError>();
}

}  // namespace sesame::dns_providers
