// Dedicated addresses, their pools and their warm-up (spec 7, docs/shaping.md).
#include "delivery/dedicated_pools.h"

#include "api/paging.h"
#include "api/query.h"
#include "api/ses_v2/api.h"
#include "api/tags.h"

namespace sesame::api {
namespace {

namespace json = boost::json;
using delivery::AddressView;
using delivery::PoolError;
using store::SendingPool;

constexpr std::string_view pool_list_name = "ListDedicatedIpPools", address_list_name = "GetDedicatedIps";

enum class ScalingMode { standard, managed };
constexpr EnumWords<ScalingMode, 2> scaling_words{
    {{"STANDARD", ScalingMode::standard}, {"MANAGED", ScalingMode::managed}}};

ApiError to_api_error(const PoolError& error) {
  using enum delivery::PoolErrc;
  switch (error.code) {
    case pool_missing:
    case address_missing: return {ErrorName::not_found, error.text};
    case pool_exists: return {ErrorName::already_exists, error.text};
    case invalid_name:
    case invalid_percentage: return {ErrorName::bad_request, error.text};
    case limit_exceeded: return {ErrorName::limit_exceeded, error.text};
    case unavailable: return {ErrorName::internal_failure, error.text};
  }
  std::unreachable();
}

template <class T>
Outcome empty_answer(const Result<T, PoolError>& done) {
  if (!done) return std::unexpected(to_api_error(done.error()));
  return json::object();
}

// One member of a body.
template <class T, class Read>
ApiResult<T> read_one(const std::string& text, Read read) {
  const auto body = parse_body(text);
  if (!body) return std::unexpected(body.error());
  Validation validation;
  T value = read(ObjectReader(*body, validation), validation);
  if (const auto error = validation.error()) return std::unexpected(*error);
  return value;
}

ApiResult<SendingPool> read_create(const std::string& text) {
  const auto body = parse_body(text);
  if (!body) return std::unexpected(body.error());
  Validation validation;
  const ObjectReader input(*body, validation);
  SendingPool pool;
  pool.name = input.required_text("PoolName");
  pool.tags = read_tags(input, validation);
  const auto mode = input.one_of("ScalingMode", scaling_words);
  if (const auto error = validation.error()) return std::unexpected(*error);
  if (mode == ScalingMode::managed) return refuse(ErrorName::bad_request, "ScalingMode MANAGED is not supported.");
  return pool;
}

json::object shape_of(const AddressView& address) {
  return {{"Ip", address.address},
          {"WarmupStatus", address.is_warm ? "DONE" : "IN_PROGRESS"},
          {"WarmupPercentage", address.warmup_percentage},
          {"PoolName", address.pool}};
}

// What follows `after` in a list that is in order, and where the page ends.
template <class T, class NameOf, class Shape>
json::array page_of(const std::vector<T>& all, const PageRequest& asked, NameOf name_of, Shape shape,
                    std::optional<std::string>& next_after) {
  json::array page;
  const std::string* last = nullptr;
  for (const T& one : all) {
    if (name_of(one) <= asked.after) continue;
    if (page.size() == asked.limit) {
      next_after = last == nullptr ? asked.after : *last;
      break;
    }
    page.emplace_back(shape(one));
    last = &name_of(one);
  }
  return page;
}

}  // namespace

net::Task<Outcome> SesV2::create_pool(Call call, Arguments) {
  auto pool = read_create(call.body);
  if (!pool) co_return std::unexpected(pool.error());
  pool->account_id = call.caller.account_id;
  const auto created = co_await deps_.pools.create(std::move(*pool));
  co_return empty_answer(created);
}

net::Task<Outcome> SesV2::get_pool(Call call, Arguments arguments) {
  const auto pool = co_await deps_.pools.find(call.caller.account_id, arguments[0]);
  if (!pool) co_return std::unexpected(to_api_error(pool.error()));
  co_return json::object{{"DedicatedIpPool", {{"PoolName", pool->name}, {"ScalingMode", "STANDARD"}}}};
}

net::Task<Outcome> SesV2::list_pools(Call call, Arguments) {
  const auto asked = read_page_request(call, pool_list_name);
  if (!asked) co_return std::unexpected(asked.error());
  const auto names = co_await deps_.pools.list(call.caller.account_id);
  if (!names) co_return std::unexpected(to_api_error(names.error()));
  const auto itself = [](const std::string& name) -> const std::string& { return name; };
  std::optional<std::string> next_after;
  json::object answer{{"DedicatedIpPools", page_of(*names, *asked, itself, itself, next_after)}};
  put_next_token(answer, pool_list_name, call.caller.account_id, next_after);
  co_return answer;
}

net::Task<Outcome> SesV2::delete_pool(Call call, Arguments arguments) {
  const auto removed = co_await deps_.pools.remove(call.caller.account_id, arguments[0]);
  co_return empty_answer(removed);
}

net::Task<Outcome> SesV2::get_dedicated_ip(Call call, Arguments arguments) {
  const auto address = co_await deps_.pools.address(call.caller.account_id, arguments[0]);
  if (!address) co_return std::unexpected(to_api_error(address.error()));
  co_return json::object{{"DedicatedIp", shape_of(*address)}};
}

net::Task<Outcome> SesV2::get_dedicated_ips(Call call, Arguments) {
  const auto asked = read_page_request(call, address_list_name);
  if (!asked) co_return std::unexpected(asked.error());
  auto pool = text_parameter(call, "PoolName");
  const auto addresses = co_await deps_.pools.addresses(call.caller.account_id, std::move(pool));
  if (!addresses) co_return std::unexpected(to_api_error(addresses.error()));
  const auto name_of = [](const AddressView& address) -> const std::string& { return address.address; };
  std::optional<std::string> next_after;
  json::object answer{{"DedicatedIps", page_of(*addresses, *asked, name_of, shape_of, next_after)}};
  put_next_token(answer, address_list_name, call.caller.account_id, next_after);
  co_return answer;
}

net::Task<Outcome> SesV2::put_dedicated_ip_in_pool(Call call, Arguments arguments) {
  auto pool = read_one<std::string>(
      call.body, [](const ObjectReader& input, Validation&) { return input.required_text("DestinationPoolName"); });
  if (!pool) co_return std::unexpected(pool.error());
  const auto moved = co_await deps_.pools.move(call.caller.account_id, arguments[0], std::move(*pool));
  co_return empty_answer(moved);
}

net::Task<Outcome> SesV2::put_dedicated_ip_warmup(Call call, Arguments arguments) {
  const auto percentage = read_one<int>(call.body, [](const ObjectReader& input, Validation& validation) {
    validation.must_not_be_null(input.has("WarmupPercentage"), input.path_to("WarmupPercentage"));
    const std::int64_t given = input.number("WarmupPercentage").value_or(0);
    return given < 0 || given > 100 ? -1 : static_cast<int>(given);
  });
  if (!percentage) co_return std::unexpected(percentage.error());
  const auto set = co_await deps_.pools.set_warmup(call.caller.account_id, arguments[0], *percentage);
  co_return empty_answer(set);
}

net::Task<Outcome> SesV2::put_account_warmup(Call call, Arguments) {
  const auto enabled = read_one<bool>(call.body, [](const ObjectReader& input, Validation&) {
    return input.flag("AutoWarmupEnabled").value_or(false);  // absent is false, as of the other switches
  });
  if (!enabled) co_return std::unexpected(enabled.error());
  const auto set = co_await deps_.pools.set_auto_warmup(call.caller.account_id, *enabled);
  co_return empty_answer(set);
}

}  // namespace sesame::api
