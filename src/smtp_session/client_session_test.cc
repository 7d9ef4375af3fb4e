#include "smtp_session/client_session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "smtp_session/testing/conversation.h"

namespace sesame::smtp_session {
namespace {

using namespace std::chrono_literals;
using namespace std::string_view_literals;
using testing::HasSubstr;
using testing::Not;

TEST(ClientSession, PipelinesATransactionAndIsReadyForAnother) {
  std::vector<ScriptStep> script{{"", greeting}, {"EHLO us.example", full_ehlo}};
  for (int i = 0; i < 2; ++i) {
    // Nothing is answered before DATA was read: only a client that pipelines gets on.
    script.push_back({"MAIL FROM:<bounce@us.example> SIZE=23 BODY=8BITMIME\r\n", ""});
    script.push_back({"RCPT TO:<a@them.example>\r\n", ""});
    script.push_back({"RCPT TO:<b@them.example>\r\n", ""});
    script.push_back({"DATA\r\n", ok + ok + "550 5.1.1 no such user\r\n354 go on\r\n"});
    script.push_back({".", "250 2.6.0 queued as 1\r\n"});
  }
  script.push_back({"QUIT\r\n", "221 bye\r\n"});
  OutboundMessage message = message_to({"a", "b"});
  message.eight_bit = true;
  const Conversation run = run_against(script, {message, message});
  ASSERT_TRUE(run.started) << only_failure(run);
  EXPECT_TRUE(run.usable);
  EXPECT_THAT(run.heard, Not(HasSubstr("UNEXPECTED")));
  EXPECT_THAT(run.heard, HasSubstr("DATA\r\nSubject: x\r\n\r\n..hidden\r\n.\r\n"));
  ASSERT_EQ(run.outcomes.size(), 2U);
  for (const SendOutcome& outcome : run.outcomes) {
    ASSERT_TRUE(outcome.recipients[0]);
    EXPECT_EQ(outcome.recipients[0]->to_text(), "250 2.6.0 queued as 1");
    EXPECT_TRUE(failed_with<Refused>(outcome.recipients[1], Stage::rcpt));
    EXPECT_EQ(to_text(outcome.recipients[1].error()), "rcpt: 550 5.1.1 no such user");
  }
  EXPECT_THAT(run.transcript, HasSubstr("> MAIL FROM:<bounce@us.example> SIZE=23 BODY=8BITMIME\n"));
  EXPECT_THAT(run.transcript, HasSubstr("< 250 2.6.0 queued as 1\n"));
  EXPECT_THAT(run.transcript, Not(HasSubstr("hidden")));
}

TEST(ClientSession, APeerThatReportsIsToldTheNameOfTheEnvelope) {
  const std::vector<ScriptStep> script{
      {"", greeting},
      {"EHLO us.example", "250-mx.example\r\n250-PIPELINING\r\n250 DSN\r\n"},
      {"MAIL FROM:<bounce@us.example> RET=HDRS ENVID=id+2B1\r\n", ""},
      {"RCPT TO:<a@them.example> NOTIFY=FAILURE,DELAY ORCPT=rfc822;a@them.example\r\n", ""},
      {"DATA\r\n", ok + ok + "354 go on\r\n"},
      {".", "250 2.6.0 queued as 1\r\n"},
      {"QUIT\r\n", "221 bye\r\n"}};
  OutboundMessage message = message_to({"a"});
  message.envelope_id = "id+1";
  const Conversation run = run_against(script, {message});
  ASSERT_TRUE(run.started) << only_failure(run);
  EXPECT_THAT(run.heard, Not(HasSubstr("UNEXPECTED")));
  EXPECT_EQ(only_failure(run), "accepted");
}

TEST(ClientSession, EightBitContentIsNotForAPeerThatTakesSevenBits) {
  OutboundMessage message = message_to({"a"});
  message.eight_bit = true;
  const Conversation run =
      run_against({{"", greeting}, {"EHLO us.example", "250 mx.example\r\n"}, {"QUIT\r\n", "221 bye\r\n"}}, {message});
  EXPECT_EQ(only_failure(run), "mail: 8BITMIME is not offered");
  EXPECT_TRUE(run.usable);
  EXPECT_THAT(run.heard, Not(HasSubstr("MAIL")));
}

TEST(ClientSession, TraceFieldsStandInFrontAndCountForTheSize) {
  const std::vector<ScriptStep> script{{"", greeting},
                                       {"EHLO us.example", full_ehlo},
                                       {"MAIL FROM:<bounce@us.example> SIZE=29\r\n", ""},
                                       {"RCPT TO:<a@them.example>\r\n", ""},
                                       {"DATA\r\n", ok + ok + "354 go on\r\n"},
                                       {".", "250 2.6.0 queued as 1\r\n"},
                                       {"QUIT\r\n", "221 bye\r\n"}};
  OutboundMessage message = message_to({"a"});
  message.trace_fields = "X: y\r\n";
  const Conversation run = run_against(script, {message});
  ASSERT_TRUE(run.started) << only_failure(run);
  EXPECT_THAT(run.heard, Not(HasSubstr("UNEXPECTED")));
  EXPECT_THAT(run.heard, HasSubstr("DATA\r\nX: y\r\nSubject: x\r\n\r\n..hidden\r\n.\r\n"));
}

TEST(ClientSession, RepliesSplitAtEveryOctetGiveTheSameOutcome) {
  const std::vector<ScriptStep> script{
      {"", greeting}, {"EHLO", full_ehlo},
      {"MAIL", ""},   {"RCPT", ""},
      {"RCPT", ""},   {"DATA", "250-2.1.0 long\r\n250 2.1.0 winded\r\n250 ok\r\n451 4.7.1 greylisted\r\n354 go\r\n"},
      {".", ok},      {"QUIT", "221 bye\r\n"},
  };
  const Conversation whole = run_against(script, {message_to({"a", "b"})});
  std::size_t total = 0;
  for (const ScriptStep& step : script) total += step.answer.size();
  for (std::size_t at = 0; at < total; ++at) {
    const net::MemoryPipeOptions cut =
        at == 0 ? net::MemoryPipeOptions{.max_read = 1} : net::MemoryPipeOptions{.split_at = at};
    const Conversation run = run_against(script, {message_to({"a", "b"})}, client_options(), cut);
    ASSERT_TRUE(run.started) << at;
    EXPECT_TRUE(run.outcomes[0].recipients[0]) << at;
    EXPECT_TRUE(failed_with<Refused>(run.outcomes[0].recipients[1], Stage::rcpt)) << at;
    EXPECT_EQ(run.transcript, whole.transcript) << at;
  }
}

TEST(ClientSession, WithoutPipeliningWaitsForEachReply) {
  const Conversation run = run_against({{"", greeting},
                                        {"EHLO", plain_ehlo},
                                        {"MAIL FROM:<bounce@us.example>\r\n", ok},
                                        {"RCPT", "452 4.2.2 full\r\n"},
                                        {"RCPT", "251 2.1.5 will forward\r\n"},
                                        {"DATA", "354 go\r\n"},
                                        {".", ok},
                                        {"QUIT", "221 bye\r\n"}},
                                       {message_to({"a", "b"})});
  EXPECT_THAT(run.heard, Not(HasSubstr("UNEXPECTED")));
  EXPECT_TRUE(failed_with<Refused>(run.outcomes[0].recipients[0], Stage::rcpt));
  EXPECT_TRUE(run.outcomes[0].recipients[1]);
}

TEST(ClientSession, FallsBackToHeloAndOffersNothingThen) {
  const Conversation run = run_against({{"", greeting},
                                        {"EHLO", "502 5.5.1 what?\r\n"},
                                        {"HELO us.example\r\n", ok},
                                        {"MAIL FROM:<bounce@us.example>\r\n", ok},
                                        {"RCPT", ok},
                                        {"DATA", "354 go\r\n"},
                                        {".", ok},
                                        {"QUIT", "221 bye\r\n"}});
  EXPECT_EQ(only_failure(run), "accepted");
  EXPECT_THAT(run.heard, Not(HasSubstr("UNEXPECTED")));
}

TEST(ClientSession, GreetingsThatDoNotLetIn) {
  const Conversation closed = run_against({{"", "554 5.7.1 go away\r\n"}, {"QUIT", "221 bye\r\n"}});
  EXPECT_TRUE(failed_with<Refused>(closed, Stage::greeting));
  EXPECT_EQ(closed.heard, "QUIT\r\n");
  EXPECT_TRUE(failed_with<Refused>(run_against({{"", "421 4.3.2 busy\r\n"}}), Stage::greeting));
  EXPECT_TRUE(failed_with<ProtocolError>(run_against({{"", "HTTP/1.1 400 Bad Request\r\n\r\n"}}), Stage::greeting));
  EXPECT_TRUE(failed_with<NetFailure>(run_against({}), Stage::greeting));
}

TEST(ClientSession, ServerDroppingAfterEhlo) {
  EXPECT_TRUE(failed_with<NetFailure>(run_against({{"", greeting}, {"EHLO", ""}}), Stage::ehlo));
}

TEST(ClientSession, DisconnectInMailFrom) {
  const Conversation run = run_against({{"", greeting}, {"EHLO", plain_ehlo}, {"MAIL", ""}});
  EXPECT_TRUE(failed_with<NetFailure>(run, Stage::mail)) << only_failure(run);
  EXPECT_FALSE(run.usable);
}

TEST(ClientSession, TemporaryAndPermanentFailuresKeepTheirStageAndReply) {
  const Conversation mail =
      run_against({{"", greeting}, {"EHLO", plain_ehlo}, {"MAIL", "451 4.7.1 later\r\n"}, {"QUIT", "221 b\r\n"}});
  EXPECT_EQ(only_failure(mail), "mail: 451 4.7.1 later");
  EXPECT_TRUE(mail.usable);
  const Conversation data = run_against({{"", greeting},
                                         {"EHLO", plain_ehlo},
                                         {"MAIL", ok},
                                         {"RCPT", ok},
                                         {"DATA", "451 no\r\n"},
                                         {"QUIT", "221 b\r\n"}});
  EXPECT_EQ(only_failure(data), "data: 451 no");
  const Conversation dot = run_against({{"", greeting},
                                        {"EHLO", plain_ehlo},
                                        {"MAIL", ok},
                                        {"RCPT", ok},
                                        {"DATA", "354 go\r\n"},
                                        {".", "554 5.6.0 not like this\r\n"},
                                        {"QUIT", "221 b\r\n"}});
  EXPECT_EQ(only_failure(dot), "final_dot: 554 5.6.0 not like this");
  EXPECT_TRUE(dot.usable);
}

TEST(ClientSession, ShutDownReplyEndsTheSessionForEveryRecipient) {
  const Conversation run = run_against({{"", greeting},
                                        {"EHLO", full_ehlo},
                                        {"MAIL", ""},
                                        {"RCPT", ""},
                                        {"RCPT", ""},
                                        {"DATA", ok + "421 4.3.2 shutting down\r\n"}},
                                       {message_to({"a", "b"}), message_to({"c"})});
  EXPECT_FALSE(run.usable);
  EXPECT_EQ(to_text(run.outcomes[0].recipients[0].error()), "rcpt: 421 4.3.2 shutting down");
  EXPECT_EQ(to_text(run.outcomes[0].recipients[1].error()), "rcpt: 421 4.3.2 shutting down");
  EXPECT_TRUE(failed_with<NetFailure>(run.outcomes[1].recipients[0], Stage::mail));
}

TEST(ClientSession, PipelinedDataWithoutRecipientsIsEndedAndTheTransactionReset) {
  const std::string refused_all = ok + "550 a\r\n550 b\r\n";
  const Conversation refused = run_against({{"", greeting},
                                            {"EHLO", full_ehlo},
                                            {"MAIL", ""},
                                            {"RCPT", ""},
                                            {"RCPT", ""},
                                            {"DATA", refused_all + "554 5.5.1 no valid recipients\r\n"},
                                            {"RSET\r\n", ok},
                                            {"MAIL", ""},
                                            {"RCPT", ""},
                                            {"DATA", ok + ok + "354 go\r\n"},
                                            {".", ok},
                                            {"QUIT", "221 b\r\n"}},
                                           {message_to({"a", "b"}), message_to({"c"})});
  EXPECT_THAT(refused.heard, Not(HasSubstr("UNEXPECTED")));
  EXPECT_EQ(to_text(refused.outcomes[0].recipients[1].error()), "rcpt: 550 b");
  EXPECT_TRUE(refused.outcomes[1].recipients[0]);

  const Conversation taken = run_against({{"", greeting},
                                          {"EHLO", full_ehlo},
                                          {"MAIL", ""},
                                          {"RCPT", ""},
                                          {"RCPT", ""},
                                          {"DATA", refused_all + "354 go\r\n"},
                                          {".\r\n", "554 5.5.1 no valid recipients\r\n"},
                                          {"MAIL", ""},
                                          {"RCPT", ""},
                                          {"DATA", ok + ok + "354 go\r\n"},
                                          {".", ok},
                                          {"QUIT", "221 b\r\n"}},
                                         {message_to({"a", "b"}), message_to({"c"})});
  EXPECT_THAT(taken.heard, Not(HasSubstr("UNEXPECTED")));
  EXPECT_EQ(to_text(taken.outcomes[0].recipients[0].error()), "rcpt: 550 a");
  EXPECT_TRUE(taken.outcomes[1].recipients[0]);
}

// RFC 5321 §4.1.1.5 knows no such reply. Whatever it means, it says nothing about the message that was to come.
TEST(ClientSession, RefusedResetIsAboutTheSessionAndNotAboutTheNextMessage) {
  for (const char* refusal : {"554 5.7.1 go away\r\n", "451 4.3.0 not now\r\n", "354 go\r\n", "421 4.3.2 bye\r\n"}) {
    const Conversation run = run_against({{"", greeting},
                                          {"EHLO", plain_ehlo},
                                          {"MAIL", ok},
                                          {"RCPT", "550 5.1.1 no\r\n"},
                                          {"RSET\r\n", refusal},
                                          {"QUIT", "221 b\r\n"}},
                                         {message_to({"a"}), message_to({"b", "c"})});
    ASSERT_EQ(run.outcomes.size(), 2U) << refusal;
    EXPECT_TRUE(failed_with<Refused>(run.outcomes[0].recipients[0], Stage::rcpt)) << refusal;
    for (const auto& outcome : run.outcomes[1].recipients) {
      EXPECT_TRUE(failed_with<ProtocolError>(outcome, Stage::mail)) << refusal;
      EXPECT_THAT(to_text(outcome.error()), HasSubstr("RSET refused: "));
    }
    EXPECT_FALSE(run.usable) << refusal;
    EXPECT_THAT(run.heard, Not(HasSubstr("UNEXPECTED")));
  }
}

TEST(ClientSession, LossBeforeTheFinalDotIsCertainAndAfterItIsNot) {
  std::vector<ScriptStep> script{{"", greeting}, {"EHLO", plain_ehlo}, {"MAIL", ok}, {"RCPT", ok}, {"DATA", ""}};
  const Conversation before = run_against(script);
  EXPECT_TRUE(failed_with<NetFailure>(before, Stage::data)) << only_failure(before);
  script.back().answer = "354 go\r\n";
  script.push_back({".", "25"});
  const Conversation after_dot = run_against(script);
  EXPECT_TRUE(failed_with<UncertainAfterFinalDot>(after_dot, Stage::final_dot)) << only_failure(after_dot);
  EXPECT_FALSE(after_dot.usable);
}

TEST(ClientSession, SilenceTimesOutAtItsStage) {
  ClientOptions hurried = client_options();
  hurried.timeouts.greeting = 10ms;
  const Conversation silent = run_against({{hang_on, ""}}, {message_to({"a"})}, std::move(hurried));
  EXPECT_TRUE(failed_with<NetFailure>(silent, Stage::greeting));
  EXPECT_THAT(only_failure(silent), HasSubstr("timed_out"));

  hurried = client_options();
  hurried.timeouts.final_dot = 10ms;
  const Conversation no_verdict = run_against(
      {{"", greeting}, {"EHLO", plain_ehlo}, {"MAIL", ok}, {"RCPT", ok}, {"DATA", "354 go\r\n"}, {hang_on, ""}},
      {message_to({"a"})}, std::move(hurried));
  EXPECT_TRUE(failed_with<UncertainAfterFinalDot>(no_verdict, Stage::final_dot)) << only_failure(no_verdict);
}

TEST(ClientSession, RepliesThatMakeNoSenseEndTheSession) {
  const Conversation run =
      run_against({{"", greeting}, {"EHLO", plain_ehlo}, {"MAIL", ok}, {"RCPT", ok}, {"DATA", ok}});
  EXPECT_TRUE(failed_with<ProtocolError>(run, Stage::data)) << only_failure(run);
  EXPECT_FALSE(run.usable);
}

TEST(ClientSession, IntermediateReplyToRcptSettlesEveryRecipient) {
  const Conversation run = run_against({{"", greeting}, {"EHLO", plain_ehlo}, {"MAIL", ok}, {"RCPT", "354 go\r\n"}},
                                       {message_to({"a", "b"})});
  EXPECT_TRUE(failed_with<ProtocolError>(run.outcomes[0].recipients[0], Stage::rcpt));
  EXPECT_TRUE(failed_with<ProtocolError>(run.outcomes[0].recipients[1], Stage::rcpt));
  EXPECT_FALSE(run.usable);
}

TEST(ClientSession, WhatThePeerCannotTakeIsNotTried) {
  const std::vector<ScriptStep> script{{"", greeting}, {"EHLO", full_ehlo}, {"QUIT", "221 b\r\n"}};
  OutboundMessage international = message_to({"a"});
  international.smtputf8 = true;
  EXPECT_TRUE(failed_with<NotOffered>(run_against(script, {international}), Stage::mail));
  const std::string large_content = std::string(1001, 'x') + "\r\n";
  OutboundMessage too_large = message_to({"a"});
  too_large.content = large_content;
  EXPECT_TRUE(failed_with<NotOffered>(run_against(script, {too_large}), Stage::mail));
  for (const std::string_view bad : {"a\nb\r\n"sv, "a\rb\r\n"sv, "no end"sv, "a\0\r\n"sv}) {
    OutboundMessage unfit = message_to({"a"});
    unfit.content = bad;
    const Conversation run = run_against(script, {unfit});
    EXPECT_TRUE(failed_with<Unsendable>(run, Stage::data)) << only_failure(run);
    EXPECT_TRUE(run.usable);
  }
}

TEST(ClientSession, ManyRecipientsGoInGroups) {
  std::vector<std::string> local_parts;
  std::vector<ScriptStep> script{{"", greeting}, {"EHLO", full_ehlo}, {"MAIL", ok}};
  for (int i = 0; i < 120; ++i) {
    local_parts.push_back(fmt::format("u{}", i));
    script.push_back({fmt::format("RCPT TO:<u{}@", i), i % 2 == 0 ? ok : "550 odd\r\n"});
  }
  script.push_back({"DATA", "354 go\r\n"});
  script.push_back({".", ok});
  script.push_back({"QUIT", "221 b\r\n"});
  const Conversation run = run_against(script, {message_to(local_parts)});
  EXPECT_THAT(run.heard, Not(HasSubstr("UNEXPECTED")));
  for (std::size_t i = 0; i < 120; ++i) EXPECT_EQ(run.outcomes[0].recipients[i].has_value(), i % 2 == 0) << i;
}

}  // namespace
}  // namespace sesame::smtp_session
