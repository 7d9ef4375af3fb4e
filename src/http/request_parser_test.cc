#include "http/request_parser.h"

#include <gtest/gtest.h>

#include <fmt/format.h>

namespace sesame::http {
namespace {

struct Parsed {
  int status = 200;  // or the refusal, or 0: more is needed
  Request request;
  bool keep_alive = false;
  std::string rest;
};

// Feeds `chunk` more octets at a time.
Parsed parse(std::string_view octets, std::size_t chunk = std::string_view::npos, const RequestLimits& limits = {}) {
  RequestParser parser(limits);
  Parsed result;
  std::string waiting;
  while (true) {
    const std::size_t before = waiting.size();
    if (!waiting.empty()) {
      const auto taken = parser.put(waiting);
      if (!taken) {
        result.status = taken.error();
        return result;
      }
      EXPECT_LE(*taken, waiting.size());
      waiting.erase(0, *taken);
      if (parser.done()) break;
      if (waiting.size() < before && !waiting.empty()) continue;
    }
    if (octets.empty()) {
      result.status = 0;
      return result;
    }
    const std::string_view next = octets.substr(0, chunk);
    waiting += next;
    octets.remove_prefix(next.size());
  }
  result.keep_alive = parser.keep_alive();
  result.request = parser.take();
  result.rest = waiting + std::string(octets);
  return result;
}

constexpr std::string_view post =
    "POST /v2/email/outbound-emails?a=%41&b HTTP/1.1\r\n"
    "Host: ses.example\r\n"
    "X-Amz-Date: 20260101T000000Z\r\n"
    "x-twice: one\r\n"
    "X-Twice:   two  \r\n"
    "Content-Length: 5\r\n"
    "\r\n"
    "hello";

TEST(RequestParser, KeepsTargetOrderSpellingAndRepetitions) {
  const Parsed parsed = parse(post);
  ASSERT_EQ(parsed.status, 200);
  EXPECT_EQ(parsed.request.method, "POST");
  EXPECT_EQ(parsed.request.target, "/v2/email/outbound-emails?a=%41&b");
  EXPECT_EQ(parsed.request.version, 11);
  EXPECT_EQ(parsed.request.body, "hello");
  EXPECT_TRUE(parsed.keep_alive);
  const Fields expected = {{"Host", "ses.example"},
                           {"X-Amz-Date", "20260101T000000Z"},
                           {"x-twice", "one"},
                           {"X-Twice", "two"},
                           {"Content-Length", "5"}};
  EXPECT_EQ(parsed.request.headers, expected);
}

TEST(RequestParser, AnyChunkingGivesTheSameRequest) {
  const std::string two = std::string(post) + "GET /next HTTP/1.1\r\nHost: a\r\n\r\n";
  const Parsed whole = parse(two);
  ASSERT_EQ(whole.status, 200);
  for (std::size_t chunk = 1; chunk <= two.size(); ++chunk) {
    const Parsed parsed = parse(two, chunk);
    ASSERT_EQ(parsed.status, 200) << chunk;
    EXPECT_EQ(parsed.request.headers, whole.request.headers) << chunk;
    EXPECT_EQ(parsed.request.body, "hello") << chunk;
    EXPECT_EQ(parsed.rest, whole.rest) << chunk;
  }
}

TEST(RequestParser, ChunkedBodyIsJoinedAndTrailersAreNotFields) {
  const std::string_view octets =
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
      "5;ext=1\r\nhello\r\n1\r\n!\r\n0\r\nAuthorization: forged\r\n\r\nGET";
  for (std::size_t chunk = 1; chunk <= octets.size(); ++chunk) {
    const Parsed parsed = parse(octets, chunk);
    ASSERT_EQ(parsed.status, 200) << chunk;
    EXPECT_EQ(parsed.request.body, "hello!");
    EXPECT_FALSE(parsed.request.headers.contains("Authorization"));
    EXPECT_EQ(parsed.rest, "GET");
  }
}

TEST(RequestParser, EmptyChunkedBodyMayComeOctetByOctet) {
  for (std::size_t chunk = 1; chunk < 6; ++chunk) {
    const Parsed parsed = parse("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", chunk);
    EXPECT_EQ(parsed.status, 200);
    EXPECT_EQ(parsed.request.body, "");
  }
}

TEST(RequestParser, RefusesWhatTwoParsersCouldReadInTwoWays) {
  for (const std::string_view fields : {
           "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
           "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
           "Transfer-Encoding: gzip, chunked\r\n",
           "Transfer-Encoding: xchunked\r\n",
           "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
           "Transfer-Encoding: chunked, chunked\r\n",
           "Content-Length: 5\r\nContent-Length: 5\r\n",
           "Content-Length: 5, 5\r\n",
           "Content-Length: +5\r\n",
           "Content-Length: -5\r\n",
           "Content-Length: 0x5\r\n",
           "Content-Length: 99999999999999999999\r\n",
           "Content-Length :5\r\n",
           "Host: b\r\n",
           "X: a\nContent-Length: 5\r\n",
           "X: a\rb\r\n",
       }) {
    for (const std::size_t chunk : {std::size_t{1}, std::string_view::npos}) {
      const std::string octets = fmt::format("POST / HTTP/1.1\r\nHost: a\r\n{}\r\nhello", fields);
      EXPECT_EQ(parse(octets, chunk).status, 400) << fields;
    }
  }
  EXPECT_EQ(parse("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n").status, 400);
  EXPECT_EQ(parse("GET / HTTP/1.1\r\n\r\n").status, 400);  // no Host
  EXPECT_EQ(parse("GET / HTTP/1.0\r\n\r\n").status, 200);
}

TEST(RequestParser, RefusesWhatIsNoRequest) {
  for (const std::string_view octets :
       {"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "GET /\r\n\r\n", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n",
        "G\tT / HTTP/1.1\r\nHost: a\r\n\r\n", "EHLO there\r\n\r\n"}) {
    EXPECT_EQ(parse(octets).status, 400) << octets;
  }
  EXPECT_EQ(parse("GET / HTTP/1.1\nHost: a\n\n").status, 505);  // the version would be "HTTP/1.1\nHost: a…"
  EXPECT_EQ(parse("GET / HTTP/3.0\r\nHost: a\r\n\r\n").status, 505);
  EXPECT_EQ(parse("GET / HTTP/1.1\r\nHost: a\r\nExpect: wonders\r\n\r\n").status, 417);
}

TEST(RequestParser, LimitsHoldHoweverTheOctetsCome) {
  const RequestLimits limits{.max_header_octets = 1000, .max_body_octets = 100};
  std::string fields;
  for (int i = 0; i < 200; ++i) fields += fmt::format("X-{}: y\r\n", i);
  const std::string many_fields = "GET / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
  const std::string one_field = "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(2000, 'x') + "\r\n\r\n";
  const std::string long_target = "GET /" + std::string(2000, 'x') + " HTTP/1.1\r\nHost: a\r\n\r\n";
  const std::string start = "POST / HTTP/1.1\r\nHost: a\r\n";
  const std::string declared = start + "Content-Length: 101\r\n\r\n";
  const std::string chunked = start + "Transfer-Encoding: chunked\r\n\r\n50\r\n" + std::string(0x50, 'x') +
                              "\r\n50\r\n" + std::string(0x50, 'x') + "\r\n0\r\n\r\n";
  const std::string extension = start + "Transfer-Encoding: chunked\r\n\r\n1;" + std::string(5000, 'x');
  const std::string trailer = start + "Transfer-Encoding: chunked\r\n\r\n0\r\n" + fields + fields + fields;
  for (const std::size_t chunk : {std::size_t{1}, std::size_t{10}, std::size_t{700}, std::string_view::npos}) {
    EXPECT_EQ(parse(many_fields, chunk, limits).status, 431) << chunk;
    EXPECT_EQ(parse(one_field, chunk, limits).status, 431) << chunk;
    EXPECT_EQ(parse(long_target, chunk, limits).status, 431) << chunk;
    EXPECT_EQ(parse(declared, chunk, limits).status, 413) << chunk;
    EXPECT_EQ(parse(chunked, chunk, limits).status, 413) << chunk;
    EXPECT_EQ(parse(extension, chunk, limits).status, 431) << chunk;
    EXPECT_EQ(parse(trailer, chunk, limits).status, 431) << chunk;
  }
}

TEST(RequestParser, KeepAliveFollowsVersionAndConnection) {
  EXPECT_FALSE(parse("GET / HTTP/1.0\r\n\r\n").keep_alive);
  EXPECT_TRUE(parse("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").keep_alive);
  EXPECT_FALSE(parse("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").keep_alive);
}

}  // namespace
}  // namespace sesame::http
