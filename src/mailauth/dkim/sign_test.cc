#include "mailauth/dkim/sign.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace sesame::mailauth::dkim {
namespace {

constexpr std::string_view message =
    "From: Ann <ann@example.com>\r\nTo: bob@example.net\r\nSubject: hello\r\n\r\nHi.\r\n";

class DkimSign : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { key = new SigningKey(SigningKey::generate_rsa(1024)); }
  static void TearDownTestSuite() { delete key; }
  static SignOptions options() {
    return {.signing_domain = "Example.COM", .selector = "sel1", .key = key, .time = from_unix_ms(1767225600999)};
  }
  static SigningKey* key;
};
SigningKey* DkimSign::key = nullptr;

TEST_F(DkimSign, WritesTheTagsSesWrites) {
  const auto field = sign(message, options());
  ASSERT_TRUE(field);
  EXPECT_TRUE(field->starts_with(
      "DKIM-Signature: v=1; a=rsa-sha256; q=dns/txt; c=relaxed/simple;\r\n\ts=sel1; d=example.com;\r\n\tt=1767225600;"))
      << *field;
  EXPECT_TRUE(field->ends_with("\r\n"));
}

TEST_F(DkimSign, NamesOversignedFieldsOnceMoreThanTheyOccur) {
  static const SignedFields fields{.names = {"Subject", "X-Absent", "from"}, .oversigned = {"From", "Cc"}};
  auto with = options();
  with.fields = &fields;
  const auto field = sign(message, with);
  ASSERT_TRUE(field);
  EXPECT_NE(field->find("h=From:From:Cc:Subject;"), std::string::npos) << *field;
}

TEST_F(DkimSign, FoldsBelow78OctetsWithoutEmptyLines) {
  const auto field = sign(message, options());
  ASSERT_TRUE(field);
  std::string_view rest = *field;
  bool first = true;
  while (!rest.empty()) {
    const std::size_t end = rest.find("\r\n");
    ASSERT_NE(end, std::string_view::npos);
    EXPECT_LE(end, 78u) << *field;
    EXPECT_TRUE(first || rest[0] == '\t');
    EXPECT_FALSE(trim(rest.substr(0, end)).empty());
    rest.remove_prefix(end + 2);
    first = false;
  }
}

TEST_F(DkimSign, ExpiryFollowsTheTimeOfSigning) {
  auto with = options();
  with.lifetime = std::chrono::hours(1);
  EXPECT_NE(sign(message, with)->find("t=1767225600; x=1767229200;"), std::string::npos);
}

TEST_F(DkimSign, OneBodyHashServesSeveralSignatures) {
  const auto parsed = message::parse_message(message);
  const BodyHash body = hash_body(Canonicalization::simple, parsed.body);
  const SigningKey second = SigningKey::generate_ed25519();
  auto with = options();
  EXPECT_EQ(sign(parsed, body, with), sign(message, with));
  with.key = &second;
  EXPECT_NE(sign(parsed, body, with)->find("a=ed25519-sha256;"), std::string::npos);
}

TEST_F(DkimSign, RefusesWhatNobodyCouldVerify) {
  EXPECT_EQ(sign("To: b@example.net\r\n\r\nHi.\r\n", options()).error(), SignError::no_from_field);
  auto bad_domain = options();
  bad_domain.signing_domain = "exa mple.com";
  EXPECT_EQ(sign(message, bad_domain).error(), SignError::invalid_signing_domain);
  auto bad_selector = options();
  bad_selector.selector = "a;b";
  EXPECT_EQ(sign(message, bad_selector).error(), SignError::invalid_selector);
}

}  // namespace
}  // namespace sesame::mailauth::dkim
