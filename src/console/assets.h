// console/assets.h: the files of the console, part of the program, and how they are served.
//
// Source: RFC 9110 §8.8.3 (ETag), §12.5.3 (Accept-Encoding), §13.1.2 (If-None-Match); RFC 8246 (immutable).
#pragma once

#include <span>
#include <string_view>

#include "http/message.h"

namespace sesame::console {

struct Asset {
  std::string_view path;          // below /console/: "index.html", "assets/index-B2xk3.js"
  std::string_view content_type;  // whole value of the field
  std::string_view etag;          // quoted; of the content, whatever its coding
  bool immutable = false;         // its name holds its hash: another content has another name
  std::string_view plain;
  std::string_view gzip, brotli;  // empty: not worth it
};

// In the order of their paths. Empty when the program was built without the console.
std::span<const Asset> bundled_assets();

// nullptr if there is none.
const Asset* find_asset(std::span<const Asset> assets, std::string_view path);

// 200 in the shortest coding the client takes, or 304 when it has the content already. GET and HEAD.
http::Response asset_response(const Asset& asset, const http::Request& request);

// Instead of the console, in a program built without it: what to do.
http::Response not_built_page();

// Adds what every answer of the console carries: the Content-Security-Policy and its like.
void add_security_fields(http::Response& response);

}  // namespace sesame::console
