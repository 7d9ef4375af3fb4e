#include "http/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <boost/asio/error.hpp>
#include <vector>

#include "net/testing/memory_stream.h"
#include "net/testing/run_task.h"

namespace sesame::http {
namespace {

using namespace std::chrono_literals;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

net::Task<Response> echo_handler(Request request) {
  Response response = text_response(200, request.method + " " + request.target + " " + request.body);
  response.headers.add("X-Injected", "a\r\nb: c");
  response.headers.add("Content-Length", "1");
  co_return response;
}

// What the server answers to `input` followed by end of file.
std::string answer(std::string input, const net::MemoryPipeOptions& cut = {}, Handler handler = echo_handler,
                   ServerOptions options = {}) {
  const ManualClock clock;
  Server server(std::move(options), std::move(handler), clock);
  std::string output;
  net::run_task(server.serve(net::make_scripted_stream(std::move(input), output, cut)));
  return output;
}

std::size_t count(std::string_view text, std::string_view part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

TEST(HttpServer, AnswersWithItsOwnFramingFields) {
  EXPECT_EQ(answer("GET /a HTTP/1.1\r\nHost: x\r\n\r\n"),
            "HTTP/1.1 200 OK\r\n"
            "Date: Thu, 01 Jan 2026 00:00:00 GMT\r\n"
            "Server: Sesame\r\n"
            "Content-Type: text/plain; charset=utf-8\r\n"
            "X-Injected: a  b: c\r\n"
            "Content-Length: 7\r\n"
            "\r\n"
            "GET /a ");
}

TEST(HttpServer, PipelinedRequestsAreAnsweredInOrderHoweverTheOctetsCome) {
  const std::string requests =
      "POST /1 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\none"
      "\r\n"  // a stray line end, RFC 9112 §2.2
      "POST /2 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\ntwo\r\n0\r\n\r\n"
      "HEAD /3 HTTP/1.1\r\nHost: x\r\n\r\n"
      "GET /4 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
      "GET /never HTTP/1.1\r\nHost: x\r\n\r\n";
  const std::string whole = answer(requests);
  EXPECT_EQ(count(whole, "HTTP/1.1 200 OK\r\n"), 4U);
  const std::size_t one = whole.find("POST /1 one");
  const std::size_t two = whole.find("POST /2 two");
  const std::size_t four = whole.find("GET /4 ");
  EXPECT_LT(one, two);
  EXPECT_LT(two, four);
  EXPECT_NE(four, std::string::npos);
  EXPECT_THAT(whole, testing::Not(HasSubstr("/3")));  // HEAD has no body
  EXPECT_THAT(whole, testing::Not(HasSubstr("never")));
  for (std::size_t at = 1; at < requests.size(); ++at) {
    EXPECT_EQ(answer(requests, {.split_at = at}), whole) << at;
  }
  EXPECT_EQ(answer(requests, {.max_read = 1}), whole);
}

TEST(HttpServer, HeadHasTheLengthAndNoBody) {
  const std::string out = answer("HEAD /a HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(out, HasSubstr("Content-Length: 8\r\n"));
  EXPECT_THAT(out, EndsWith("\r\n\r\n"));
}

TEST(HttpServer, RefusalsCloseTheConnection) {
  const ServerOptions small{.max_header_octets = 200, .max_body_octets = 10};
  const struct {
    std::string_view input, start;
  } cases[] = {
      {"NONSENSE\r\n\r\n", "HTTP/1.1 400 Bad Request\r\n"},
      {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /smuggled",
       "HTTP/1.1 400 Bad Request\r\n"},
      {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\n\r\n", "HTTP/1.1 413 Content Too Large\r\n"},
      {"GET / HTTP/1.1\r\nHost: x\r\nExpect: x\r\n\r\n", "HTTP/1.1 417 Expectation Failed\r\n"},
      {"GET / HTTP/2.0\r\nHost: x\r\n\r\n", "HTTP/1.1 505 HTTP Version Not Supported\r\n"},
  };
  for (const auto& c : cases) {
    const std::string out = answer(std::string(c.input), {}, echo_handler, small);
    EXPECT_THAT(out, StartsWith(std::string(c.start)));
    EXPECT_THAT(out, HasSubstr("Connection: close\r\n"));
    EXPECT_EQ(count(out, "HTTP/1.1 "), 1U);
  }
  const std::string long_header = "GET / HTTP/1.1\r\nHost: x\r\nX: " + std::string(300, 'x') + "\r\n\r\n";
  EXPECT_THAT(answer(long_header, {}, echo_handler, small),
              StartsWith("HTTP/1.1 431 Request Header Fields Too Large\r\n"));
}

TEST(HttpServer, ContinueIsSentOnlyWhenTheBodyIsStillAwaitedAndWelcome) {
  const std::string header = "POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n";
  const std::string asked = answer(header + "hello", {.split_at = header.size()});
  EXPECT_THAT(asked, StartsWith("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(answer(header + "hello"), StartsWith("HTTP/1.1 200 OK\r\n"));
  const ServerOptions small{.max_body_octets = 4};
  EXPECT_THAT(answer(header, {}, echo_handler, small), StartsWith("HTTP/1.1 413 "));
}

TEST(HttpServer, ABodyOverTheLimitIsRefusedInTheWordsOfWhoeverIsBehind) {
  ServerOptions small{.max_body_octets = 4};
  small.refuse_body = [](const Request& head, int status) {
    return text_response(status, head.method + " " + head.target);
  };
  const std::string announced = "POST /a?b HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n";
  EXPECT_THAT(answer(announced, {}, echo_handler, small), EndsWith("\r\n\r\nPOST /a?b"));
  const std::string chunked = "PUT /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
  EXPECT_THAT(answer(chunked, {}, echo_handler, small), EndsWith("\r\n\r\nPUT /c"));
}

TEST(HttpServer, Http10ClosesUnlessAskedToKeepAlive) {
  EXPECT_THAT(answer("GET / HTTP/1.0\r\n\r\n"), HasSubstr("Connection: close\r\n"));
  EXPECT_THAT(answer("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"), HasSubstr("Connection: keep-alive\r\n"));
}

net::Task<Response> failing_handler(Request) {
  throw std::runtime_error("a bug");
  co_return Response{};
}

TEST(HttpServer, HandlerFailureIs500AndTheConnectionGoesOn) {
  testing::internal::CaptureStderr();
  const std::string request = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
  const std::string out = answer(request + request, {}, failing_handler);
  EXPECT_EQ(count(out, "HTTP/1.1 500 Internal Server Error\r\n"), 2U);
  EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("a bug"));
}

net::Task<void> three_pieces(BodyWriter& writer) {
  for (const std::string_view piece : {"a", "bc", ""}) {
    const bool go_on = co_await writer.write(piece);
    if (!go_on) co_return;
  }
}

net::Task<Response> streaming_handler(Request request) {
  Response response;
  response.headers.add("Content-Type", "text/event-stream");
  response.stream = three_pieces;
  if (request.target == "/fail") {
    response.stream = [](BodyWriter&) -> net::Task<void> {
      throw std::runtime_error("half way");
      co_return;
    };
  }
  co_return response;
}

TEST(HttpServer, StreamsInChunksAndGoesOn) {
  const std::string request = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
  const std::string out = answer(request + request, {}, streaming_handler);
  EXPECT_EQ(count(out, "Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n2\r\nbc\r\n0\r\n\r\n"), 2U);
}

TEST(HttpServer, StreamsUntilCloseForHttp10) {
  const std::string out = answer("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", {}, streaming_handler);
  EXPECT_THAT(out, HasSubstr("Connection: close\r\n"));
  EXPECT_THAT(out, EndsWith("\r\n\r\nabc"));
}

TEST(HttpServer, StreamThatFailsIsCutShortVisibly) {
  testing::internal::CaptureStderr();
  const std::string request = "GET /fail HTTP/1.1\r\nHost: x\r\n\r\n";
  const std::string out = answer(request + request, {}, streaming_handler);
  EXPECT_THAT(out, EndsWith("Transfer-Encoding: chunked\r\n\r\n"));
  EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("half way"));
}

// A live connection, for what needs silence.
struct Live {
  ManualClock clock;
  net::TestLoop loop;
  Server server;
  net::MemoryStreams ends;

  explicit Live(ServerOptions options) : server(std::move(options), echo_handler, clock) { ends = connect(); }

  net::MemoryStreams connect() {
    net::MemoryStreams made = net::make_memory_streams(loop.executor());
    loop.spawn(server.serve(std::move(made.server)));
    return made;
  }

  std::string send_and_read_all(std::string_view octets) { return send_and_read_all(*ends.client, octets); }

  std::string send_and_read_all(net::Stream& client, std::string_view octets) {
    const auto talk = [](net::Stream& stream, std::string_view text) -> net::Task<std::string> {
      stream.set_deadline(net::after(10s));
      if (!text.empty()) co_await stream.write_all(text);
      std::string all;
      std::array<char, 1000> buffer;
      for (;;) {
        const auto got = co_await stream.read_some(buffer);
        if (!got) co_return all;
        all.append(buffer.data(), *got);
      }
    };
    return loop.run(talk(client, octets));
  }

  // Each octet by itself, `pause` after the one before.
  void drip(std::string_view octets, std::chrono::milliseconds pause) {
    const auto send = [](net::Stream& stream, std::string_view text,
                         std::chrono::milliseconds between) -> net::Task<void> {
      stream.set_deadline(net::after(10s));
      for (std::size_t at = 0; at < text.size(); ++at) {
        co_await net::sleep_until(net::after(between));
        co_await stream.write_all(text.substr(at, 1));
      }
    };
    loop.run(send(*ends.client, octets, pause));
  }

  // Sends, and returns when the server holds `held` octets of bodies.
  void send_until_held(std::string_view octets, std::size_t held) {
    const auto send = [](net::Stream& stream, std::string_view text) -> net::Task<void> {
      stream.set_deadline(net::after(10s));
      co_await stream.write_all(text);
    };
    loop.run(send(*ends.client, octets));
    wait_until_held(held);
  }

  void wait_until_held(std::size_t held) {
    const auto look = [](const Server& at, std::size_t wanted) -> net::Task<void> {
      while (at.buffered_octets() != wanted) co_await net::sleep_until(net::after(1ms));
    };
    loop.run(look(server, held));
  }
};

TEST(HttpServer, SilenceBeforeARequestJustCloses) {
  Live live({.idle_timeout = 10ms});
  EXPECT_EQ(live.send_and_read_all(""), "");
}

TEST(HttpServer, SilenceWithinARequestIs408) {
  Live header({.header_timeout = 10ms});
  EXPECT_THAT(header.send_and_read_all("GET / HTTP/1.1\r\nHos"), StartsWith("HTTP/1.1 408 "));
  Live body({.body_timeout = 10ms});
  EXPECT_THAT(body.send_and_read_all("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n1"),
              StartsWith("HTTP/1.1 408 "));
}

TEST(HttpServer, ABodyMayTakeItsTimeWhileItKeepsComing) {
  Live live({.body_stall_timeout = 300ms});
  live.drip(
      "POST / HTTP/1.1\r\n"
      "Host: x\r\nConnection: close\r\nContent-Length: 8\r\n\r\n",
      0ms);
  live.drip("12345678", 50ms);
  EXPECT_THAT(live.send_and_read_all(""), EndsWith("POST / 12345678"));
}

TEST(HttpServer, ABodyThatStallsIs408LongBeforeItsTimeIsOver) {
  Live live({.body_stall_timeout = 10ms});
  EXPECT_THAT(live.send_and_read_all("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n1"),
              StartsWith("HTTP/1.1 408 "));
}

TEST(HttpServer, ABodyThatKeepsComingMustStillEndInTime) {
  Live live({.body_timeout = 100ms});
  live.drip("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n", 0ms);
  live.drip("1234567890", 20ms);
  EXPECT_THAT(live.send_and_read_all(""), StartsWith("HTTP/1.1 408 "));
}

TEST(HttpServer, BodiesOfAllConnectionsTogetherAreBounded) {
  Live live({.max_buffered_octets = 100});
  const std::string post = "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 60\r\n\r\n";
  live.send_until_held(post + std::string(59, 'a'), 59);

  const net::MemoryStreams second = live.connect();
  const std::string refused = live.send_and_read_all(*second.client, post + std::string(60, 'b'));
  EXPECT_THAT(refused, StartsWith("HTTP/1.1 503 Service Unavailable\r\n"));
  EXPECT_THAT(refused, HasSubstr("\r\nRetry-After: 1\r\n"));
  EXPECT_THAT(refused, HasSubstr("\r\nConnection: close\r\n"));
  EXPECT_EQ(live.server.buffered_octets(), 59U);

  const net::MemoryStreams third = live.connect();
  EXPECT_THAT(live.send_and_read_all(*third.client, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
              StartsWith("HTTP/1.1 200 "));

  EXPECT_THAT(live.send_and_read_all("a"), EndsWith("POST / " + std::string(60, 'a')));
  EXPECT_EQ(live.server.buffered_octets(), 0U);
  const net::MemoryStreams fourth = live.connect();
  EXPECT_THAT(live.send_and_read_all(*fourth.client, post + std::string(60, 'b')), StartsWith("HTTP/1.1 200 "));
}

TEST(HttpServer, BodiesOfOneClientAreBoundedAndRefusedInTheCallersForm) {
  ServerOptions options{.max_buffered_octets = 1000, .max_buffered_octets_per_client = 100};
  options.refuse_body = [](const Request& head, int status) {
    return text_response(status, "no room for " + head.target);
  };
  Live live(options);
  const std::string post = "POST /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 60\r\n\r\n";
  live.send_until_held(post + std::string(59, 'a'), 59);
  const net::MemoryStreams second = live.connect();
  const std::string refused = live.send_and_read_all(*second.client, post + std::string(60, 'b'));
  EXPECT_THAT(refused, StartsWith("HTTP/1.1 503 Service Unavailable\r\n"));
  EXPECT_THAT(refused, HasSubstr("\r\nRetry-After: 1\r\n"));
  EXPECT_THAT(refused, EndsWith("no room for /a"));
  EXPECT_THAT(live.send_and_read_all("a"), EndsWith("POST /a " + std::string(60, 'a')));
}

TEST(HttpServer, ABodyCountsUntilItsResponseIsWritten) {
  std::vector<std::size_t> held;
  const ManualClock clock;
  Server* running = nullptr;
  const Handler look = [&held, &running](Request request) {
    held.push_back(running->buffered_octets());
    return echo_handler(std::move(request));
  };
  Server server({.max_body_octets = 10, .max_buffered_octets = 10}, look, clock);
  running = &server;
  const std::string requests =
      "POST /1 HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n0123456789"
      "POST /2 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\ntwo\r\n6\r\nchunks\r\n0\r\n\r\n"
      "GET /3 HTTP/1.1\r\nHost: x\r\n\r\n";
  std::string output;
  net::run_task(server.serve(net::make_scripted_stream(requests, output, {.max_read = 1})));
  EXPECT_EQ(count(output, "HTTP/1.1 200 OK\r\n"), 3U);
  EXPECT_THAT(held, testing::ElementsAre(10U, 9U, 0U));
  EXPECT_EQ(server.buffered_octets(), 0U);
}

TEST(HttpServer, AClientThatLeavesHalfWayHoldsNothing) {
  Live live({});
  live.send_until_held("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 60\r\n\r\n12345", 5);
  live.ends.client.reset();
  live.wait_until_held(0);
}

TEST(HttpServer, FinishEndsIdleConnectionsAtOnce) {
  Live live({});
  live.loop.spawn([](Server& server) -> net::Task<void> {
    server.finish();
    co_return;
  }(live.server));
  EXPECT_EQ(live.send_and_read_all(""), "");
}

TEST(HttpServer, SpeaksTls) {
  ServerOptions options;
  options.tls = net::TlsContext::server_self_signed("x");
  Live live(std::move(options));
  const auto start = [](net::Stream& stream) -> net::Task<bool> {
    const net::TlsContext context = net::TlsContext::client_opportunistic();
    const auto started = co_await stream.start_tls_client(context, "x");
    co_return started.has_value();
  };
  ASSERT_TRUE(live.loop.run(start(*live.ends.client)));
  EXPECT_THAT(live.send_and_read_all("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
              StartsWith("HTTP/1.1 200 OK\r\n"));
}

}  // namespace
}  // namespace sesame::http
