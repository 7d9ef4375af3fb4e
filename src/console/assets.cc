#include "console/assets.h"

#include <algorithm>

#include "base/text.h"

namespace sesame::console {
namespace {

// Scripts and styles come from this origin only, none of them inline. `data:` are icons and fonts inside the
// components' style sheets. Frames show received mail, which brings a stricter policy of its own.
constexpr std::string_view content_security_policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self' data:; "
    "connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

// "gzip", "gzip;q=0.5", but not "gzip;q=0".
bool is_accepted(std::string_view element, std::string_view coding) {
  const std::size_t semicolon = element.find(';');
  if (!ascii_iequals(trim(element.substr(0, semicolon)), coding)) return false;
  if (semicolon == std::string_view::npos) return true;
  const std::string_view weight = trim(element.substr(semicolon + 1));
  const bool zero = weight.starts_with("q=0") && weight.find_first_not_of("0.", 2) == std::string_view::npos;
  return !zero;
}

bool accepts(const http::Request& request, std::string_view coding) {
  for (const std::string_view field : request.headers.find_all("Accept-Encoding")) {
    const auto elements = split(field, ',');
    if (std::ranges::any_of(elements, [&](std::string_view one) { return is_accepted(one, coding); })) return true;
  }
  return false;
}

bool has_already(const http::Request& request, std::string_view etag) {
  for (const std::string_view field : request.headers.find_all("If-None-Match")) {
    for (const std::string_view element : split(field, ',')) {
      std::string_view candidate = trim(element);
      if (candidate.starts_with("W/")) candidate.remove_prefix(2);
      if (candidate == etag || candidate == "*") return true;
    }
  }
  return false;
}

}  // namespace

const Asset* find_asset(std::span<const Asset> assets, std::string_view path) {
  const auto found = std::ranges::lower_bound(assets, path, {}, &Asset::path);
  return found == assets.end() || found->path != path ? nullptr : &*found;
}

http::Response asset_response(const Asset& asset, const http::Request& request) {
  http::Response response;
  response.headers.add("ETag", std::string(asset.etag));
  response.headers.add("Vary", "Accept-Encoding");
  response.headers.add("Cache-Control", asset.immutable ? "public, max-age=31536000, immutable" : "no-cache");
  if (has_already(request, asset.etag)) {
    response.status = 304;
    return response;
  }
  response.headers.add("Content-Type", std::string(asset.content_type));
  if (!asset.brotli.empty() && accepts(request, "br")) {
    response.headers.add("Content-Encoding", "br");
    response.body = asset.brotli;
  } else if (!asset.gzip.empty() && accepts(request, "gzip")) {
    response.headers.add("Content-Encoding", "gzip");
    response.body = asset.gzip;
  } else {
    response.body = asset.plain;
  }
  return response;
}

http::Response not_built_page() {
  http::Response response;
  response.status = 501;
  response.headers.add("Content-Type", "text/html; charset=utf-8");
  response.headers.add("Cache-Control", "no-store");
  response.body =
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>Sesame: no console</title></head>\n"
      "<body>\n<h1>This program was built without the console</h1>\n"
      "<p>Everything else works: the API, SMTP and the commands. To get the console, install Node.js 20.19 or newer "
      "with "
      "npm, run <code>make build</code> in the source directory, and start the new program.</p>\n</body>\n</html>\n";
  return response;
}

void add_security_fields(http::Response& response) {
  response.headers.set("Content-Security-Policy", std::string(content_security_policy));
  response.headers.set("X-Content-Type-Options", "nosniff");
  response.headers.set("Referrer-Policy", "no-referrer");
  response.headers.set("Cross-Origin-Opener-Policy", "same-origin");
  response.headers.set("Cross-Origin-Resource-Policy", "same-origin");
}

}  // namespace sesame::console
