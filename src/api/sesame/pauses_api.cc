#include "api/sesame/pauses_api.h"

#include <algorithm>
#include <boost/json.hpp>

#include "api/json.h"
#include "api/query.h"
#include "api/sesame/pause_shapes.h"
#include "base/log.h"
#include "base/text.h"
#include "base/time_text.h"
#include "dns/name.h"

namespace sesame::api {
namespace {

namespace json = boost::json;
using store::Pause;
using store::PauseScope;

constexpr std::size_t max_value = 320;  // an address that is an identity

ApiError bad_pause(std::string text) { return {ErrorName::bad_request, std::move(text)}; }

// "" if it is no host name, nor one after "*." where that may stand.
std::string host_name(std::string_view text, bool star_allowed) {
  const std::string_view star = star_allowed && text.starts_with("*.") ? text.substr(0, 2) : "";
  text.remove_prefix(star.size());
  const std::string name = dns::canonical(text);
  return dns::is_valid_host(name) ? std::string(star) + name : "";
}

ApiResult<Pause> read_pause(const Call& call, const Arguments& arguments) {
  Pause pause;
  pause.account_id = call.caller.account_id;
  if (arguments.empty()) return pause;
  const auto scope = scope_named(arguments[0]);
  if (!scope || *scope == PauseScope::account) {
    return std::unexpected(bad_pause("The scope is one of account, identity, configuration_set, domain and mx."));
  }
  pause.scope = *scope;
  pause.value = arguments[1];
  if (pause.scope == PauseScope::domain || pause.scope == PauseScope::mx) {
    const bool is_literal = pause.scope == PauseScope::domain && pause.value.starts_with('[');
    pause.value = is_literal ? ascii_lower(pause.value) : host_name(pause.value, pause.scope == PauseScope::mx);
  }
  if (pause.value.empty() || pause.value.size() > max_value) {
    return std::unexpected(bad_pause("\"" + arguments[1] + "\" cannot be paused."));
  }
  return pause;
}

}  // namespace

net::Task<http::Response> PausesApi::handle(Call call) {
  static constexpr auto routes = std::to_array<Route<PausesApi>>({
      {"GET", "/v2/sesame/pauses", &PausesApi::list},
      {"PUT", "/v2/sesame/pauses/account", &PausesApi::put},
      {"PUT", "/v2/sesame/pauses/{scope}/{value}", &PausesApi::put},
      {"DELETE", "/v2/sesame/pauses/account", &PausesApi::remove},
      {"DELETE", "/v2/sesame/pauses/{scope}/{value}", &PausesApi::remove},
  });
  http::Response response = co_await route<PausesApi>(*this, routes, std::move(call));
  co_return response;
}

net::Task<Outcome> PausesApi::list(Call call, Arguments) {
  const auto all = co_await deps_.pauses.list_pauses();
  if (!all) co_return std::unexpected(to_api_error(all.error(), "List"));
  json::array pauses;
  for (const Pause& pause : *all) {
    if (pause.account_id != call.caller.account_id) continue;
    pauses.push_back(json::object{{"scope", word_of_scope(pause.scope)},
                                  {"value", pause.value},
                                  {"since", format_rfc3339_ms(pause.since)},
                                  {"note", pause.note}});
  }
  co_return json::object{{"pauses", std::move(pauses)}};
}

net::Task<Outcome> PausesApi::put(Call call, Arguments arguments) {
  auto pause = read_pause(call, arguments);
  if (!pause) co_return std::unexpected(pause.error());
  const auto all = co_await deps_.pauses.list_pauses();
  if (!all) co_return std::unexpected(to_api_error(all.error(), "Pause"));
  const auto count = std::ranges::count(*all, call.caller.account_id, &Pause::account_id);
  if (static_cast<std::size_t>(count) >= max_pauses) {
    co_return refuse(ErrorName::limit_exceeded, "There are too many pauses already.");
  }
  pause->since = deps_.clock.now();
  pause->note = printable_utf8(text_parameter(call, "note").value_or(""), max_note);
  log::info("api", "mail is held back", {{"what", what_of(*pause)}, {"by", call.caller.access_key_id}});
  const auto stored = co_await deps_.pauses.put_pause(std::move(*pause));
  if (!stored) co_return std::unexpected(to_api_error(stored.error(), "Pause"));
  if (deps_.tell_delivery) deps_.tell_delivery();
  co_return json::object();
}

net::Task<Outcome> PausesApi::remove(Call call, Arguments arguments) {
  auto pause = read_pause(call, arguments);
  if (!pause) co_return std::unexpected(pause.error());
  const std::string what = what_of(*pause);
  const auto removed = co_await deps_.pauses.delete_pause(pause->account_id, pause->scope, pause->value);
  if (!removed) co_return std::unexpected(to_api_error(removed.error(), "Pause of " + what));
  log::info("api", "mail is held back no more", {{"what", what}, {"by", call.caller.access_key_id}});
  if (deps_.tell_delivery) deps_.tell_delivery();
  co_return json::object();
}

}  // namespace sesame::api
