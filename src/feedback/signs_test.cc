// Every row of the tables under rules/.
#include "feedback/signs.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/text.h"
#include "feedback/address_scan.h"
#include "replies/phrase_table.h"

namespace sesame::feedback {
namespace {

std::vector<std::size_t> rows_met(std::span<const SignRule> rules, std::string_view text) {
  std::vector<std::string_view> phrases;
  for (const SignRule& rule : rules) phrases.push_back(rule.phrase);
  return replies::PhraseTable(phrases).all_matches(replies::fold(text, 1000));
}

TEST(SubjectRules, EachExampleMeetsItsRowAndItsSign) {
  const auto rules = subject_rules();
  for (std::size_t row = 0; row < rules.size(); ++row) {
    const auto met = rows_met(rules, rules[row].example);
    EXPECT_TRUE(std::ranges::count(met, row) == 1) << rules[row].example;
    EXPECT_EQ(subject_sign(rules[row].example), rules[row].sign) << rules[row].example;
  }
}

TEST(SentenceRulesOfNotices, EachExampleMeetsItsRow) {
  const auto rules = sentence_rules();
  for (std::size_t row = 0; row < rules.size(); ++row) {
    const auto met = rows_met(rules, rules[row].example);
    EXPECT_TRUE(std::ranges::count(met, row) == 1) << rules[row].example;
  }
}

TEST(Tables, AreWrittenFolded) {
  for (const auto rules : {subject_rules(), sentence_rules()}) {
    for (const SignRule& rule : rules) EXPECT_EQ(replies::fold(rule.phrase, 1000), rule.phrase);
  }
  for (const auto phrases : {daemon_names(), returned_message_marks()}) {
    for (const std::string_view phrase : phrases) EXPECT_EQ(replies::fold(phrase, 1000), phrase);
  }
}

TEST(Daemons, AreKnownByMailboxOrName) {
  for (const std::string_view mailbox : daemon_mailboxes()) {
    EXPECT_EQ(ascii_lower(mailbox), mailbox);
    EXPECT_TRUE(is_daemon(std::string(mailbox) + "@example.net", "")) << mailbox;
  }
  for (const std::string_view name : daemon_names()) EXPECT_TRUE(is_daemon("x@example.net", name)) << name;
  EXPECT_TRUE(is_daemon("Mailer-Daemon@example.net", ""));
  EXPECT_FALSE(is_daemon("ann.postmaster@example.net", "Ann"));
}

TEST(ReturnedMessage, BeginsAtAMarkOrATraceField) {
  for (const std::string_view mark : returned_message_marks()) {
    std::string line(mark);
    if (line.starts_with('^')) line.erase(0, 1);
    EXPECT_TRUE(begins_returned_message(line)) << mark;
    EXPECT_FALSE(begins_returned_message(line + std::string(200, 'x'))) << "a line of its own: " << mark;
  }
  for (const char* field : {"Received: from x", "Return-Path: <>", ">Received: from x", "Message-ID: <1@x>"})
    EXPECT_TRUE(begins_returned_message(field)) << field;
  for (const char* text : {"Subject: x", "To: bob@example.net", "We received: nothing", ""})
    EXPECT_FALSE(begins_returned_message(text)) << text;
}

TEST(ReplySubject, IsAnAnswerOrForwarded) {
  for (const char* subject : {"Re: x", "RE: x", "Fwd: x", "AW: x", "回复: x"}) EXPECT_TRUE(is_reply_subject(subject));
  for (const char* subject : {"Returned mail", "Report", ""}) EXPECT_FALSE(is_reply_subject(subject));
}

TEST(FindAddresses, TakesWhatIsOneAndNoMore) {
  const auto found = [](std::string_view text) {
    std::string all;
    for (const FoundAddress& one : find_addresses(text, 10)) all += one.address + " ";
    return all;
  };
  EXPECT_EQ(found("could not be delivered to ann@example.com."), "ann@example.com ");
  EXPECT_EQ(found("<ann@example.com>: no, 'bob@example.org'; mailto:eve@example.net"),
            "ann@example.com bob@example.org eve@example.net ");
  EXPECT_EQ(found("dda:SMTP=ann@example.COM; on"), "ann@example.COM ");
  EXPECT_EQ(found("<\"a b\"@example.com> x..y@example.jp a@[192.0.2.1]"),
            "\"a b\"@example.com x..y@example.jp a@[192.0.2.1] ");
  EXPECT_EQ(found("bounce+ann=example.org@example.com"), "bounce+ann=example.org@example.com ");
  EXPECT_EQ(found("@ a@ @b a @ b \"@x"), "");
  const auto spans = find_addresses("x <a@b.example> y", 10);
  ASSERT_EQ(spans.size(), 1u);
  EXPECT_EQ(spans[0].begin, 2u);
  EXPECT_EQ(spans[0].end, 15u);
}

TEST(FindAddresses, StopsWhereAScriptWithoutBlanksBegins) {
  const auto found = [](std::string_view text) {
    const auto all = find_addresses(text, 10);
    return all.size() == 1 ? all.front().address : std::to_string(all.size()) + " addresses";
  };
  EXPECT_EQ(found("收件人bob@example.net不存在"), "bob@example.net");
  EXPECT_EQ(found("收件人：bob@example.net。"), "bob@example.net");
  EXPECT_EQ(found("받는사람bob@example.net에게"), "bob@example.net");
  EXPECT_EQ(found("“bob@example.net”"), "bob@example.net");
  // Addresses of such scripts, and mixed ones where brackets say what belongs to them.
  EXPECT_EQ(found("：用户@例子.公司"), "用户@例子.公司");
  EXPECT_EQ(found("<店a@例x.example>"), "店a@例x.example");
  EXPECT_EQ(found("jörg@bücher.example"), "jörg@bücher.example");
  EXPECT_EQ(found("\xe3@\xe3 \xe2\x80"), "\xe3@\xe3");  // broken UTF-8 is no reason to read on
}

}  // namespace
}  // namespace sesame::feedback
