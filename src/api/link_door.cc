#include "api/link_door.h"

namespace sesame::api {
namespace {

using campaign::LinkKind;

// GIF89a, 1 by 1, its one colour transparent.
constexpr std::string_view pixel(
    "GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff\x21\xf9\x04\x01\x00\x00\x00\x00\x2c\x00\x00\x00\x00\x01"
    "\x00\x01\x00\x00\x02\x02\x44\x01\x00\x3b",
    43);

http::Response not_allowed() {
  http::Response response = http::text_response(405, "Method not allowed.\n");
  response.headers.add("Allow", "GET, HEAD");
  return response;
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
  return target.segments.size() == 2 && target.segments[0] == "t";
}

net::Task<http::Response> LinkDoor::handle(http::Request request, http::Target target, std::string) {
  const bool is_get = request.method == "GET";
  if (!is_get && request.method != "HEAD") co_return not_allowed();
  const auto claim = tracking_.tokens().read(target.segments[1]);
  if (!claim || (claim->kind == LinkKind::click && claim->fields.empty())) {
    co_return http::text_response(404, "There is nothing here.\n");
  }
  if (is_get) {
    campaign::Visitor visitor{request.remote.address.to_string(),
                              std::string(request.headers.find("User-Agent").value_or(""))};
    co_await visits_.record(*claim, std::move(visitor));
  }
  co_return answer(*claim);
}

}  // namespace sesame::api
