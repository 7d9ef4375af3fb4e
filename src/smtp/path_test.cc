#include "smtp/path.h"

#include <gtest/gtest.h>

namespace sesame::smtp {
namespace {

Result<ReversePath, PathError> reverse(std::string_view text, Utf8 utf8 = Utf8::refuse) {
  return take_reverse_path(text, utf8);
}
Result<Mailbox, PathError> forward(std::string_view text, Utf8 utf8 = Utf8::refuse) {
  return take_forward_path(text, utf8);
}

TEST(ReversePath, MayBeNull) {
  const auto path = reverse("<>");
  ASSERT_TRUE(path);
  EXPECT_FALSE(path->has_value());
  EXPECT_EQ(format_path(*path), "<>");
}

TEST(ReversePath, LeavesWhatFollowsIt) {
  std::string_view input = "<a@example.com> SIZE=1";
  ASSERT_TRUE(take_reverse_path(input, Utf8::refuse));
  EXPECT_EQ(input, " SIZE=1");
}

TEST(ReversePath, MayNotBePostmasterAlone) { EXPECT_EQ(reverse("<postmaster>").error(), PathError::malformed); }

TEST(ForwardPath, MayNotBeNull) { EXPECT_EQ(forward("<>").error(), PathError::malformed); }

TEST(ForwardPath, MayBePostmasterWithoutDomainInAnyCase) {
  const auto path = forward("<pOstmaster>");
  ASSERT_TRUE(path);
  EXPECT_EQ(*path, (Mailbox{"pOstmaster", ""}));
  EXPECT_EQ(format_path(*path), "<pOstmaster>");
}

TEST(ForwardPath, DropsASourceRoute) {
  EXPECT_EQ(*forward("<@a.example,@b.example:user@d.example>"), (Mailbox{"user", "d.example"}));
  EXPECT_EQ(forward("<@a.example,b.example:user@d.example>").error(), PathError::malformed);
  EXPECT_EQ(forward("<@a.example user@d.example>").error(), PathError::malformed);
  EXPECT_EQ(forward("<@[192.0.2.1]:user@d.example>").error(), PathError::malformed);
}

TEST(ForwardPath, UnquotesTheLocalPart) {
  EXPECT_EQ(*forward(R"(<"a \"b\\"@d.example>)"), (Mailbox{R"(a "b\)", "d.example"}));
  EXPECT_EQ(*forward(R"(<""@d.example>)"), (Mailbox{"", "d.example"}));
  EXPECT_EQ(forward("<\"a\tb\"@d.example>").error(), PathError::malformed);
  EXPECT_EQ(forward("<\"a@d.example>").error(), PathError::malformed);
  EXPECT_EQ(forward("<\"a\"b@d.example>").error(), PathError::malformed);
}

TEST(ForwardPath, TakesRegisteredAddressLiterals) {
  EXPECT_EQ(forward("<a@[192.0.2.1]>")->domain, "[192.0.2.1]");
  EXPECT_EQ(forward("<a@[IPv6:2001:db8::1]>")->domain, "[IPv6:2001:db8::1]");
  EXPECT_TRUE(forward("<a@[ipv6:::ffff:192.0.2.1]>"));
  for (const char* bad : {"<a@[192.0.2]>", "<a@[192.0.2.256]>", "<a@[2001:db8::1]>", "<a@[IPv6:192.0.2.1]>",
                          "<a@[IPv7:x]>", "<a@[]>", "<a@[192.0.2.1>"}) {
    EXPECT_EQ(forward(bad).error(), PathError::malformed) << bad;
  }
  EXPECT_FALSE(is_address_literal(std::string_view("[192.0.2.1\0x]", 13)));
}

TEST(ForwardPath, RefusesWhatIsNotADomain) {
  for (const char* bad : {"<a@>", "<a@.b>", "<a@b.>", "<a@b..c>", "<a@-b>", "<a@b-.c>", "<a@b_c>", "<a@b c>", "<a>",
                          "<@b>", "<a@@b>", "<a@b", "a@b>", "a@b", "< a@b>", "<a@b >", ""}) {
    EXPECT_EQ(forward(bad).error(), PathError::malformed) << bad;
  }
}

TEST(ForwardPath, KeepsTheLimitsOfRfc5321) {
  const std::string local64(64, 'l');
  EXPECT_TRUE(forward("<" + local64 + "@d.example>"));
  EXPECT_EQ(forward("<l" + local64 + "@d.example>").error(), PathError::local_part_too_long);
  EXPECT_EQ(forward("<\"" + local64 + "\"@d.example>").error(), PathError::local_part_too_long);

  const std::string label63(63, 'd');
  EXPECT_EQ(forward("<a@d" + label63 + ">").error(), PathError::malformed);
  const std::string domain251 = label63 + '.' + label63 + '.' + label63 + '.' + std::string(59, 'd');
  EXPECT_TRUE(forward("<aa@" + domain251 + ">"));
  EXPECT_EQ(forward("<aaa@" + domain251 + ">").error(), PathError::path_too_long);
  EXPECT_EQ(forward("<a@" + domain251 + ".dddd>").error(), PathError::domain_too_long);
  EXPECT_EQ(forward("<@a.example:aa@" + domain251 + ">").error(), PathError::path_too_long);
}

TEST(ForwardPath, TakesUtf8OnlyWhereAsked) {
  constexpr std::string_view path = "<\xce\xb4@\xce\xb4.example>";
  EXPECT_EQ(forward(path).error(), PathError::non_ascii);
  const auto accepted = forward(path, Utf8::accept);
  ASSERT_TRUE(accepted);
  EXPECT_FALSE(is_ascii(*accepted));
  EXPECT_EQ(forward("<\xce@d.example>", Utf8::accept).error(), PathError::malformed);
  EXPECT_EQ(forward("<\xc0\xaf@d.example>", Utf8::accept).error(), PathError::malformed);
}

TEST(Mailbox, FormattedAndParsedIsTheSame) {
  for (const Mailbox& mailbox :
       {Mailbox{"a.b+c", "d.example"}, Mailbox{"", "d.example"}, Mailbox{"a b", "d.example"},
        Mailbox{".a", "d.example"}, Mailbox{"a..b", "d.example"}, Mailbox{"\"\\", "[192.0.2.1]"},
        Mailbox{"\xce\xb4 x", "\xce\xb4.example"}, Mailbox{"a@b", "d.example"}}) {
    const auto text = format_mailbox(mailbox);
    const auto parsed = parse_mailbox(text, Utf8::accept);
    ASSERT_TRUE(parsed) << text;
    EXPECT_EQ(*parsed, mailbox) << text;
  }
  EXPECT_EQ(format_mailbox({"plain", "d.example"}), "plain@d.example");
}

TEST(Mailbox, IsTheWholeText) {
  EXPECT_FALSE(parse_mailbox("a@b ", Utf8::refuse));
  EXPECT_FALSE(parse_mailbox("<a@b>", Utf8::refuse));
  EXPECT_FALSE(parse_mailbox("@c:a@b", Utf8::refuse));
  EXPECT_FALSE(parse_mailbox("a@b\r\n", Utf8::refuse));
}

}  // namespace
}  // namespace sesame::smtp
