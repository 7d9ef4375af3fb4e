// Configuration sets (spec 7).
#include "submission/configuration_sets.h"

#include "api/paging.h"
#include "api/ses_v2/api.h"
#include "api/ses_v2/configuration_shapes.h"

namespace sesame::api {
namespace {

namespace json = boost::json;

constexpr std::string_view list_name = "ListConfigurationSets";

// The changes one Put asks for, as `read` finds them in its body.
template <class Read>
ApiResult<Changes> read_changes(const std::string& text, Read read) {
  const auto body = parse_body(text);
  if (!body) return std::unexpected(body.error());
  Validation validation;
  const ObjectReader input(*body, validation);
  Changes changes;
  const ApiResult<void> done = read(input, validation, changes);
  if (const auto error = validation.error()) return std::unexpected(*error);
  if (!done) return std::unexpected(done.error());
  return changes;
}

net::Task<Outcome> change(submission::ConfigurationSets& sets, std::string account_id, std::string name,
                          ApiResult<Changes> changes) {
  if (!changes) co_return std::unexpected(changes.error());
  const auto changed = co_await sets.change(std::move(account_id), std::move(name), *changes);
  if (!changed) co_return std::unexpected(to_api_error(changed.error()));
  co_return json::object();
}

}  // namespace

net::Task<Outcome> SesV2::create_configuration_set(Call call, Arguments) {
  auto asked = read_create_configuration_set(call.body);
  if (!asked) co_return std::unexpected(asked.error());
  asked->set.account_id = call.caller.account_id;
  const auto created = co_await deps_.configuration.create(std::move(asked->set), std::move(asked->sending_pool));
  if (!created) co_return std::unexpected(to_api_error(created.error()));
  co_return json::object();
}

net::Task<Outcome> SesV2::get_configuration_set(Call call, Arguments arguments) {
  const auto set = co_await deps_.configuration.find(call.caller.account_id, arguments[0]);
  if (!set) co_return std::unexpected(to_api_error(set.error()));
  const auto pool = co_await deps_.configuration.sending_pool(call.caller.account_id, arguments[0]);
  if (!pool) co_return std::unexpected(to_api_error(pool.error()));
  co_return configuration_set_shape(**set, *pool);
}

net::Task<Outcome> SesV2::list_configuration_sets(Call call, Arguments) {
  const std::string& account = call.caller.account_id;
  const auto asked = read_page_request(call, list_name);
  if (!asked) co_return std::unexpected(asked.error());
  const auto page = co_await deps_.configuration.list(account, asked->after, asked->limit);
  if (!page) co_return std::unexpected(to_api_error(page.error()));
  json::array names;
  for (const std::string& name : page->names) names.emplace_back(name);
  json::object answer{{"ConfigurationSets", std::move(names)}};
  put_next_token(answer, list_name, account, page->next_after);
  co_return answer;
}

net::Task<Outcome> SesV2::delete_configuration_set(Call call, Arguments arguments) {
  const auto removed = co_await deps_.configuration.remove(call.caller.account_id, arguments[0]);
  if (!removed) co_return std::unexpected(to_api_error(removed.error()));
  co_return json::object();
}

net::Task<Outcome> SesV2::put_set_delivery(Call call, Arguments arguments) {
  auto changes = read_changes(call.body, [](const ObjectReader& input, Validation&, Changes& read) {
    read_delivery(input, read);
    return ApiResult<void>();
  });
  auto done = co_await change(deps_.configuration, call.caller.account_id, arguments[0], std::move(changes));
  co_return done;
}

net::Task<Outcome> SesV2::put_set_reputation(Call call, Arguments arguments) {
  auto changes = read_changes(call.body, [](const ObjectReader& input, Validation&, Changes& read) {
    read_reputation(input, read);
    return ApiResult<void>();
  });
  auto done = co_await change(deps_.configuration, call.caller.account_id, arguments[0], std::move(changes));
  co_return done;
}

net::Task<Outcome> SesV2::put_set_sending(Call call, Arguments arguments) {
  auto changes = read_changes(call.body, [](const ObjectReader& input, Validation&, Changes& read) {
    read_sending(input, read);
    return ApiResult<void>();
  });
  auto done = co_await change(deps_.configuration, call.caller.account_id, arguments[0], std::move(changes));
  co_return done;
}

net::Task<Outcome> SesV2::put_set_suppression(Call call, Arguments arguments) {
  auto changes = read_changes(call.body, read_suppression);
  auto done = co_await change(deps_.configuration, call.caller.account_id, arguments[0], std::move(changes));
  co_return done;
}

net::Task<Outcome> SesV2::put_set_tracking(Call call, Arguments arguments) {
  auto changes = read_changes(call.body, [](const ObjectReader& input, Validation&, Changes& read) {
    read_tracking(input, read);
    return ApiResult<void>();
  });
  auto done = co_await change(deps_.configuration, call.caller.account_id, arguments[0], std::move(changes));
  co_return done;
}

}  // namespace sesame::api
