#include "message/address_list.h"

#include <gtest/gtest.h>

namespace sesame::message {
namespace {

using enum AddressProblem;

// "name|local@domain" for each mailbox, or the error.
std::vector<std::string> read(std::string_view value) {
  const auto list = parse_address_list(value);
  if (!list) return {fmt::format("{} at {}", describe(list.error().problem), list.error().position)};
  std::vector<std::string> out;
  for (const Mailbox& m : *list) out.push_back(m.display_name + "|" + to_wire(m.address));
  return out;
}
using Mailboxes = std::vector<std::string>;

TEST(AddressList, ReadsRfc5322Examples) {
  EXPECT_EQ(read("Mary Smith <mary@x.test>, jdoe@example.org, Who? <one@y.test>"),
            (Mailboxes{"Mary Smith|mary@x.test", "|jdoe@example.org", "Who?|one@y.test"}));
  EXPECT_EQ(read("<boss@nil.test>, \"Giant; \\\"Big\\\" Box\" <sysservices@example.net>"),
            (Mailboxes{"|boss@nil.test", "Giant; \"Big\" Box|sysservices@example.net"}));
  EXPECT_EQ(read("A Group:Ed Jones <c@a.test>,joe@where.test,John <jdoe@one.test>;"),
            (Mailboxes{"Ed Jones|c@a.test", "|joe@where.test", "John|jdoe@one.test"}));
  EXPECT_EQ(read("Undisclosed recipients:;"), Mailboxes{});
  EXPECT_EQ(read("Pete(A nice \\) chap) <pete(his account)@silly.test(his host)>"), Mailboxes{"Pete|pete@silly.test"});
  EXPECT_EQ(read("(Empty list)(start)Hidden recipients  :(nobody(that I know))  ;"), Mailboxes{});
  EXPECT_EQ(read("Joe Q. Public <john.q.public@example.com>"), Mailboxes{"Joe Q. Public|john.q.public@example.com"});
  EXPECT_EQ(read("Mary Smith <@node.test:mary@example.net>, , jdoe@test  . example"),
            (Mailboxes{"Mary Smith|mary@example.net", "|jdoe@test.example"}));
}

TEST(AddressList, FoldingIsABlank) {
  EXPECT_EQ(read(" Mary\r\n Smith\r\n\t<mary@x.test>,\r\n joe@x.test"),
            (Mailboxes{"Mary Smith|mary@x.test", "|joe@x.test"}));
  EXPECT_EQ(read("\"Mary\r\n Smith\" <mary@x.test>"), Mailboxes{"Mary Smith|mary@x.test"});
  EXPECT_EQ(read("a@x.test\r\nb@x.test"), Mailboxes{"Illegal address at 8"});
}

TEST(AddressList, DecodesEncodedWordsInPhrasesOnly) {
  EXPECT_EQ(read("=?ISO-8859-1?Q?Andr=E9?= Pirard <p@x.test>"), Mailboxes{"Andr\xc3\xa9 Pirard|p@x.test"});
  EXPECT_EQ(read("=?utf-8?q?a?= =?utf-8?q?b?= <p@x.test>"), Mailboxes{"ab|p@x.test"});
  EXPECT_EQ(read("=?utf-8?q?Doe,_John_(x)?= <p@x.test>"), Mailboxes{"Doe, John (x)|p@x.test"});
  EXPECT_EQ(read("\"=?utf-8?q?a?=\" <p@x.test>"), Mailboxes{"=?utf-8?q?a?=|p@x.test"});
  EXPECT_EQ(read("=?utf-8?q?a=0D=0ABcc:_x?= <p@x.test>"), Mailboxes{"a  Bcc: x|p@x.test"});
}

TEST(AddressList, CommentBesideABareAddressIsItsName) {
  EXPECT_EQ(read("j@x.test (John =?utf-8?q?D=C3=B6?=)"), Mailboxes{"John D\xc3\xb6|j@x.test"});
  EXPECT_EQ(read("j@x.test (John), k@x.test"), (Mailboxes{"John|j@x.test", "|k@x.test"}));
}

TEST(AddressList, RawUtf8MayStandInNamesNotInAddresses) {
  EXPECT_EQ(read("J\xc3\xb6rg \xff <j@x.test>"), Mailboxes{"J\xc3\xb6rg \xef\xbf\xbd|j@x.test"});
  EXPECT_EQ(read("j\xc3\xb6@x.test"), Mailboxes{"Local address contains control or whitespace at 0"});
  EXPECT_EQ(read("j@x\xc3\xb6.test"), Mailboxes{"Domain contains illegal character at 2"});
}

TEST(AddressList, ErrorsSayWhatAndWhere) {
  struct Case {
    std::string text;
    AddressProblem problem;
    std::size_t position;
  };
  for (const Case& c : {Case{"user", missing_at, 4},
                        {"a@x.test, user", missing_at, 14},
                        {"Jane <jane>", missing_at, 10},
                        {"<>", empty, 1},
                        {"Jane Doe", local_part_blank, 4},
                        {"jane doe@x.test", local_part_blank, 5},
                        {"@x.test", missing_local_part, 0},
                        {"a@", missing_domain, 2},
                        {"a@x.test b@x.test", illegal, 9},
                        {"a@x.test; b@x.test", illegal, 8},
                        {"<a@x.test", unterminated, 0},
                        {"\"a@x.test", unterminated, 9},
                        {"a@x.test (b", unterminated, 11},
                        {"g: a@x.test", unterminated, 11},
                        {"g: h: a@x.test;;", illegal, 4},
                        {"a@b@x.test", illegal, 3},
                        {std::string("a\0@x.test", 9), local_part_blank, 1},
                        {"[x] <a@x.test>", illegal, 0}}) {
    const auto list = parse_address_list(c.text);
    ASSERT_FALSE(list) << c.text;
    EXPECT_EQ(list.error(), (AddressError{c.problem, c.position})) << c.text << ": " << describe(list.error().problem);
  }
}

TEST(AddressList, MailboxListsKnowNoGroupsAndAreNotEmpty) {
  EXPECT_EQ(parse_mailbox_list("").error().problem, empty);
  EXPECT_EQ(parse_mailbox_list(" , ").error().problem, empty);
  EXPECT_EQ(parse_mailbox_list("g: a@x.test;").error().problem, illegal);
  EXPECT_EQ(parse_mailbox_list("a@x.test, b@x.test")->size(), 2u);
  EXPECT_EQ(parse_mailbox("a@x.test, b@x.test").error().problem, illegal);
  EXPECT_EQ(parse_mailbox("A <a@x.test>")->display_name, "A");
}

TEST(AddressList, LengthIsBounded) {
  std::string value;
  for (std::size_t i = 0; i < max_list_mailboxes; ++i) value += "a@x.test,";
  EXPECT_EQ(parse_address_list(value)->size(), max_list_mailboxes);
  EXPECT_EQ(parse_address_list(value + "a@x.test").error().problem, too_many_addresses);
}

TEST(AddressList, DeepCommentsCostNoStack) {
  const std::string open(200'000, '('), close(200'000, ')');
  EXPECT_EQ(read(open + close + "a@x.test").size(), 1u);
  EXPECT_EQ(parse_address_list(open).error().problem, unterminated);
}

TEST(AddressList, WhatIsWrittenIsReadBack) {
  const AddressSpec address{"j", "x.test"};
  struct Case {
    const char *name, *written;
  };
  for (const Case& c : {Case{"", "j@x.test"},
                        {"Jane Doe", "Jane Doe <j@x.test>"},
                        {"Doe, J.", "\"Doe, J.\" <j@x.test>"},
                        {"say \"hi\\\"", "\"say \\\"hi\\\\\\\"\" <j@x.test>"},
                        {" two  blanks ", "\" two  blanks \" <j@x.test>"},
                        {"J\xc3\xb6rg", "=?UTF-8?B?SsO2cmc=?= <j@x.test>"},
                        {"=?utf-8?q?a?=", "=?UTF-8?B?PT91dGYtOD9xP2E/PQ==?= <j@x.test>"}}) {
    EXPECT_EQ(format_mailbox({c.name, address}), c.written);
    EXPECT_EQ(parse_mailbox(c.written), (Mailbox{c.name, address})) << c.written;
  }
  const std::vector<Mailbox> two{{"A", address}, {"", address}};
  EXPECT_EQ(format_mailbox_list(two), "A <j@x.test>, j@x.test");
}

}  // namespace
}  // namespace sesame::message
