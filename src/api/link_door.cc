#include "api/link_door.h"

#include "api/link_page.h"

namespace sesame::api {
namespace {

using campaign::LinkKind;

// GIF89a, 1 by 1, its one colour transparent.
constexpr std::string_view pixel(
    "GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff\x21\xf9\x04\x01\x00\x00\x00\x00\x2c\x00\x00\x00\x00\x01"
    "\x00\x01\x00\x00\x02\x02\x44\x01\x00\x3b",
    43);

http::Response not_allowed(std::string allowed) {
  http::Response response = http::text_response(405, "Method not allowed.\n");
  response.headers.add("Allow", std::move(allowed));
  return response;
}

bool has_value(const http::Parameters& form, std::string_view name, std::string_view value) {
  const auto found = http::find(form, name);
  return found && *found == value;
}

http::Response answer(const campaign::LinkClaim& claim) {
  http::Response response;
  if (claim.kind == LinkKind::open) {
    response.headers.add("Content-Type", "image/gif");
    response.body = pixel;
  } else {
    response.status = 302;
    response.headers.add("Location", claim.fields.front());
    response.headers.add("Referrer-Policy", "no-referrer");  // the next site need not learn the token
  }
  response.headers.add("Cache-Control", "no-store");  // each visit is one
  return response;
}

}  // namespace

bool LinkDoor::takes(const http::Request&, const http::Target& target) const {
  return target.segments.size() == 2 && (target.segments[0] == "t" || target.segments[0] == "u");
}

net::Task<http::Response> LinkDoor::handle(http::Request request, http::Target target, std::string) {
  auto claim = tracking_.tokens().read(target.segments[1]);
  const bool is_unsubscribing = claim && claim->kind == LinkKind::unsubscribe;
  if (!claim || is_unsubscribing != (target.segments[0] == "u")) {
    co_return http::text_response(404, "There is nothing here.\n");
  }
  if (is_unsubscribing) {
    http::Response response = co_await unsubscribe(std::move(request), std::move(*claim));
    co_return response;
  }
  http::Response response = co_await visit(std::move(request), std::move(*claim));
  co_return response;
}

net::Task<http::Response> LinkDoor::visit(http::Request request, campaign::LinkClaim claim) {
  const bool is_get = request.method == "GET";
  if (!is_get && request.method != "HEAD") co_return not_allowed("GET, HEAD");
  if (claim.kind == LinkKind::click && claim.fields.empty()) {
    co_return http::text_response(404, "There is nothing here.\n");
  }
  http::Response response = answer(claim);
  if (is_get) {
    campaign::Visitor visitor{request.remote.address.to_string(),
                              std::string(request.headers.find("User-Agent").value_or(""))};
    co_await visits_.record(std::move(claim), std::move(visitor));
  }
  co_return response;
}

// The body is a form, of one field (RFC 8058 §3.1) or of the page; a reader may also send it as multipart/form-data,
// whose parts need no reading, since the request itself says what is wanted.
net::Task<http::Response> LinkDoor::unsubscribe(http::Request request, campaign::LinkClaim claim) {
  const auto link = campaign::unsubscribe_link(claim);
  if (!link) co_return unsubscribe_page_gone();
  if (request.method == "GET" || request.method == "HEAD") {
    co_return unsubscribe_page_ask(link->list, link->topic.value_or(""));
  }
  if (request.method != "POST") co_return not_allowed("GET, HEAD, POST");
  const auto form = http::parse_form(request.body);
  const bool is_page = form && has_value(*form, "from", "page");
  const bool everything = form && has_value(*form, "choice", "everything");
  const auto source = is_page ? campaign::UnsubscribeSource::page : campaign::UnsubscribeSource::header;
  const auto done = co_await subscriptions_.unsubscribe(claim.api_message_id, *link, everything, source);
  if (done) co_return unsubscribe_page_done(everything ? "" : link->topic.value_or(""));
  co_return done.error().code == campaign::ContactErrc::unavailable ? link_page_try_again() : unsubscribe_page_gone();
}

}  // namespace sesame::api
