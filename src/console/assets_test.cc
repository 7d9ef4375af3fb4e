#include "console/assets.h"

#include <gtest/gtest.h>

#include <array>

namespace sesame::console {
namespace {

constexpr std::array<Asset, 2> files{{
    {"assets/app-1a2b.js", "text/javascript; charset=utf-8", "\"1a2b\"", true, "plain script", "gz", "br"},
    {"index.html", "text/html; charset=utf-8", "\"3c4d\"", false, "<html>", "", ""},
}};

http::Response fetch(const Asset& asset, http::Fields fields = {}) {
  http::Request request;
  request.headers = std::move(fields);
  return asset_response(asset, request);
}

TEST(Assets, AreFoundByTheirWholePath) {
  EXPECT_EQ(find_asset(files, "index.html"), &files[1]);
  EXPECT_EQ(find_asset(files, "assets/app-1a2b.js"), &files[0]);
  EXPECT_EQ(find_asset(files, "assets"), nullptr);
  EXPECT_EQ(find_asset(files, "../index.html"), nullptr);
  EXPECT_EQ(find_asset({}, "index.html"), nullptr);
}

TEST(Assets, ComeInTheShortestCodingTheClientTakes) {
  EXPECT_EQ(fetch(files[0]).body, "plain script");
  EXPECT_FALSE(fetch(files[0]).headers.contains("Content-Encoding"));
  const auto both = fetch(files[0], {{"Accept-Encoding", "gzip, deflate, br;q=0.9"}});
  EXPECT_EQ(both.body, "br");
  EXPECT_EQ(both.headers.find("Content-Encoding"), "br");
  EXPECT_EQ(both.headers.find("Vary"), "Accept-Encoding");
  EXPECT_EQ(fetch(files[0], {{"Accept-Encoding", "GZIP"}}).body, "gz");
  EXPECT_EQ(fetch(files[0], {{"Accept-Encoding", "br;q=0, gzip;q=0.000"}}).body, "plain script");
  EXPECT_EQ(fetch(files[0], {{"Accept-Encoding", "brotli"}}).body, "plain script");
  EXPECT_EQ(fetch(files[1], {{"Accept-Encoding", "br"}}).body, "<html>");
}

TEST(Assets, WithTheirHashInTheNameAreKeptForeverAndOthersAskedForAgain) {
  EXPECT_EQ(fetch(files[0]).headers.find("Cache-Control"), "public, max-age=31536000, immutable");
  EXPECT_EQ(fetch(files[1]).headers.find("Cache-Control"), "no-cache");
}

TEST(Assets, AreNotSentToWhoHasThem) {
  const auto again = fetch(files[1], {{"If-None-Match", "\"other\", W/\"3c4d\""}});
  EXPECT_EQ(again.status, 304);
  EXPECT_EQ(again.body, "");
  EXPECT_EQ(again.headers.find("ETag"), "\"3c4d\"");
  EXPECT_EQ(fetch(files[1], {{"If-None-Match", "\"other\""}}).status, 200);
}

}  // namespace
}  // namespace sesame::console
