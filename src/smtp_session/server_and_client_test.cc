// The server's session against our own client.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "smtp_session/client_session.h"
#include "smtp_session/testing/door.h"

namespace sesame::smtp_session {
namespace {

using testing::HasSubstr;
using testing::Not;

struct Talk {
  Result<void, Failure> started;
  std::optional<SendOutcome> outcome;
  std::optional<net::TlsInfo> tls;
  std::string transcript;
};

net::Task<Talk> deliver(std::unique_ptr<net::Stream> stream, ClientOptions options, OutboundMessage message) {
  Talk talk;
  ClientSession session(std::move(stream), std::move(options));
  talk.started = co_await session.start();
  if (talk.started) talk.outcome = co_await session.send(std::move(message));
  talk.tls = session.tls();
  co_await session.quit();
  talk.transcript = session.transcript().to_text();
  co_return talk;
}

ClientOptions client(StartTls start_tls) {
  ClientOptions options;
  options.helo_domain = "client.example";
  options.server_name = "mx.example";
  options.start_tls = start_tls;
  static const net::TlsContext context = net::TlsContext::client_opportunistic();  // reads the trust store: once
  options.tls_context = context;
  return options;
}

OutboundMessage large_message(const std::string& content) {
  OutboundMessage message;
  message.reverse_path = std::nullopt;
  message.recipients = {{"yes", "mx.example"}, {"no", "mx.example"}};
  message.content = content;
  return message;
}

std::string large_content() {
  std::string content = "Subject: large\r\n\r\n";
  for (int i = 0; i < 500; ++i) content += fmt::format(".line {}\r\n..\r\n", i);
  return content;
}

void expect_delivered(const Talk& talk, const Live& live, std::string_view with_protocol) {
  ASSERT_TRUE(talk.started) << to_text(talk.started.error());
  ASSERT_TRUE(talk.outcome->recipients[0]) << to_text(talk.outcome->recipients[0].error());
  EXPECT_EQ(to_text(talk.outcome->recipients[1].error()).substr(0, 9), "rcpt: 550");
  ASSERT_EQ(live.handler.kept.size(), 1U);
  EXPECT_EQ(live.handler.kept[0].content, large_content());
  EXPECT_EQ(live.handler.kept[0].with_protocol, with_protocol);
}

TEST(ServerAndClient, DeliverInTheClearHoweverTheOctetsCome) {
  const std::string content = large_content();
  for (const std::size_t max_read : {std::size_t{1}, std::size_t{7}, std::numeric_limits<std::size_t>::max()}) {
    Live live(door(), {.max_read = max_read});
    const Talk talk =
        live.loop.run(deliver(std::move(live.ends.client), client(StartTls::opportunistic), large_message(content)));
    expect_delivered(talk, live, "ESMTP");
    EXPECT_FALSE(talk.tls);
  }
}

TEST(ServerAndClient, DeliverOverStarttlsHoweverTheOctetsCome) {
  const std::string content = large_content();
  for (const std::size_t max_read : {std::size_t{1}, std::numeric_limits<std::size_t>::max()}) {
    Live live(door_with_tls(), {.max_read = max_read});
    const Talk talk =
        live.loop.run(deliver(std::move(live.ends.client), client(StartTls::required), large_message(content)));
    expect_delivered(talk, live, "ESMTPS");
    ASSERT_TRUE(talk.tls);
    EXPECT_TRUE(live.handler.kept[0].facts.tls);
  }
}

TEST(ServerAndClient, DeliverByChunkWhereItIsOffered) {
  const std::string content = large_content();
  for (const std::size_t max_read : {std::size_t{1}, std::size_t{7}, std::numeric_limits<std::size_t>::max()}) {
    Live live(chunking_door(), {.max_read = max_read});
    const Talk talk =
        live.loop.run(deliver(std::move(live.ends.client), client(StartTls::never), large_message(content)));
    expect_delivered(talk, live, "ESMTP");
    EXPECT_THAT(talk.transcript, HasSubstr("BDAT "));
    EXPECT_THAT(talk.transcript, Not(HasSubstr("DATA\n")));
  }
}

TEST(ServerAndClient, LogInOverImplicitTls) {
  const std::string content = large_content();
  for (const char* mechanism : {"PLAIN", "LOGIN"}) {
    ServerOptions options = door_with_tls();
    options.implicit_tls = true;
    options.settings.auth_before_mail = true;
    options.settings.extensions.auth_mechanisms = {mechanism};
    Live live(std::move(options));
    ClientOptions with_auth = client(StartTls::never);
    with_auth.implicit_tls = true;
    with_auth.auth = ClientAuth{"user", Secret("secret")};
    const Talk talk = live.loop.run(deliver(std::move(live.ends.client), std::move(with_auth), large_message(content)));
    expect_delivered(talk, live, "ESMTPSA");
    EXPECT_EQ(live.handler.kept[0].facts.authenticated_user, "user");
    EXPECT_THAT(talk.transcript, Not(HasSubstr("c2VjcmV0")));  // "secret"
    EXPECT_THAT(talk.transcript, Not(HasSubstr("AHVzZXIAc2VjcmV0")));
  }
}

TEST(ServerAndClient, WrongPasswordFailsAtAuth) {
  Live live(door_with_tls());
  ClientOptions with_auth = client(StartTls::required);
  with_auth.auth = ClientAuth{"user", Secret("wrong")};
  const Talk talk = live.loop.run(deliver(std::move(live.ends.client), std::move(with_auth), large_message("x\r\n")));
  ASSERT_FALSE(talk.started);
  EXPECT_EQ(talk.started.error().stage, Stage::auth);
  EXPECT_EQ(std::get<Refused>(talk.started.error().reason).reply.code, 535);
}

}  // namespace
}  // namespace sesame::smtp_session
