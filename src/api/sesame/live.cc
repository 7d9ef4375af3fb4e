// A diagnosis as it changes: server-sent events (WHATWG HTML, 9.2).
//
//   event: diagnosis     the JSON of the diagnosis, at once and whenever it has changed
//   event: gone          the identity does not exist (any more); the stream ends
//
// The store is asked once a second, which also keeps the identity watched: its records are looked at every 2 s. What
// receivers would make of them is not asked for here, as that takes its time: whoever wants it fresh asks for the
// diagnosis now and then. A stream ends after some minutes, and the client, which comes back by itself, proves again
// who it is.
#include <boost/json/serialize.hpp>

#include "api/sesame/api.h"
#include "identity/identity_service.h"

namespace sesame::api {
namespace {

constexpr std::chrono::seconds between_looks{1};
constexpr std::chrono::seconds between_signs_of_life{15};  // the writer notices that the client has gone
constexpr std::chrono::minutes life{5};

// `data` has no line ends: JSON is serialised without any.
std::string event_text(std::string_view name, std::string_view data) {
  return fmt::format("event: {}\ndata: {}\n\n", name, data);
}

struct LiveDiagnosis {
  SesameApiDeps deps;
  std::string account_id, identity;
};

// False: the stream has ended.
net::Task<bool> tell_change(http::BodyWriter& writer, const LiveDiagnosis& live, std::string& told,
                            net::Deadline& sign_of_life) {
  const auto known = co_await live.deps.identities.get_watched(live.account_id, live.identity);
  if (!known && known.error().code == identity::IdentityErrc::not_found) {
    const std::string gone = event_text("gone", "{}");
    co_await writer.write(gone);
    co_return false;
  }
  const auto now = co_await live.deps.control.find_diagnosis(live.account_id, live.identity);
  std::string text;
  if (now && *now != told) {
    told = *now;
    text = event_text("diagnosis", told);
  } else if (std::chrono::steady_clock::now() >= sign_of_life) {
    text = ": still here\n\n";
  }
  if (text.empty()) co_return true;
  sign_of_life = net::after(between_signs_of_life);
  const bool written = co_await writer.write(text);
  co_return written;
}

net::Task<void> tell_changes(http::BodyWriter& writer, LiveDiagnosis live) {
  const net::Deadline end = net::after(life);
  net::Deadline sign_of_life = net::after(between_signs_of_life);
  std::string told;
  bool go_on = true;
  while (go_on && !live.deps.feed.closed() && std::chrono::steady_clock::now() < end) {
    go_on = co_await tell_change(writer, live, told, sign_of_life);
    if (!go_on) break;
    // Events of mail wake the wait as well; a look at the store more often than once a second helps nobody.
    const net::Deadline next = net::after(between_looks);
    while (!live.deps.feed.closed() && std::chrono::steady_clock::now() < next) {
      const std::uint64_t seen = live.deps.feed.generation();
      co_await live.deps.feed.wait(seen, next);
    }
  }
}

}  // namespace

net::Task<http::Response> SesameApi::live(Call call, std::string identity) {
  const auto known = co_await deps_.identities.get_watched(call.caller.account_id, identity);
  if (!known) co_return to_response(to_api_error(known.error()));
  http::Response response;
  response.headers.add("Content-Type", "text/event-stream");
  response.headers.add("Cache-Control", "no-store");
  response.headers.add("X-Accel-Buffering", "no");  // proxies that gather answers
  response.stream = [live = LiveDiagnosis{deps_, call.caller.account_id, known->name}](http::BodyWriter& writer) {
    return tell_changes(writer, live);
  };
  co_return response;
}

}  // namespace sesame::api
