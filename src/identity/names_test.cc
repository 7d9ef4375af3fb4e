#include "identity/names.h"

#include <gtest/gtest.h>

namespace sesame::identity {
namespace {

using store::IdentityKind;

std::string domain(std::string_view text) { return parse_domain(text).value_or("(refused)"); }

TEST(IdentityName, DomainIsKeptAsLowerCaseALabels) {
  EXPECT_EQ(domain("Example.COM"), "example.com");
  EXPECT_EQ(domain("example.com."), "example.com");
  EXPECT_EQ(domain("b\xc3\xbc"
                   "cher.example"),
            "xn--bcher-kva.example");
  EXPECT_EQ(domain("XN--BCHER-KVA.example"), "xn--bcher-kva.example");
}

TEST(IdentityName, DomainKeepsTheLimitsOfTheDns) {
  const std::string label(63, 'a');
  EXPECT_EQ(domain(label + ".example"), label + ".example");
  EXPECT_EQ(domain(label + "a.example"), "(refused)");
  const std::string long_name = label + "." + label + "." + label + "." + std::string(61, 'b');
  ASSERT_EQ(long_name.size(), 253u);
  EXPECT_EQ(domain(long_name), long_name);
  EXPECT_EQ(domain("c" + long_name), "(refused)");
}

TEST(IdentityName, WhatIsNoDomainIsRefusedByName) {
  for (const char* text : {"", ".", "example", "exa mple.com", "-a.example", "a-.example", "a..example", "192.0.2.1",
                           "a_b.example", "*.example.com", "example.com\r\n", "\xff\xfe.example", "example.com.."}) {
    const auto parsed = parse_domain(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().code, IdentityErrc::invalid_name);
    EXPECT_EQ(parsed.error().text.find_first_of("\r\n"), std::string::npos) << "nothing that could break a line";
  }
  EXPECT_EQ(parse_domain("example").error().text, "Invalid domain name example.");
}

TEST(IdentityName, AddressIsKeptAsGiven) {
  const auto parsed = parse_identity_name("Jane.Doe+tag@Example.COM");
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->kind, IdentityKind::email_address);
  EXPECT_EQ(parsed->name, "Jane.Doe+tag@Example.COM");
  EXPECT_EQ(domain_of(parsed->name), "example.com");
}

TEST(IdentityName, WhatIsNoAddressIsRefusedByName) {
  const std::string long_local(65, 'a');
  for (const std::string& text :
       {std::string("@example.com"), std::string("a@"), std::string("a b@example.com"), std::string("a@b@example.com"),
        std::string(".a@example.com"), std::string("a..b@example.com"), std::string("a@example"),
        std::string("\xc3\xbc@example.com"),
        std::string("a@b\xc3\xbc"
                    "cher.example"),
        std::string("a@example.com."), long_local + "@example.com", std::string("a\r\n@example.com"),
        std::string("<a@example.com>")}) {
    const auto parsed = parse_identity_name(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().code, IdentityErrc::invalid_name);
  }
  EXPECT_EQ(parse_identity_name("STUB@").error().text, "Invalid email address<STUB@>.");
}

TEST(IdentityName, IsLookedUpAsItIsKept) {
  EXPECT_EQ(lookup_name("EXAMPLE.com."), "example.com");
  EXPECT_EQ(lookup_name("A@EXAMPLE.com"), "A@EXAMPLE.com");
  EXPECT_EQ(lookup_name("no domain"), "no domain");
}

// --- spec 2.1 with its texts ---

TEST(MailFromName, BelowTheIdentityIsAccepted) {
  EXPECT_EQ(parse_mail_from_domain("Bounce.Example.com", "example.com").value(), "bounce.example.com");
  EXPECT_EQ(parse_mail_from_domain("bounce.example.com", "jane@Example.com").value(), "bounce.example.com");
}

TEST(MailFromName, SiblingOwnDomainAndForeignDomainAreRefusedInTheWordsOfSes) {
  const auto text_of = [](std::string_view mail_from, std::string_view identity) {
    const auto parsed = parse_mail_from_domain(mail_from, identity);
    EXPECT_FALSE(parsed);
    EXPECT_EQ(parsed.error().code, IdentityErrc::mail_from_not_below);
    return parsed.error().text;
  };
  EXPECT_EQ(text_of("mail.dive.example", "ses.dive.example"),
            "Provided MAIL-FROM domain <mail.dive.example> is not subdomain of the domain of the identity "
            "<ses.dive.example>.");
  EXPECT_EQ(text_of("example.com", "example.com"),
            "Provided MAIL-FROM domain <example.com> is not subdomain of the domain of the identity <example.com>.");
  EXPECT_EQ(text_of("bounce.example.org", "jane@example.com"),
            "Provided MAIL-FROM domain <bounce.example.org> is not subdomain of the domain of the identity "
            "<jane@example.com>.");
}

TEST(MailFromName, WhatIsNoDomainIsRefused) {
  for (const char* text : {"bounce", "bo unce.example.com", "a@bounce.example.com", "bounce_.example.com", "\n"}) {
    const auto parsed = parse_mail_from_domain(text, "example.com");
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().code, IdentityErrc::invalid_mail_from);
  }
}

TEST(MailFromName, IsShortEnoughForAReturnPath) {
  const std::string below = "." + std::string(63, 'b') + "." + std::string(63, 'c') + ".example.com";
  EXPECT_TRUE(parse_mail_from_domain(std::string(max_mail_from_octets - below.size(), 'a') + below, "example.com"));
  EXPECT_FALSE(
      parse_mail_from_domain(std::string(max_mail_from_octets - below.size() + 1, 'a') + below, "example.com"));
}

}  // namespace
}  // namespace sesame::identity
