#include "message/encoded_word.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <map>

#include "base/random.h"
#include "base/testing/corpora.h"
#include "base/text.h"
#include "message/charset.h"
#include "message/header_section.h"

namespace sesame::message {
namespace {

TEST(EncodedWord, DecodesRfc2047Examples) {
  struct Case {
    const char *encoded, *decoded;
  };
  for (const Case& c : {Case{"=?ISO-8859-1?Q?a?=", "a"},
                        {"=?ISO-8859-1?Q?a?= b", "a b"},
                        {"=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=", "ab"},
                        {"=?ISO-8859-1?Q?a?=  \r\n  =?ISO-8859-1?Q?b?=", "ab"},
                        {"=?ISO-8859-1?Q?a_b?=", "a b"},
                        {"=?ISO-8859-1?Q?a?= =?ISO-8859-2?Q?_b?=", "a b"},
                        {"=?US-ASCII*EN?Q?Keith_Moore?=", "Keith Moore"},
                        {"=?ISO-8859-1?B?SWYgeW91IGNhbiByZWFkIHRoaXMgeW8=?=", "If you can read this yo"},
                        {"=?iso-8859-8?b?7eXs+Q==?=", "\xd7\x9d\xd7\x95\xd7\x9c\xd7\xa9"}}) {
    EXPECT_EQ(decode_encoded_words(c.encoded), c.decoded) << c.encoded;
  }
}

TEST(EncodedWord, ACharacterSplitBetweenWordsIsWholeAgain) {
  EXPECT_EQ(decode_encoded_words("=?UTF-8?Q?=C3?= =?UTF-8?Q?=A9?="), "\xc3\xa9");
}

TEST(EncodedWord, WhatIsNoEncodedWordStaysAsWritten) {
  for (const char* text : {"=", "=?", "=?utf-8?", "=?utf-8?Q?a b?=", "=?utf-8?X?a?=", "=?utf-8?Q?a", "=??Q?a?=",
                           "a ?= b", "=?no-such-charset?Q?a?= =?no-such-charset?Q?b?=", "=?../x//y?Q?a?="}) {
    EXPECT_EQ(decode_encoded_words(text), text);
  }
  EXPECT_EQ(decode_encoded_words("=?utf-8?q?a?= \t"), "a \t");
}

TEST(EncodedWord, ControlsOutOfWordsBecomeBlanks) {
  EXPECT_EQ(decode_encoded_words("=?utf-8?q?a=0D=0ATo:_b=00?="), "a  To: b ");
}

TEST(EncodedWord, TakesTheShorterEncoding) {
  EXPECT_EQ(encode_words("caf\xc3\xa9 au lait"), "=?UTF-8?Q?caf=C3=A9_au_lait?=");
  EXPECT_EQ(encode_words("\xd0\xbc\xd0\xb8\xd1\x80"), "=?UTF-8?B?0LzQuNGA?=");
}

TEST(EncodedWord, PlainTextStaysPlainUnlessItLooksEncoded) {
  EXPECT_EQ(encode_unstructured("Hello, world"), "Hello, world");
  EXPECT_EQ(encode_unstructured(""), "");
  EXPECT_EQ(decode_encoded_words(encode_unstructured("=?utf-8?q?x?=")), "=?utf-8?q?x?=");
}

TEST(EncodedWord, WordsKeepTheirLengthAndTheirCharactersWhole) {
  SeededRandom random(7);
  const std::vector<std::string> characters{"a", " ", "?", "=", "_", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80"};
  for (int round = 0; round < 300; ++round) {
    std::string text;
    const std::size_t narrow = random.below(characters.size()) + 1;
    for (std::uint64_t n = random.below(120) + 1; n > 0; --n) text += characters[random.below(narrow)];
    const std::size_t before = random.below(80);
    const std::string encoded = encode_words(text, before);
    std::size_t column = before;
    for (std::string_view word : split(encoded, ' ')) {
      ASSERT_EQ(encoded_word_length(word), word.size()) << encoded;
      EXPECT_LE(word.size(), max_encoded_word_octets);
      if (before <= 52) EXPECT_LE(column + word.size(), max_encoded_word_line_octets);
      EXPECT_TRUE(is_utf8(decode_encoded_words(word)) &&
                  decode_encoded_words(word).find("\xef\xbf\xbd") == std::string::npos);
      column = 1;
    }
    EXPECT_EQ(decode_encoded_words(encoded), text);
  }
}

TEST(EncodedWord, InvalidUtf8IsReplaced) {
  EXPECT_EQ(decode_encoded_words(encode_words("a\xff"
                                              "b\xc3")),
            "a\xef\xbf\xbd"
            "b\xef\xbf\xbd");
}

TEST(Charset, ConvertsAndReplaces) {
  EXPECT_EQ(to_utf8("\xe9", "iso-8859-1"), "\xc3\xa9");
  EXPECT_EQ(to_utf8("\x80", "windows-1252"), "\xe2\x82\xac");
  EXPECT_EQ(to_utf8("\x1b$B$\"\x1b(B", "ISO-2022-JP"), "\xe3\x81\x82");
  EXPECT_EQ(to_utf8("a\xff", "utf-8"), "a\xef\xbf\xbd");
  EXPECT_EQ(to_utf8("a\x81\xff", "shift_jis"), "a\xef\xbf\xbd\xef\xbf\xbd");
  EXPECT_EQ(to_utf8("a", "no-such-charset"), std::nullopt);
  EXPECT_EQ(to_utf8("a", "utf-8//IGNORE"), std::nullopt);
  const std::string big(100'000, '\xe9');
  EXPECT_EQ(to_utf8(big, "iso-8859-15")->size(), 200'000u);
}

TEST(EncodedWordCorpus, UnstructuredFields) {
  const auto corpus = find_corpus("mime-header-fields");
  if (!corpus) GTEST_SKIP();
  // What the corpus' reader makes of it, and why we do not: it collapses blanks (RFC 5322 §2.2.3: unfolding only
  // removes line ends), puts one after an empty word, and decodes across blanks (RFC 2047 §2: no blank inside a word).
  static const std::map<std::string_view, std::string_view> ours{
      {"Fwd: Saying Hello", "Fwd: \tSaying  Hello"},
      {"from x.y.test by example.net via TCP with ESMTP id ABC12345 for <mary@example.net>;  21 Nov 1997 10:05:43 "
       "-0600",
       "from x.y.test      by example.net      via TCP      with ESMTP      id ABC12345      for <mary@example.net>;  "
       "21 "
       "Nov 1997 10:05:43 -0600"},
      {"this is some text", "=?iso-8859-1?q?this is some text?="},
      {"Some text  here", "Some text here"},
      {"Hello there!", "=?utf-8?Q?Hello _there!?="},
      {"[SUSPECTED SPAM] This is the original subject",
       "[SUSPECTED SPAM]=?utf-8?B?VGhpcyBpcyB0aGUgb 3JpZ2luYWwgc3ViamVjdA==?="}};
  std::size_t decided = 0;
  const auto cases = boost::json::parse(read_file(*corpus / "unstructured.json"));
  for (const auto& c : cases.as_array()) {
    const std::string octets = "X: " + std::string(c.at("header").as_string());
    const ParsedMessage message = parse_message(octets);
    ASSERT_FALSE(message.fields.empty());
    const std::string expected(c.at("expected").as_string());
    const auto differs = ours.find(expected);
    EXPECT_EQ(decode_encoded_words(unfold(message.fields.front().value)),
              differs == ours.end() ? expected : differs->second)
        << octets;
    ++decided;
  }
  EXPECT_EQ(decided, 17u);
}

}  // namespace
}  // namespace sesame::message
