#include "api/sigv4/canonical.h"

#include <gtest/gtest.h>

namespace sesame::sigv4 {
namespace {

std::string path(std::string_view raw, bool normalize = true, PathRule rule = PathRule::encode_again) {
  return canonical_path(raw, {normalize, rule}).value();
}

std::string query(std::string_view raw) { return canonical_query(decode_query(raw).value()); }

TEST(CanonicalPath, EncodesTheWireOnceMore) {
  EXPECT_EQ(path("/v2/email/identities/user%40example.com/mail-from"),
            "/v2/email/identities/user%2540example.com/mail-from");
  EXPECT_EQ(path("/a+b"), "/a%2Bb");
  EXPECT_EQ(path(""), "/");
}

TEST(CanonicalPath, TwiceFromTheDecodedValueAgreesOnRfc3986Form) {
  constexpr auto twice = PathRule::decode_and_encode_twice;
  EXPECT_EQ(path("/x/user%40example.com", true, twice), path("/x/user%40example.com"));
  EXPECT_EQ(path("/x/user@example.com", true, twice), "/x/user%2540example.com");
  EXPECT_EQ(path("/x/%c3%a9%2Fy/", true, twice), "/x/%25C3%25A9%252Fy/");
  EXPECT_EQ(path("//", false, twice), "//");
  EXPECT_FALSE(canonical_path("/%4", {true, twice}));
}

TEST(CanonicalPath, NormalisesOnlyWhenAsked) {
  for (const auto& [raw, normal] : {std::pair{"/a/../b", "/b"},
                                    {"/a/./b//c/", "/a/b/c/"},
                                    {"/..", "/"},
                                    {"//", "/"},
                                    {"/a/..", "/"},
                                    {"/a/b/..", "/a"},
                                    {"/a/b/../", "/a/"}}) {
    EXPECT_EQ(path(raw), normal) << raw;
    EXPECT_EQ(path(raw, false), raw);
  }
}

TEST(CanonicalPath, EscapedDotsAndSlashesAreNotResolved) {
  EXPECT_EQ(path("/a/%2e%2e/b"), "/a/%252e%252e/b");
  EXPECT_EQ(path("/a%2F..%2Fb"), "/a%252F..%252Fb");
}

TEST(CanonicalQuery, SortsByEncodedNameThenValueAndKeepsDuplicates) {
  EXPECT_EQ(query("b=2&a=3&b=1&b=1&B=0"), "B=0&a=3&b=1&b=1&b=2");
  EXPECT_EQ(query("a.b=1&a=2&a-b=3"), "a=2&a-b=3&a.b=1");
  EXPECT_EQ(query("%C3%A9=1&z=2"), "%C3%A9=1&z=2");  // '%' sorts before letters
}

TEST(CanonicalQuery, GivesEveryNameAnEqualSign) {
  EXPECT_EQ(query("flag&empty=&=x&eq=a=b"), "=x&empty=&eq=a%3Db&flag=");
  EXPECT_EQ(query(""), "");
  EXPECT_EQ(query("&&a=1&"), "a=1");
}

TEST(CanonicalQuery, WritesEveryEscapeInOneForm) {
  EXPECT_EQ(query("a=%7e%2f%2F~/:%41"), "a=~%2F%2F~%2F%3AA");
  EXPECT_EQ(query("a=b+c&d=e%2Bf&g=h%20i"), "a=b%20c&d=e%2Bf&g=h%20i");
}

TEST(CanonicalQuery, LeavesTheSignatureOutAndNothingElse) {
  EXPECT_EQ(query("X-Amz-Signature=00&X-Amz-Date=1&x-amz-signature=1"), "X-Amz-Date=1&x-amz-signature=1");
}

TEST(CanonicalQuery, BadEscapeIsAnError) {
  for (const char* bad : {"a=%", "a=%4", "%zz=1", "a=%G0"}) EXPECT_FALSE(decode_query(bad)) << bad;
}

TEST(CanonicalHeaders, FoldInnerBlanksEvenInQuotes) {
  EXPECT_EQ(canonical_header_value(" \t a  \t b\r\n   c \r\n"), "a b c");
  EXPECT_EQ(canonical_header_value("\"a   b\""), "\"a b\"");
  EXPECT_EQ(canonical_header_value(" \t "), "");
}

TEST(CanonicalRequest, JoinsARepeatedHeaderAndHonoursTheListExactly) {
  const HttpFacts facts{"GET", "/?b&a", {{"Host", "h"}, {"X-One", "1"}, {"x-one", " 2 "}, {"Other", "no"}}, ""};
  const std::vector<std::string> names{"host", "x-gone", "x-one"};
  EXPECT_EQ(canonical_request(facts, names, "hash", {}),
            "GET\n/\na=&b=\nhost:h\nx-gone:\nx-one:1,2\n\nhost;x-gone;x-one\nhash");
}

}  // namespace
}  // namespace sesame::sigv4
