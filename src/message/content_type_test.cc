#include "message/content_type.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "base/testing/corpora.h"
#include "base/text.h"

namespace sesame::message {
namespace {

TEST(ContentType, ReadsValueAndParameters) {
  const auto parsed =
      parse_parameterized_value(" Text/HTML (x); Charset=\"UTF-8\" ; format = flowed;; bad; =x; a=\"b;\\\"c\"");
  EXPECT_EQ(parsed.value, "text/html");
  EXPECT_EQ(parsed.type(), "text");
  EXPECT_EQ(parsed.subtype(), "html");
  EXPECT_EQ(parsed.parameter("charset"), "UTF-8");
  EXPECT_EQ(parsed.parameter("format"), "flowed");
  EXPECT_EQ(parsed.parameter("a"), "b;\"c");
  EXPECT_EQ(parsed.parameter("bad"), "");
}

TEST(ContentType, JoinsRfc2231Continuations) {
  const auto url =
      parse_parameterized_value("message/external-body; URL*1=\"cs.utk.edu/pub\"; access-type=URL; URL*0=\"ftp://\"");
  EXPECT_EQ(url.parameter("url"), "ftp://cs.utk.edu/pub");
  const auto title = parse_parameterized_value(
      "application/x-stuff; title*0*=us-ascii'en'This%20is%20even%20more%20; title*1*=%2A%2A%2Afun%2A%2A%2A%20;"
      " title*2=\"isn't it!\"");
  EXPECT_EQ(title.parameter("title"), "This is even more ***fun*** isn't it!");
  const auto latin = parse_parameterized_value("attachment; filename=cafe; filename*=iso-8859-1''caf%E9");
  EXPECT_EQ(latin.parameter("filename"), "caf\xc3\xa9");
}

TEST(ContentType, EncodedWordsInParametersAreReadThoughTheyMustNotBe) {
  EXPECT_EQ(parse_parameterized_value("a/b; name=\"=?utf-8?q?caf=C3=A9?=\"").parameter("name"), "caf\xc3\xa9");
}

TEST(ContentType, ParametersAreBounded) {
  std::string value = "a/b";
  for (int i = 0; i < 1000; ++i) value += ";p" + std::to_string(i) + "=x";
  EXPECT_EQ(parse_parameterized_value(value).parameters.size(), max_parameters);
}

TEST(ContentType, OnlyWellFormedTypesMayBeWritten) {
  for (const char* good : {"text/plain", "text/plain; charset=utf-8", "text/plain;charset=\"a;\\\"b\" ; x=y",
                           "application/vnd.ms-excel.sheet+xml"}) {
    EXPECT_TRUE(is_content_type(good)) << good;
  }
  for (const char* bad : {"", "text", "/plain", "text/", "text/plain;", "text/plain; charset", "text/plain; =x",
                          "te xt/plain", " text/plain", "text /plain", "text/ plain", "text/plain; a=\"b",
                          "text/plain\r\nX: y", "text/pl\xc3\xa4in", "text/plain; a=b c", "a/b/c"}) {
    EXPECT_FALSE(is_content_type(bad)) << bad;
  }
}

TEST(ContentType, WrittenParametersAreReadBack) {
  EXPECT_EQ(format_parameter("filename", "a.txt"), "; filename=a.txt");
  EXPECT_EQ(format_parameter("filename", "a \"b\".txt"), "; filename=\"a \\\"b\\\".txt\"");
  EXPECT_EQ(format_parameter("filename", "caf\xc3\xa9"), "; filename*=UTF-8''caf%C3%A9");
  std::string name;
  for (int i = 0; i < 200; ++i) {
    name += i % 3 == 0 ? "\xe2\x82\xac" : "x";
    const std::string written = format_parameter("filename", name);
    EXPECT_EQ(parse_parameterized_value("attachment" + written).parameter("filename"), name);
    for (std::string_view word : split(written, ' ')) EXPECT_LE(word.size(), 76u);
  }
}

TEST(ContentTypeCorpus, TypesAgree) {
  const auto corpus = find_corpus("mime-header-fields");
  if (!corpus) GTEST_SKIP();
  const auto cases = boost::json::parse(read_file(*corpus / "content_type.json"));
  std::size_t decided = 0;
  for (const auto& c : cases.as_array()) {
    const std::string header(c.at("header").as_string());
    const auto parsed = parse_parameterized_value(header);
    ++decided;
    if (c.at("expected").is_null()) continue;
    const auto& expected = c.at("expected").as_object();
    const auto* type = expected.if_contains("c_type");
    ASSERT_NE(type, nullptr);
    EXPECT_TRUE(ascii_iequals(parsed.value.substr(0, parsed.value.find('/')), std::string(type->as_string())))
        << header;
  }
  EXPECT_EQ(decided, 63u);
}

}  // namespace
}  // namespace sesame::message
