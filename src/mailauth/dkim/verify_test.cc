#include "mailauth/dkim/verify.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "mailauth/dkim/sign.h"
#include "mailauth/testing/run.h"
#include "mailauth/testing/zone_resolver.h"

namespace sesame::mailauth::dkim {
namespace {

constexpr std::string_view message =
    "From: Ann <ann@example.com>\r\nTo: bob@example.net\r\nSubject:  hello \r\n\tthere\r\n\r\nHi  Bob.\r\n\r\n\r\n";
constexpr std::string_view key_name = "sel._domainkey.example.com";

class DkimVerify : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { key = new SigningKey(SigningKey::generate_rsa(1024)); }
  static void TearDownTestSuite() { delete key; }

  void SetUp() override { dns.add_txt(key_name, key->record()); }

  static SignOptions options() {
    return {.signing_domain = "example.com", .selector = "sel", .key = key, .time = from_unix_ms(1767225600000)};
  }
  static std::string signed_message(const SignOptions& with) { return *sign(message, with) + std::string(message); }
  static std::string signed_message() { return signed_message(options()); }

  std::vector<SignatureResult> judge_all(std::string_view octets, Time now = from_unix_ms(1767225700000)) {
    const auto parsed = message::parse_message(octets);
    return testing::run(verify(dns, parsed, now, net::after(std::chrono::hours(1))));
  }
  SignatureResult judge(std::string_view octets) {
    auto results = judge_all(octets);
    if (results.size() != 1) ADD_FAILURE() << results.size() << " results";
    return results.empty() ? SignatureResult() : results[0];
  }
  void publish(std::string_view record) {
    dns = testing::ZoneResolver();
    dns.add_txt(key_name, record);
  }

  static SigningKey* key;
  testing::ZoneResolver dns;
};
SigningKey* DkimVerify::key = nullptr;

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, text.npos) << from;
  return text.replace(at, from.size(), to);
}

TEST_F(DkimVerify, WhatWeSignPassesInEveryForm) {
  const SigningKey ed25519 = SigningKey::generate_ed25519();
  dns.add_txt("ed._domainkey.example.com", ed25519.record());
  const auto parsed = message::parse_message(message);
  for (const auto header : {Canonicalization::simple, Canonicalization::relaxed}) {
    for (const auto body : {Canonicalization::simple, Canonicalization::relaxed}) {
      auto with = options();
      with.header_form = header;
      const auto rsa = sign(parsed, hash_body(body, parsed.body), with);
      with.key = &ed25519;
      with.selector = "ed";
      const auto second = sign(parsed, hash_body(body, parsed.body), with);
      const auto results = judge_all(*second + *rsa + std::string(message));
      ASSERT_EQ(results.size(), 2u);
      EXPECT_EQ(results[0].result, DkimResult::pass) << results[0].problem;
      EXPECT_EQ(results[0].algorithm, "ed25519-sha256");
      EXPECT_EQ(results[1].result, DkimResult::pass) << results[1].problem;
      EXPECT_EQ(results[1].key_bits, 1024u);
      EXPECT_EQ(results[1].domain, "example.com");
      EXPECT_EQ(results[1].selector, "sel");
    }
  }
}

TEST_F(DkimVerify, NotSignedIsNoResult) { EXPECT_TRUE(judge_all(message).empty()); }

TEST_F(DkimVerify, AnyChangeIsSeen) {
  const std::string good = signed_message();
  EXPECT_EQ(judge(replaced(good, "Hi  Bob", "Hi Bob")).result, DkimResult::fail);
  EXPECT_EQ(judge(replaced(good, "To: bob", "To: eve")).result, DkimResult::fail);
  EXPECT_EQ(judge(replaced(good, "t=1767225600", "t=1767225601")).result, DkimResult::fail);
  EXPECT_EQ(judge(replaced(good, "Subject:  hello", "subject: hello")).result, DkimResult::pass);
}

TEST_F(DkimVerify, OversignedFieldsCannotBeAdded) {
  EXPECT_EQ(judge("Subject: other\r\n" + signed_message()).result, DkimResult::fail);
  EXPECT_EQ(judge("From: eve@example.com\r\n" + signed_message()).result, DkimResult::fail);
  EXPECT_EQ(judge(replaced(signed_message(), "To: bob", "Cc: all@example.net\r\nTo: bob")).result, DkimResult::fail);
  EXPECT_EQ(judge("Received: by mx\r\n" + signed_message()).result, DkimResult::pass);
}

TEST_F(DkimVerify, ExpiryIsJudgedByTheTimeGiven) {
  auto with = options();
  with.lifetime = std::chrono::seconds(50);
  const std::string octets = signed_message(with);
  EXPECT_EQ(judge_all(octets, from_unix_ms(1767225650000))[0].result, DkimResult::pass);
  EXPECT_EQ(judge_all(octets, from_unix_ms(1767225651000))[0].result, DkimResult::permerror);
}

TEST_F(DkimVerify, KeyRecordsAreHeldToTheirTags) {
  const std::string p = "p=" + key->public_key();
  const std::string octets = signed_message();
  const auto with = [&](const std::string& record) {
    publish(record);
    return judge(octets).result;
  };
  for (const char* good : {"", "v=DKIM1; ", "h=sha1:sha256; ", "s=email; ", "s=x:*; ", "t=y:s; ", "n=note; g=*; "})
    EXPECT_EQ(with(good + p), DkimResult::pass) << good;
  EXPECT_EQ(with(p + ";"), DkimResult::pass);
  for (const char* bad :
       {"v=DKIM2; ", "v=dkim1; ", "k=foo; ", "k=ed25519; ", "h=sha1; ", "s=web; ", "x; ", "n=a; v=DKIM1; "})
    EXPECT_EQ(with(bad + p), DkimResult::permerror) << bad;
  for (const char* bad : {"", "v=DKIM1", "v=DKIM1; p=", "p=AAAA", "p=***"})
    EXPECT_EQ(with(bad), DkimResult::permerror) << bad;
  publish("t=y; " + p);
  EXPECT_TRUE(judge(octets).testing);
}

TEST_F(DkimVerify, ShortKeysNeverPass) {
  const SigningKey weak = SigningKey::generate_rsa(768);
  publish(weak.record());
  auto with = options();
  with.key = &weak;
  const SignatureResult result = judge(signed_message(with));
  EXPECT_EQ(result.result, DkimResult::policy);
  EXPECT_EQ(result.key_bits, 768u);
}

TEST_F(DkimVerify, Sha1NeverPasses) {
  const SignatureResult result = judge(replaced(signed_message(), "rsa-sha256", "rsa-sha1"));
  EXPECT_EQ(result.result, DkimResult::policy);
  EXPECT_EQ(dns.questions(), 0u);
}

TEST_F(DkimVerify, SilenceOfDnsIsTemperrorAndAbsencePermerror) {
  const std::string octets = signed_message();
  dns.fail(key_name, dns::RecordType::txt, dns::AnswerStatus::timeout);
  EXPECT_EQ(judge(octets).result, DkimResult::temperror);
  dns = testing::ZoneResolver();
  EXPECT_EQ(judge(octets).result, DkimResult::permerror);
}

TEST_F(DkimVerify, MalformedSignaturesAreNeutralAndAskNothing) {
  const std::string good = signed_message();
  for (const auto& [from, to] : std::vector<std::pair<const char*, const char*>>{{"v=1;", "v=2;"},
                                                                                 {"v=1;", ""},
                                                                                 {"v=1;", "v=1; v=1;"},
                                                                                 {"d=example.com", "d=exa_mple com"},
                                                                                 {"h=From:From", "h=X:Y"},
                                                                                 {"relaxed/simple", "loose/simple"},
                                                                                 {"q=dns/txt", "q=http"},
                                                                                 {"t=1767225600", "t=now"},
                                                                                 {"rsa-sha256", "rsa-md5"},
                                                                                 {"s=sel", "i=@other.example; s=sel"},
                                                                                 {"s=sel", "x=5; s=sel"},
                                                                                 {"s=sel", "l=-1; s=sel"},
                                                                                 {"bh=", "bh=*"}}) {
    const SignatureResult result = judge(replaced(good, from, to));
    EXPECT_EQ(result.result, DkimResult::neutral) << to;
    EXPECT_FALSE(result.problem.empty()) << to;
  }
  EXPECT_EQ(dns.questions(), 0u);
}

TEST_F(DkimVerify, ExactDomainKeysRefuseIdentitiesBelow) {
  publish("t=s; p=" + key->public_key());
  EXPECT_EQ(judge(signed_message()).result, DkimResult::pass);
  const SignatureResult below = judge(replaced(signed_message(), "s=sel;", "s=sel; i=@mail.example.com;"));
  EXPECT_EQ(below.result, DkimResult::permerror);
  EXPECT_EQ(below.identity, "@mail.example.com");
}

TEST_F(DkimVerify, BodyLengthIsReported) {
  // l= cannot be made with sign(), which never leaves octets unsigned; bh= of the first 4 octets is put in by hand.
  BodyHasher hasher(Canonicalization::simple, 4);
  hasher.update(message::parse_message(message).body);
  const std::string bh = base64_encode(hasher.finish());
  const std::string whole =
      base64_encode(hash_body(Canonicalization::simple, message::parse_message(message).body).sha256);
  const std::string octets = replaced(replaced(signed_message(), whole, bh), "s=sel;", "s=sel; l=4;");
  const SignatureResult result = judge(octets);
  EXPECT_EQ(result.result, DkimResult::fail);  // its header was changed after signing
  EXPECT_EQ(result.unsigned_body_octets, 6u);
  EXPECT_EQ(judge(replaced(octets, "l=4", "l=40")).problem, "l= is larger than the body");
}

TEST_F(DkimVerify, TenThousandSignaturesCostNoMoreThanTen) {
  std::string octets;
  for (int i = 0; i < 10000; ++i)
    octets +=
        "DKIM-Signature: v=1; a=rsa-sha256; d=d" + std::to_string(i) + ".example; s=s; h=From; bh=AA==; b=AA==\r\n";
  octets += message;
  EXPECT_EQ(judge_all(octets).size(), max_signatures);
  EXPECT_LE(dns.questions(), max_signatures);
}

}  // namespace
}  // namespace sesame::mailauth::dkim
