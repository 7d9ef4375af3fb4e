#include "http/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/server.h"
#include "net/listener.h"
#include "net/testing/memory_stream.h"
#include "net/testing/run_task.h"

namespace sesame::http {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

ClientRequest get(std::string_view url) {
  ClientRequest request;
  request.url = *parse_url(url);
  return request;
}

Result<ClientResponse, ClientError> read_answer(std::string octets, const net::MemoryPipeOptions& cut = {},
                                                std::string method = "GET", std::size_t max_body = 100) {
  std::string sent;
  const auto stream = net::make_scripted_stream(std::move(octets), sent, cut);
  ClientRequest request = get("http://127.0.0.1/");
  request.method = std::move(method);
  const ClientOptions options{.deadline = net::after(5s), .max_header_octets = 500, .max_body_octets = max_body};
  return net::run_task(exchange(*stream, request, options));
}

TEST(HttpClient, ReadsEveryFramingHoweverTheOctetsCome) {
  for (const std::string_view answer : {
           "HTTP/1.1 200 OK\r\nX: y\r\nContent-Length: 5\r\n\r\nhello",
           "HTTP/1.1 200 OK\r\nX: y\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n",
           "HTTP/1.0 200 OK\r\nX: y\r\n\r\nhello",
           "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: z\r\n\r\n"
           "HTTP/1.1 200 OK\r\nX: y\r\nContent-Length: 5\r\n\r\nhello",
       }) {
    for (std::size_t at = 1; at <= answer.size(); ++at) {
      const auto response = read_answer(std::string(answer), {.split_at = at});
      ASSERT_TRUE(response) << response.error().detail << " split at " << at << " of " << answer;
      EXPECT_EQ(response->status, 200);
      EXPECT_EQ(response->body, "hello");
      EXPECT_EQ(response->headers.find("x"), "y");
      EXPECT_FALSE(response->headers.contains("Link"));
    }
    EXPECT_TRUE(read_answer(std::string(answer), {.max_read = 1}));
  }
}

TEST(HttpClient, HeadHasNoBody) {
  const auto response = read_answer("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", {}, "HEAD");
  ASSERT_TRUE(response);
  EXPECT_EQ(response->body, "");
}

TEST(HttpClient, DamagedAnswersAreErrors) {
  const struct {
    std::string octets;
    ClientErrc code;
  } cases[] = {
      {"", ClientErrc::malformed},
      {"220 mail.example ESMTP\r\n", ClientErrc::malformed},
      {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell", ClientErrc::malformed},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", ClientErrc::malformed},
      {"HTTP/1.1 200 OK\r\nConte", ClientErrc::malformed},
      {"HTTP/1.1 100 Continue\r\n\r\n", ClientErrc::malformed},
      {"HTTP/1.1 200 OK\r\nX: " + std::string(600, 'x') + "\r\n\r\n", ClientErrc::too_large},
      {"HTTP/1.1 200 OK\r\n\r\n" + std::string(101, 'x'), ClientErrc::too_large},
  };
  for (const auto& c : cases) {
    for (const std::size_t max_read : {std::size_t{1}, std::size_t{100'000}}) {
      const auto response = read_answer(c.octets, {.max_read = max_read});
      ASSERT_FALSE(response) << c.octets;
      EXPECT_EQ(response.error().code, c.code) << c.octets << response.error().detail;
    }
  }
}

TEST(HttpClient, ControlsInARequestAreNotSent) {
  std::string sent;
  const auto stream = net::make_scripted_stream("", sent);
  ClientRequest request = get("http://127.0.0.1/");
  request.headers.add("X", "a\r\nInjected: b");
  const ClientOptions options{.deadline = net::after(5s)};
  EXPECT_FALSE(net::run_task(exchange(*stream, request, options)));
  EXPECT_EQ(sent, "");
}

TEST(HttpClient, SendsHostLengthAndClose) {
  std::string sent;
  const auto stream = net::make_scripted_stream("HTTP/1.1 204 No Content\r\n\r\n", sent);
  ClientRequest request = get("http://127.0.0.1:8025/v2/x?y");
  request.method = "POST";
  request.headers = {{"X-Amz-Date", "now"}, {"Content-Length", "77"}};
  request.body = "hello";
  const ClientOptions options{.deadline = net::after(5s)};
  const auto response = net::run_task(exchange(*stream, request, options));
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 204);
  EXPECT_EQ(sent,
            "POST /v2/x?y HTTP/1.1\r\nHost: 127.0.0.1:8025\r\nX-Amz-Date: now\r\nContent-Length: 5\r\n"
            "Connection: close\r\n\r\nhello");
}

net::Task<void> count_up(BodyWriter& writer) {
  for (int i = 0; i < 1000; ++i) {
    const std::string line = "data: tick\n\n";
    const bool go_on = co_await writer.write(line);
    if (!go_on) co_return;
  }
}

net::Task<Response> demo_handler(Request request) {
  if (request.target == "/missing") co_return text_response(404, "no such thing");
  Response response = text_response(200, request.body);
  if (request.target == "/tail") response.stream = count_up;
  co_return response;
}

// Our server behind a real port, with or without TLS.
class HttpClientLive : public testing::TestWithParam<bool> {
 protected:
  HttpClientLive() {
    ServerOptions options;
    if (GetParam()) options.tls = net::TlsContext::server_self_signed("127.0.0.1");
    server_ = std::make_unique<Server>(std::move(options), demo_handler, clock_);
    const net::Endpoint where{*net::parse_ip("127.0.0.1"), 0};
    listener_ = *net::Listener::bind(runtime_, where, {});
    listener_->start([this](std::unique_ptr<net::Stream> stream) { return server_->serve(std::move(stream)); });
  }
  ~HttpClientLive() override {
    server_->finish();
    runtime_.run_blocking(listener_->stop(net::after(5s)));
  }

  ClientRequest request_for(std::string_view target) const {
    const std::string_view scheme = GetParam() ? "https" : "http";
    return get(fmt::format("{}://{}{}", scheme, net::to_string(listener_->local()), target));
  }
  static ClientOptions options() {
    ClientOptions with{.deadline = net::after(10s)};
    with.tls = net::TlsContext::client_opportunistic();
    return with;
  }

  ManualClock clock_;
  net::Runtime runtime_{2};
  std::unique_ptr<Server> server_;
  std::unique_ptr<net::Listener> listener_;
};

TEST_P(HttpClientLive, LargeBodiesGoBothWays) {
  ClientRequest large = request_for("/");
  large.method = "POST";
  large.body = std::string(5'000'000, 'b');
  const auto response = net::run_task(request(large, listener_->local(), options()));
  ASSERT_TRUE(response) << response.error().detail;
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->body.size(), large.body.size());
}

TEST_P(HttpClientLive, SinkSeesTheStreamAndMayEndIt) {
  std::size_t seen = 0;
  const BodySink all = [&seen](std::string_view octets) {
    seen += octets.size();
    return true;
  };
  const auto whole = net::run_task(request_stream(request_for("/tail"), listener_->local(), options(), all, 5s));
  ASSERT_TRUE(whole) << whole.error().detail;
  EXPECT_EQ(seen, 12'000U);
  const BodySink enough = [](std::string_view) { return false; };
  EXPECT_TRUE(net::run_task(request_stream(request_for("/tail"), listener_->local(), options(), enough, 5s)));
}

TEST_P(HttpClientLive, SinkDoesNotSeeTheBodyOfARefusal) {
  const BodySink never = [](std::string_view) {
    ADD_FAILURE();
    return false;
  };
  const auto response =
      net::run_task(request_stream(request_for("/missing"), listener_->local(), options(), never, 5s));
  ASSERT_TRUE(response) << response.error().detail;
  EXPECT_EQ(response->status, 404);
  EXPECT_EQ(response->body, "no such thing");
}

TEST_P(HttpClientLive, DeadlineBoundsTheExchange) {
  ClientOptions hurried = options();
  hurried.deadline = net::after(-1ms);
  const auto response = net::run_task(request(request_for("/"), listener_->local(), hurried));
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, ClientErrc::connect);
}

INSTANTIATE_TEST_SUITE_P(PlainAndTls, HttpClientLive, testing::Bool(),
                         [](const auto& with) { return with.param ? "Tls" : "Plain"; });

TEST(HttpClient, VerifiesCertificatesUnlessToldOtherwise) {
  net::Runtime runtime(1);
  const ManualClock clock;
  ServerOptions options;
  options.tls = net::TlsContext::server_self_signed("127.0.0.1");
  Server server(std::move(options), demo_handler, clock);
  const auto listener = *net::Listener::bind(runtime, {*net::parse_ip("127.0.0.1"), 0}, {});
  listener->start([&server](std::unique_ptr<net::Stream> stream) { return server.serve(std::move(stream)); });
  ClientRequest request_to_stranger = get("https://" + net::to_string(listener->local()));
  const auto response =
      net::run_task(request(request_to_stranger, listener->local(), ClientOptions{.deadline = net::after(10s)}));
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, ClientErrc::tls);
  EXPECT_THAT(response.error().detail, HasSubstr("self-signed"));
  server.finish();
  runtime.run_blocking(listener->stop(net::after(5s)));
}

}  // namespace
}  // namespace sesame::http
