#include "message/header_section.h"

#include <gtest/gtest.h>

namespace sesame::message {
namespace {

TEST(HeaderSection, FieldsAreViewsInOrderOfAppearance) {
  const std::string octets = "From: a@example.com\r\nSubject: one\r\n two\r\nX-Empty:\r\n\r\nbody\r\n";
  const ParsedMessage m = parse_message(octets);
  ASSERT_EQ(m.fields.size(), 3u);
  EXPECT_EQ(m.fields[0].name, "From");
  EXPECT_EQ(m.fields[1].raw, "Subject: one\r\n two\r\n");
  EXPECT_EQ(m.fields[1].value, " one\r\n two");
  EXPECT_EQ(m.fields[2].value, "");
  EXPECT_EQ(m.body, "body\r\n");
  EXPECT_EQ(m.header_section, octets.substr(0, octets.find("\r\n\r\n") + 2));
  EXPECT_EQ(m.fields[0].raw.data(), octets.data());
  EXPECT_FALSE(m.malformed_at);
}

TEST(HeaderSection, BareLineFeedsEndLinesToo) {
  const ParsedMessage m = parse_message("A: 1\n 2\nB: 3\n\nbody\n");
  ASSERT_EQ(m.fields.size(), 2u);
  EXPECT_EQ(m.fields[0].value, " 1\n 2");
  EXPECT_EQ(m.body, "body\n");
}

TEST(HeaderSection, BlanksBeforeTheColonAreNotPartOfTheName) {
  const ParsedMessage m = parse_message("Subject \t: x\r\n\r\n");
  ASSERT_EQ(m.fields.size(), 1u);
  EXPECT_EQ(m.fields[0].name, "Subject");
  EXPECT_EQ(m.fields[0].value, " x");
}

TEST(HeaderSection, WhatCannotBeAFieldBeginsTheBody) {
  struct Case {
    const char* octets;
    std::size_t fields, malformed_at;
    const char* body;
  };
  for (const Case& c : {Case{"A: 1\r\nnot a field\r\nB: 2\r\n", 1, 6, "not a field\r\nB: 2\r\n"},
                        Case{" starts folded\r\nA: 1\r\n", 0, 0, " starts folded\r\nA: 1\r\n"},
                        Case{": no name\r\n", 0, 0, ": no name\r\n"},
                        Case{"From a@b.c Mon 10:00:00\r\nA: 1\r\n", 0, 0, "From a@b.c Mon 10:00:00\r\nA: 1\r\n"},
                        Case{"N\xc3\xa4me: 1\r\n", 0, 0, "N\xc3\xa4me: 1\r\n"}}) {
    const ParsedMessage m = parse_message(c.octets);
    EXPECT_EQ(m.fields.size(), c.fields) << c.octets;
    EXPECT_EQ(m.malformed_at, c.malformed_at) << c.octets;
    EXPECT_EQ(m.body, c.body);
  }
}

TEST(HeaderSection, EndOfInputEndsTheLastField) {
  const ParsedMessage m = parse_message("A: 1\r\nB: 2");
  ASSERT_EQ(m.fields.size(), 2u);
  EXPECT_EQ(m.fields[1].value, " 2");
  EXPECT_EQ(m.body, "");
  EXPECT_TRUE(parse_message("").fields.empty());
  EXPECT_EQ(parse_message("\r\nbody").body, "body");
}

TEST(HeaderSection, TooManyFieldsAreReportedNotStored) {
  std::string octets;
  for (std::size_t i = 0; i <= max_header_fields; ++i) octets += "a:\n";
  const ParsedMessage m = parse_message(octets);
  EXPECT_EQ(m.fields.size(), max_header_fields);
  EXPECT_EQ(m.malformed_at, 3 * max_header_fields);
}

TEST(HeaderSection, LookUpIgnoresCase) {
  const ParsedMessage m = parse_message("To: a\r\nTO: b\r\nCc: c\r\n\r\n");
  EXPECT_EQ(m.first("tO")->value, " a");
  EXPECT_EQ(m.first("Bcc"), nullptr);
  EXPECT_EQ(m.count("to"), 2u);
  ASSERT_EQ(m.all("to").size(), 2u);
  EXPECT_EQ(m.all("to")[1]->value, " b");
}

TEST(HeaderSection, UnfoldingKeepsTheBlankAndDropsTheLineEnd) {
  EXPECT_EQ(unfold(" one\r\n two\r\n\tthree "), "one two\tthree");
  EXPECT_EQ(unfold(" one\n two"), "one two");
  EXPECT_EQ(unfold("a\rb"), "a\rb");
  EXPECT_EQ(unfold(" \r\n "), "");
}

}  // namespace
}  // namespace sesame::message
