#include "message/address.h"

#include <gtest/gtest.h>

namespace sesame::message {
namespace {

using enum AddressProblem;

TEST(AddrSpec, LocalPartIsTheTextItMeans) {
  const auto plain = parse_addr_spec("Jane.Doe+x@Example.com");
  ASSERT_TRUE(plain);
  EXPECT_EQ(*plain, (AddressSpec{"Jane.Doe+x", "Example.com"}));
  const auto quoted = parse_addr_spec(R"("a \"b\" \c@d"@example.com)");
  ASSERT_TRUE(quoted);
  EXPECT_EQ(quoted->local_part, R"(a "b" c@d)");
  EXPECT_EQ(to_wire(*quoted), R"("a \"b\" c@d"@example.com)");
}

TEST(AddrSpec, WireFormQuotesNoMoreThanNeeded) {
  EXPECT_EQ(local_part_to_wire("a.b"), "a.b");
  EXPECT_EQ(local_part_to_wire(""), "\"\"");
  EXPECT_EQ(local_part_to_wire(".a"), "\".a\"");
  EXPECT_EQ(local_part_to_wire("a..b"), "\"a..b\"");
  EXPECT_EQ(local_part_to_wire("a\\b"), "\"a\\\\b\"");
  EXPECT_EQ(to_wire(*parse_addr_spec("\"plain\"@example.com")), "plain@example.com");
}

TEST(AddrSpec, AddressLiteralsAreRecognised) {
  for (const char* good : {"a@[192.0.2.1]", "a@[IPv6:2001:db8::1]", "a@[ipv6:::]", "a@[IPv6:::ffff:192.0.2.1]"}) {
    const auto address = parse_addr_spec(good);
    ASSERT_TRUE(address) << good;
    EXPECT_TRUE(address->is_address_literal()) << good;
  }
  for (const char* bad :
       {"a@[192.0.2]", "a@[192.0.2.256]", "a@[2001:db8::1]", "a@[IPv6:192.0.2.1]", "a@[x:y]", "a@[]"}) {
    const auto address = parse_addr_spec(bad);
    ASSERT_FALSE(address) << bad;
    EXPECT_EQ(address.error(), (AddressError{domain_illegal, 2})) << bad;
  }
  EXPECT_EQ(parse_addr_spec("a@[192.0.2.1").error().problem, unterminated);
}

TEST(AddrSpec, ErrorsSayWhatAndWhere) {
  struct Case {
    std::string text;
    AddressProblem problem;
    std::size_t position;
  };
  for (const Case& c : {Case{"", empty, 0},
                        {"user", missing_at, 4},
                        {"\"user\"", missing_at, 6},
                        {"@example.com", missing_local_part, 0},
                        {"user@", missing_domain, 5},
                        {"us er@example.com", local_part_blank, 2},
                        {"us\xc3\xa9r@example.com", local_part_blank, 2},
                        {"\"us\ter\"@example.com", local_part_blank, 3},
                        {std::string("u\0r@example.com", 15), local_part_blank, 1},
                        {"us\r\ner@example.com", local_part_blank, 2},
                        {".user@example.com", local_part_illegal, 0},
                        {"us..er@example.com", local_part_illegal, 3},
                        {"user.@example.com", local_part_illegal, 4},
                        {"us<er@example.com", local_part_illegal, 2},
                        {"\"us\"er@example.com", local_part_illegal, 4},
                        {"\"user@example.com", unterminated, 17},
                        {"\"user\\", unterminated, 6},
                        {"user@example.com.", domain_illegal, 17},
                        {"user@exa mple.com", domain_illegal, 8},
                        {"user@example.com\r\n", domain_illegal, 16},
                        {"user@-example.com", domain_illegal, 5},
                        {"user@example-.com", domain_illegal, 13},
                        {"user@exam_ple.com", domain_illegal, 9},
                        {"user@ex\xc3\xa4mple.com", domain_illegal, 7},
                        {"a@b@example.com", domain_illegal, 3}}) {
    const auto address = parse_addr_spec(c.text);
    ASSERT_FALSE(address) << c.text;
    EXPECT_EQ(address.error(), (AddressError{c.problem, c.position})) << c.text;
  }
}

TEST(AddrSpec, LengthsEndAtTheLimit) {
  const std::string local(64, 'l'), label(63, 'd');
  EXPECT_TRUE(parse_addr_spec(local + "@example.com"));
  EXPECT_EQ(parse_addr_spec(local + "l@example.com").error().problem, local_part_too_long);
  EXPECT_EQ(parse_addr_spec("\"" + std::string(63, ' ') + "\"@example.com").error().problem, local_part_too_long);
  EXPECT_TRUE(parse_addr_spec("a@" + label + ".com"));
  EXPECT_EQ(parse_addr_spec("a@" + label + "d.com").error().problem, domain_too_long);
  const std::string domain = label + "." + label + "." + label + ".";
  EXPECT_TRUE(parse_addr_spec("a@" + domain + std::string(60, 'd')));
  EXPECT_EQ(parse_addr_spec("ab@" + domain + std::string(60, 'd')).error().problem, mailbox_too_long);
  EXPECT_EQ(parse_addr_spec("a@" + domain + std::string(62, 'd')).error().problem, domain_too_long);
}

TEST(AddrSpec, MakingFromPartsChecksThemAlike) {
  EXPECT_EQ(to_wire(*make_addr_spec("a b", "example.com")), "\"a b\"@example.com");
  EXPECT_EQ(make_addr_spec("a\r\nb", "example.com").error().problem, local_part_blank);
  EXPECT_EQ(make_addr_spec("a", "").error().problem, missing_domain);
  EXPECT_EQ(make_addr_spec("a", "exa\r\nmple.com").error().problem, domain_illegal);
}

TEST(AddrSpec, CausesReadAsTheServiceWordsThem) {
  EXPECT_EQ(describe(missing_at), "Missing final '@domain'");
  EXPECT_EQ(describe(illegal), "Illegal address");
  EXPECT_EQ(describe(local_part_blank), "Local address contains control or whitespace");
}

}  // namespace
}  // namespace sesame::message
