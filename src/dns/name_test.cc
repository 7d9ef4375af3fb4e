#include "dns/name.h"

#include <gtest/gtest.h>

namespace sesame::dns {
namespace {

TEST(DomainName, CanonicalFormIsLowerCaseWithoutTheTrailingDot) {
  EXPECT_EQ(canonical("Example.COM."), "example.com");
  EXPECT_EQ(canonical("."), "");
}

TEST(DomainName, ValidNamesHaveLabelsOfOneTo63AllowedOctets) {
  EXPECT_TRUE(is_valid_name("_dmarc.example.com"));
  EXPECT_TRUE(is_valid_name("com"));
  EXPECT_TRUE(is_valid_name("*.example.com"));
  EXPECT_TRUE(is_valid_name(std::string(63, 'a') + ".com"));
  EXPECT_FALSE(is_valid_name(std::string(64, 'a') + ".com"));
  EXPECT_FALSE(is_valid_name(""));
  EXPECT_FALSE(is_valid_name("a..b"));
  EXPECT_FALSE(is_valid_name("example.com."));
  EXPECT_FALSE(is_valid_name("a.*.com"));
  EXPECT_FALSE(is_valid_name("a b.com"));
  EXPECT_FALSE(is_valid_name("bücher.example"));
}

TEST(DomainName, ValidNamesAreAtMost253Octets) {
  const std::string labels = std::string(63, 'a') + "." + std::string(63, 'b') + "." + std::string(63, 'c') + ".";
  EXPECT_TRUE(is_valid_name(labels + std::string(61, 'd')));
  EXPECT_FALSE(is_valid_name(labels + std::string(62, 'd')));
}

TEST(DomainName, HostNamesHaveTwoLabelsAndNoUnderscore) {
  EXPECT_TRUE(is_valid_host("mx-1.example.com"));
  EXPECT_FALSE(is_valid_host("localhost"));
  EXPECT_FALSE(is_valid_host("_spf.example.com"));
  EXPECT_FALSE(is_valid_host("-a.example.com"));
  EXPECT_FALSE(is_valid_host("a-.example.com"));
  EXPECT_FALSE(is_valid_host("192.0.2.1"));
}

TEST(DomainName, BelowIsByLabelAndIgnoresCase) {
  EXPECT_TRUE(is_below("a.b.Example.com", "example.COM."));
  EXPECT_FALSE(is_below("example.com", "example.com"));
  EXPECT_FALSE(is_below("badexample.com", "example.com"));
  EXPECT_FALSE(is_below("com", "example.com"));
  EXPECT_TRUE(is_below("com", ""));
  EXPECT_TRUE(is_at_or_below("EXAMPLE.com.", "example.com"));
}

TEST(DomainName, ParentDropsTheFirstLabel) {
  EXPECT_EQ(parent("a.b.example"), "b.example");
  EXPECT_EQ(parent("example"), "");
  EXPECT_EQ(parent(""), "");
  EXPECT_EQ(label_count("a.b.example."), 3U);
  EXPECT_EQ(label_count(""), 0U);
}

TEST(DomainName, InternationalNamesBecomeALabels) {
  EXPECT_EQ(to_ascii("BÜCHER.example"), "xn--bcher-kva.example");
  EXPECT_EQ(to_ascii("faß.de"), "xn--fa-hia.de");
  EXPECT_EQ(to_ascii("Example.COM."), "example.com");
  EXPECT_EQ(to_ascii("r3---sn.example"), "r3---sn.example");
  EXPECT_EQ(to_ascii("xn--bcher-kva.example"), "xn--bcher-kva.example");
}

TEST(DomainName, WhatIsNotADomainHasNoAsciiForm) {
  EXPECT_EQ(to_ascii(""), std::nullopt);
  EXPECT_EQ(to_ascii("a b.example"), std::nullopt);
  EXPECT_EQ(to_ascii("\xff\xfe.example"), std::nullopt);
  EXPECT_EQ(to_ascii("xn--a.example"), std::nullopt);
  EXPECT_EQ(to_ascii(std::string_view("\xc3\xbc\0.example", 11)), std::nullopt);
}

}  // namespace
}  // namespace sesame::dns
