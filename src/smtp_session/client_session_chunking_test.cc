// Sending by BDAT (RFC 3030).
#include "smtp_session/client_session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "smtp_session/testing/conversation.h"

namespace sesame::smtp_session {
namespace {

using namespace std::string_view_literals;
using testing::HasSubstr;
using testing::Not;

const std::string chunking_ehlo = "250-mx.example\r\n250-PIPELINING\r\n250 CHUNKING\r\n";

TEST(ClientSession, WhereChunkingIsOfferedTheContentGoesAsItIs) {
  std::vector<ScriptStep> script{{"", greeting}, {"EHLO", chunking_ehlo}};
  for (int i = 0; i < 2; ++i) {
    script.push_back({"MAIL", ""});
    script.push_back({"RCPT", ""});
    script.push_back({"RCPT", ok + "550 5.1.1 no such user\r\n" + ok});
    script.push_back({"BDAT 29 LAST\r\n", ""});
    script.push_back({"octets 29", "250 2.6.0 29 octets\r\n"});
  }
  script.push_back({"QUIT\r\n", "221 bye\r\n"});
  OutboundMessage message = message_to({"a", "b"});
  message.trace_fields = "X: y\r\n";
  const Conversation run = run_against(script, {message, message});
  EXPECT_TRUE(run.usable);
  EXPECT_THAT(run.heard, Not(HasSubstr("UNEXPECTED")));
  EXPECT_THAT(run.heard, HasSubstr("BDAT 29 LAST\r\nX: y\r\nSubject: x\r\n\r\n.hidden\r\n"));
  ASSERT_EQ(run.outcomes.size(), 2U);
  EXPECT_TRUE(failed_with<Refused>(run.outcomes[1].recipients[0], Stage::rcpt));
  ASSERT_TRUE(run.outcomes[1].recipients[1]);
  EXPECT_EQ(run.outcomes[1].recipients[1]->to_text(), "250 2.6.0 29 octets");
  EXPECT_THAT(run.transcript, Not(HasSubstr("hidden")));
}

TEST(ClientSession, LargeContentGoesByChunkToo) {
  OutboundMessage message = message_to({"a"});
  const std::string large = "Subject: x\r\n\r\n" + [] {
    std::string lines;
    for (int i = 0; i < 5000; ++i) lines += ".a line of sixteen\r\n";
    return lines;
  }();
  message.content = large;
  const std::string size = std::to_string(large.size());
  const Conversation run = run_against({{"", greeting},
                                        {"EHLO", chunking_ehlo},
                                        {"MAIL", ""},
                                        {"RCPT", ok + ok},
                                        {"BDAT " + size + " LAST\r\n", ""},
                                        {"octets " + size, ok},
                                        {"QUIT", "221 bye\r\n"}},
                                       {message});
  EXPECT_EQ(only_failure(run), "accepted");
  EXPECT_THAT(run.heard, HasSubstr(large));
}

TEST(ClientSession, WithoutARecipientNoChunkIsSentAndARefusedOneIsReset) {
  const Conversation run = run_against({{"", greeting},
                                        {"EHLO", chunking_ehlo},
                                        {"MAIL", ""},
                                        {"RCPT", ok + "550 5.1.1 no such user\r\n"},
                                        {"RSET\r\n", ok},
                                        {"MAIL", ""},
                                        {"RCPT", ok + ok},
                                        {"BDAT 23 LAST\r\n", ""},
                                        {"octets 23", "552 5.3.4 too large\r\n"},
                                        {"RSET\r\n", ok},
                                        {"MAIL", ""},
                                        {"RCPT", ok + ok},
                                        {"BDAT 23 LAST\r\n", ""},
                                        {"octets 23", ok},
                                        {"QUIT", "221 bye\r\n"}},
                                       {message_to({"a"}), message_to({"a"}), message_to({"a"})});
  EXPECT_THAT(run.heard, Not(HasSubstr("UNEXPECTED")));
  ASSERT_EQ(run.outcomes.size(), 3U);
  EXPECT_TRUE(failed_with<Refused>(run.outcomes[0].recipients[0], Stage::rcpt));
  EXPECT_TRUE(failed_with<Refused>(run.outcomes[1].recipients[0], Stage::final_dot));
  EXPECT_TRUE(run.outcomes[2].recipients[0]);
}

TEST(ClientSession, WhatCannotBeSentByDataCannotBeSentByChunkEither) {
  for (const auto content : {"bare\nLF\r\n"sv, "bare\rCR\r\n"sv, "nul\0\r\n"sv, "no end"sv, "half an end\r"sv}) {
    OutboundMessage message = message_to({"a"});
    message.content = content;
    const Conversation run = run_against({{"", greeting}, {"EHLO", chunking_ehlo}, {"QUIT", "221 bye\r\n"}}, {message});
    EXPECT_TRUE(failed_with<Unsendable>(run, Stage::data)) << content;
    EXPECT_THAT(run.heard, Not(HasSubstr("MAIL")));
  }
}

TEST(ClientSession, AConnectionLostAfterTheChunkLeavesItUncertain) {
  const Conversation run = run_against({{"", greeting},
                                        {"EHLO", chunking_ehlo},
                                        {"MAIL", ""},
                                        {"RCPT", ok + ok},
                                        {"BDAT 23 LAST\r\n", ""},
                                        {"octets 23", ""}});
  EXPECT_TRUE(failed_with<UncertainAfterFinalDot>(run, Stage::final_dot));
}

}  // namespace
}  // namespace sesame::smtp_session
