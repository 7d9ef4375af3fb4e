// STARTTLS, and what is not said without TLS.
#include "smtp_session/client_session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "smtp_session/testing/conversation.h"

namespace sesame::smtp_session {
namespace {

using testing::HasSubstr;

TEST(ClientSession, OctetsInjectedBehindTheReplyToStarttlsEndTheSession) {
  const Conversation run =
      run_against({{"", greeting}, {"EHLO", full_ehlo}, {"STARTTLS", "220 go\r\n250 injected\r\n"}},
                  {message_to({"a"})}, client_options(StartTls::opportunistic));
  EXPECT_TRUE(failed_with<ProtocolError>(run, Stage::starttls)) << only_failure(run);
}

TEST(ClientSession, RefusedStarttlsGoesOnOnlyWhenOpportunistic) {
  const std::vector<ScriptStep> script{{"", greeting}, {"EHLO", full_ehlo},  {"STARTTLS", "454 4.7.0 not now\r\n"},
                                       {"MAIL", ""},   {"RCPT", ""},         {"DATA", ok + ok + "354 go\r\n"},
                                       {".", ok},      {"QUIT", "221 b\r\n"}};
  const Conversation opportunistic = run_against(script, {message_to({"a"})}, client_options(StartTls::opportunistic));
  EXPECT_EQ(only_failure(opportunistic), "accepted");
  EXPECT_EQ(opportunistic.tls_problem, "454 4.7.0 not now");
  const std::vector<ScriptStep> short_script{
      {"", greeting}, {"EHLO", full_ehlo}, {"STARTTLS", "454 4.7.0 not now\r\n"}, {"QUIT", "221 b\r\n"}};
  const Conversation required = run_against(short_script, {message_to({"a"})}, client_options(StartTls::required));
  EXPECT_TRUE(failed_with<Refused>(required, Stage::starttls)) << only_failure(required);
  EXPECT_THAT(required.heard, HasSubstr("QUIT\r\n"));
}

TEST(ClientSession, RequiredStarttlsThatIsNotOfferedEndsTheSession) {
  const Conversation run = run_against({{"", greeting}, {"EHLO", plain_ehlo}, {"QUIT", "221 b\r\n"}},
                                       {message_to({"a"})}, client_options(StartTls::required));
  EXPECT_TRUE(failed_with<NotOffered>(run, Stage::starttls)) << only_failure(run);
}

// In TLS 1.3 our handshake is over before the server has judged it.
TEST(ClientSession, PeerThatHangsUpRightAfterTheHandshakeFailedAtStarttls) {
  const std::vector<ScriptStep> script{
      {"", greeting}, {"EHLO", full_ehlo}, {"STARTTLS", "220 go\r\n"}, {handshake, ""}};
  for (const StartTls wanted : {StartTls::opportunistic, StartTls::required}) {
    const Conversation run = run_against(script, {message_to({"a"})}, client_options(wanted));
    EXPECT_TRUE(failed_with<NetFailure>(run, Stage::starttls)) << only_failure(run);
    EXPECT_FALSE(run.usable);
  }
}

TEST(ClientSession, WhatComesAfterAnAnswerUnderTlsIsNoTroubleOfTls) {
  std::vector<ScriptStep> script{
      {"", greeting}, {"EHLO", full_ehlo}, {"STARTTLS", "220 go\r\n"}, {handshake, ""}, {"EHLO", "502 what?\r\n"}};
  const Conversation lost = run_against(script, {message_to({"a"})}, client_options(StartTls::opportunistic));
  EXPECT_TRUE(failed_with<NetFailure>(lost, Stage::ehlo)) << only_failure(lost);
  script.back().answer = "421 4.3.2 busy\r\n";
  const Conversation busy = run_against(script, {message_to({"a"})}, client_options(StartTls::opportunistic));
  EXPECT_TRUE(failed_with<Refused>(busy, Stage::ehlo)) << only_failure(busy);
}

TEST(ClientSession, PasswordIsNotSentInTheClearToAStranger) {
  ClientOptions options = client_options();
  options.auth = ClientAuth{"user", Secret("secret")};
  const Conversation run =
      run_against({{"", greeting}, {"EHLO", "250-mx\r\n250 AUTH PLAIN\r\n"}, {"QUIT", "221 b\r\n"}},
                  {message_to({"a"})}, std::move(options));
  EXPECT_TRUE(failed_with<NotOffered>(run, Stage::auth)) << only_failure(run);
  EXPECT_EQ(run.heard, "EHLO us.example\r\nQUIT\r\n");
}

}  // namespace
}  // namespace sesame::smtp_session
