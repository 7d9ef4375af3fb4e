#include "mailauth/spf/macro.h"

#include <gtest/gtest.h>

#include <boost/asio/ip/address.hpp>

namespace sesame::mailauth::spf {
namespace {

std::string expanded(std::string_view text, const char* ip = "192.0.2.3", MacroUse use = MacroUse::explanation) {
  const auto macro = parse_macro_string(text, use);
  if (!macro) return "error: " + macro.error().text;
  const MacroValues values{.local_part = "strong-bad",
                           .sender_domain = "email.example.com",
                           .domain = "email.example.com",
                           .helo = "helo.example",
                           .ip = boost::asio::ip::make_address(ip),
                           .validated_name = "mx.example.org",
                           .receiver = "rcv.example",
                           .now = from_unix_ms(1767225600999)};
  return expand(*macro, values).value_or("not for this message");
}

// The table of RFC 7208 §7.4.
TEST(SpfMacro, ExpandsTheExamplesOfSection74) {
  EXPECT_EQ(expanded("%{s}"), "strong-bad@email.example.com");
  EXPECT_EQ(expanded("%{o}"), "email.example.com");
  EXPECT_EQ(expanded("%{d4}"), "email.example.com");
  EXPECT_EQ(expanded("%{d2}"), "example.com");
  EXPECT_EQ(expanded("%{d1}"), "com");
  EXPECT_EQ(expanded("%{dr}"), "com.example.email");
  EXPECT_EQ(expanded("%{d2r}"), "example.email");
  EXPECT_EQ(expanded("%{l-}"), "strong.bad");
  EXPECT_EQ(expanded("%{lr-}"), "bad.strong");
  EXPECT_EQ(expanded("%{l1r-}"), "strong");
  EXPECT_EQ(expanded("%{ir}.%{v}._spf.%{d2}"), "3.2.0.192.in-addr._spf.example.com");
  EXPECT_EQ(expanded("%{lr-}.lp.%{ir}.%{v}._spf.%{d2}"), "bad.strong.lp.3.2.0.192.in-addr._spf.example.com");
  EXPECT_EQ(expanded("%{ir}.%{v}._spf.%{d2}", "2001:db8::cb01"),
            "1.0.B.C.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.B.D.0.1.0.0.2.ip6._spf.example.com");
}

TEST(SpfMacro, EscapesUpperCaseLettersAndPercentSigns) {
  EXPECT_EQ(expanded("%{S}"), "strong-bad%40email.example.com");
  EXPECT_EQ(expanded("a%%b%_c%-d"), "a%b c%20d");
}

TEST(SpfMacro, ExplanationsMayNameClientReceiverAndTime) {
  EXPECT_EQ(expanded("%{c} %{r} %{t}", "2001:db8::1"), "2001:db8::1 rcv.example 1767225600");
  EXPECT_TRUE(expanded("%{c}.example", "192.0.2.3", MacroUse::domain_spec).starts_with("error: "));
}

TEST(SpfMacro, LocalPartOutsideAsciiHasNoExpansion) {
  const auto macro = parse_macro_string("%{l}.example.com", MacroUse::domain_spec);
  ASSERT_TRUE(macro);
  EXPECT_FALSE(expand(*macro, MacroValues{.local_part = "j\xc3\xb6rg"}));
}

TEST(SpfMacro, LongNamesLoseLabelsOnTheLeft) {
  std::string name = "x";
  while (name.size() < 300) name += ".label";
  const std::string fitted = fit_in_name(name + ".");
  EXPECT_LE(fitted.size(), 253u);
  EXPECT_TRUE(fitted.starts_with("label."));
  EXPECT_TRUE(name.ends_with(fitted));
}

}  // namespace
}  // namespace sesame::mailauth::spf
