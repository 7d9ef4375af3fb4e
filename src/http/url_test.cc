#include "http/url.h"

#include <gtest/gtest.h>

#include "http/target.h"

namespace sesame::http {
namespace {

TEST(Url, TakesApartAndPutsTogether) {
  const auto url = parse_url("HTTPS://Hooks.Example:8443/a%2Fb?c=d#fragment");
  ASSERT_TRUE(url);
  EXPECT_EQ(*url, (Url{true, "hooks.example", 8443, "/a%2Fb?c=d"}));
  EXPECT_EQ(to_string(*url), "https://hooks.example:8443/a%2Fb?c=d");
  EXPECT_EQ(to_string(*parse_url("http://[2001:DB8::1]:80?q")), "http://[2001:db8::1]/?q");
  EXPECT_EQ(host_field(*parse_url("http://a:443")), "a:443");
}

TEST(Url, RefusesWhatItCannotMean) {
  for (const char* text :
       {"", "http://", "http:///x", "ftp://a/", "//a/", "a", "http://user:password@a/", "http://a:b/", "http://a:0/",
        "http://a:65536/", "http://a b/", "http://a/ b", "http://a/\r\n", "http://[::1/", "http://[127.0.0.1]/",
        "http://a\\b/", "http://%61/", "javascript:alert(1)"}) {
    EXPECT_FALSE(parse_url(text)) << text;
  }
}

TEST(Url, OnlyAddressesAndLocalhostAreLiteral) {
  EXPECT_EQ(net::to_string(*literal_endpoint(*parse_url("http://127.0.0.1:8025/"))), "127.0.0.1:8025");
  EXPECT_EQ(net::to_string(*literal_endpoint(*parse_url("https://[::1]/"))), "[::1]:443");
  EXPECT_EQ(net::to_string(*literal_endpoint(*parse_url("http://LOCALHOST/"))), "127.0.0.1:80");
  EXPECT_FALSE(literal_endpoint(*parse_url("http://mail.example/")));
}

TEST(Target, SplitsPathAndQueryAndDecodesSegments) {
  const auto target = parse_target("/v2/email/identities/a%2Fb%20c/?x=1?y");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->path, "/v2/email/identities/a%2Fb%20c/");
  EXPECT_EQ(target->query, "x=1?y");
  EXPECT_EQ(target->segments, (std::vector<std::string>{"v2", "email", "identities", "a/b c", ""}));
  EXPECT_EQ(parse_target("/")->segments, std::vector<std::string>{""});
  EXPECT_EQ(parse_target("http://a.example?x")->path, "/");
  EXPECT_EQ(parse_target("http://a.example?x")->query, "x");
}

TEST(Target, RefusesOtherFormsAndBadEscapes) {
  for (const char* text : {"", "*", "a.example:443", "v2/email", "/%zz", "/%4", "/a%00b", "ftp://a/b"}) {
    EXPECT_FALSE(parse_target(text)) << text;
  }
}

TEST(Form, KeepsOrderAndRepetitions) {
  const auto parameters = parse_form("Action=SendEmail&a=1+2%2B&&b&a=&=x");
  ASSERT_TRUE(parameters);
  EXPECT_EQ(*parameters, (Parameters{{"Action", "SendEmail"}, {"a", "1 2+"}, {"b", ""}, {"a", ""}, {"", "x"}}));
  EXPECT_EQ(find(*parameters, "a"), "1 2+");
  EXPECT_FALSE(find(*parameters, "A"));
  EXPECT_TRUE(parse_form("")->empty());
}

TEST(Form, IsBounded) {
  EXPECT_TRUE(parse_form("a&b&c", 3));
  EXPECT_FALSE(parse_form("a&b&c", 2));
  EXPECT_FALSE(parse_form("a=%"));
}

}  // namespace
}  // namespace sesame::http
