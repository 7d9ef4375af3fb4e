#include "api/sesame/traces_api.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <thread>

#include "net/testing/run_task.h"

namespace sesame::api {
namespace {

namespace json = boost::json;

class TracesApiTest : public testing::Test {
 protected:
  TracesApiTest() { clock.set(from_unix_ms(1767225600000)); }

  std::pair<int, json::value> call(const std::string& method, std::vector<std::string> path,
                                   std::vector<std::pair<std::string, std::string>> parameters = {},
                                   const std::string& account = "1") {
    Call made;
    made.caller.account_id = account;
    made.method = method;
    made.segments = {"v2", "sesame", "traces"};
    made.segments.insert(made.segments.end(), path.begin(), path.end());
    for (auto& [name, value] : parameters) made.parameters.push_back({name, value});
    const http::Response response = net::run_task(api.handle(std::move(made)));
    return {response.status, response.body.empty() ? json::value() : json::parse(response.body)};
  }
  void said(const std::string& id, const std::string& domain) {
    store::DueRecipient recipient;
    recipient.account_id = "1";
    recipient.api_message_id = id;
    delivery::TracedSession session;
    session.remote_host = "mx.example.net";
    session.dialogue = "< 220 hello\n> EHLO us\n* TLSv1.3\n";
    traces.add(recipient, domain, std::move(session), clock.now());
  }

  ManualClock clock;
  delivery::TraceBook traces;
  TracesApi api{TracesApiDeps{traces, clock}};
};

TEST_F(TracesApiTest, WhatIsSaidIsTold) {
  EXPECT_EQ(call("PUT", {"domain", "Example.NET"}, {{"seconds", "60"}}).first, 200);
  said("id-1", "example.net");
  said("id-2", "example.net");
  const auto [status, trace] = call("GET", {"domain", "example.net"}, {{"after", "1"}});
  EXPECT_EQ(status, 200);
  EXPECT_EQ(trace, json::parse(R"({"scope":"domain","value":"example.net","until":"2026-01-01T00:01:00.000Z","on":true,
    "forgotten":0,"sessions":[{"number":2,"at":"2026-01-01T00:00:00.000Z","api_message_id":"id-2","domain":"example.net",
    "remote_host":"mx.example.net","remote_ip":"","source_ip":"","dialogue":["< 220 hello","> EHLO us","* TLSv1.3"]}]})"));
  clock.advance(std::chrono::seconds(60));
  EXPECT_EQ(call("GET", {"domain", "example.net"}).second.at("on"), false);
  EXPECT_EQ(call("GET", {}).second.at("traces").as_array().size(), 1u);
  EXPECT_EQ(call("DELETE", {"domain", "example.net"}).first, 200);
  EXPECT_EQ(call("DELETE", {"domain", "example.net"}).first, 404);
  EXPECT_EQ(call("GET", {"domain", "example.net"}).first, 404);
}

TEST_F(TracesApiTest, WhoWaitsIsAnsweredWhenSomethingIsSaid) {
  call("PUT", {"domain", "example.net"});
  const std::jthread speaker([this] {
    said("id-1", "example.org");
    said("id-2", "example.net");
  });
  const auto [status, trace] = call("GET", {"domain", "example.net"}, {{"after", "0"}, {"wait", "20"}});
  EXPECT_EQ(status, 200);
  ASSERT_EQ(trace.at("sessions").as_array().size(), 1u);
  EXPECT_EQ(trace.at("sessions").at(0).at("api_message_id"), "id-2");
}

TEST_F(TracesApiTest, WhoWaitsIsAnsweredAtTheTracesEnd) {
  call("PUT", {"domain", "example.net"}, {{"seconds", "1"}});
  clock.advance(std::chrono::milliseconds(980));
  const std::jthread time([this] { clock.advance(std::chrono::milliseconds(20)); });
  const auto over = call("GET", {"domain", "example.net"}, {{"wait", "20"}});
  EXPECT_EQ(over.second.at("on"), false);

  call("PUT", {"domain", "example.org"});
  const std::jthread somebody([this] { call("DELETE", {"domain", "example.org"}); });
  EXPECT_EQ(call("GET", {"domain", "example.org"}, {{"wait", "20"}}).first, 404);
}

TEST_F(TracesApiTest, NobodyWaitsForAServiceThatStops) {
  call("PUT", {"domain", "example.net"});
  const std::jthread service([this] { traces.changes().close(); });
  EXPECT_EQ(call("GET", {"domain", "example.net"}, {{"wait", "20"}}).second.at("on"), true);
}

TEST_F(TracesApiTest, IsOfTheCallersAccount) {
  call("PUT", {"message", "id-1"});
  EXPECT_EQ(call("GET", {"message", "id-1"}, {}, "2").first, 404);
  EXPECT_TRUE(call("GET", {}, {}, "2").second.at("traces").as_array().empty());
}

TEST_F(TracesApiTest, RefusesWhatItCannotDo) {
  EXPECT_EQ(call("PUT", {"identity", "x"}).first, 400);
  EXPECT_EQ(call("PUT", {"domain", "x"}, {{"seconds", "0"}}).first, 400);
  EXPECT_EQ(call("PUT", {"domain", "x"}, {{"seconds", "86401"}}).first, 400);
  EXPECT_EQ(call("PUT", {"domain", std::string(300, 'x')}).first, 400);
  EXPECT_EQ(call("GET", {"domain", "x"}, {{"wait", "26"}}).first, 400);
  for (std::size_t i = 0; i < delivery::TraceBook::max_traces; ++i) call("PUT", {"message", std::to_string(i)});
  EXPECT_EQ(call("PUT", {"message", "one more"}).first, 400);  // LimitExceededException
}

}  // namespace
}  // namespace sesame::api
