#include "check/dkim_keys.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mailauth/dkim/key.h"
#include "mailauth/testing/zone_resolver.h"
#include "net/testing/run_task.h"

namespace sesame::check {
namespace {

using dns::RecordType;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// RSA keys of 512 bits, as nobody makes them any more: the public half of one made for this test.
constexpr const char* key_of_512_bits =
    "MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAKkCTZb6Xsruk4ENXoMs7DmWqIXMwuYVFPzrWiB0KFziOBzrXb4dfHWAfEgy5Nlnls0u"
    "XDh6p6nKNZVWwbPwGKkCAwEAAQ==";

std::string rsa_record(unsigned bits) { return mailauth::dkim::SigningKey::generate_rsa(bits).record(); }

struct KeysOfADomain : testing::Test {
  void publish(const std::string& selector, const std::string& record) {
    zone.add_txt(selector + "._domainkey.example.com", record);
  }
  DkimFinding look(std::vector<std::string> given = {}) {
    return net::run_task(
        look_at_dkim(zone, "example.com", std::move(given), Time{}, net::after(std::chrono::seconds(5))));
  }
  DkimKey only_key(std::vector<std::string> given = {"mine"}) {
    const DkimFinding found = look(std::move(given));
    EXPECT_THAT(found.keys, SizeIs(1));
    return found.keys.at(0);
  }

  mailauth::testing::ZoneResolver zone;
};

TEST_F(KeysOfADomain, AreFoundUnderTheGivenSelectorWithTypeAndSize) {
  publish("mine", rsa_record(2048));
  const DkimKey key = only_key();
  EXPECT_EQ(key.status, KeyStatus::good);
  EXPECT_EQ(key.algorithm, "rsa-sha256");
  EXPECT_EQ(key.bits, 2048u);
  EXPECT_THAT(look({"mine"}).problems, IsEmpty());
}

TEST_F(KeysOfADomain, AreFoundUnderUsualSelectorsUnasked) {
  publish("selector1", rsa_record(2048));
  publish("ed25519", mailauth::dkim::SigningKey::generate_ed25519().record());
  const DkimFinding found = look();
  ASSERT_THAT(found.keys, SizeIs(2));
  EXPECT_FALSE(found.keys[0].given);
  EXPECT_TRUE(found.has_accepted_key());
}

TEST_F(KeysOfADomain, AreFoundThroughAnAlias) {
  zone.add("mine._domainkey.example.com", RecordType::cname, dns::Cname{"mine.dkim.svc.example"});
  zone.add_txt("mine.dkim.svc.example", rsa_record(2048));
  const DkimKey key = only_key();
  EXPECT_EQ(key.status, KeyStatus::good);
}

TEST_F(KeysOfADomain, MissingUnderAGivenSelectorAreBad) {
  const DkimFinding found = look({"mine"});
  ASSERT_THAT(found.problems, SizeIs(1));
  EXPECT_EQ(found.problems[0].severity, Severity::bad);
  EXPECT_EQ(found.problems[0].asked, "mine._domainkey.example.com TXT");
}

TEST_F(KeysOfADomain, NotGuessedAreAdviceOnly) {
  const DkimFinding found = look();
  EXPECT_THAT(found.keys, IsEmpty());
  ASSERT_THAT(found.problems, SizeIs(1));
  EXPECT_EQ(found.problems[0].severity, Severity::advice);
}

TEST_F(KeysOfADomain, Of1024BitsAreAcceptedAndShort) {
  publish("mine", rsa_record(1024));
  EXPECT_EQ(only_key().status, KeyStatus::short_key);
  EXPECT_EQ(look({"mine"}).problems.at(0).severity, Severity::advice);
}

TEST_F(KeysOfADomain, Of512BitsAreBadEvenIfGuessed) {
  publish("mail", std::string("v=DKIM1; k=rsa; p=") + key_of_512_bits);
  const DkimFinding found = look();
  ASSERT_THAT(found.keys, SizeIs(1));
  EXPECT_EQ(found.keys[0].status, KeyStatus::weak);
  EXPECT_EQ(found.keys[0].bits, 512u);
  EXPECT_EQ(found.problems.at(0).severity, Severity::bad);
  EXPECT_FALSE(found.has_accepted_key());
}

TEST_F(KeysOfADomain, MarkedAsATestAreSaidToBe) {
  publish("mine", rsa_record(2048) + "; t=y:s");
  const DkimKey key = only_key();
  EXPECT_EQ(key.status, KeyStatus::testing);
  EXPECT_TRUE(key.exact_domain_only);
}

TEST_F(KeysOfADomain, RevokedCountOnlyIfAskedFor) {
  publish("mail", "v=DKIM1; p=");
  EXPECT_THAT(look().problems, IsEmpty()) << "how old keys are put away";
  EXPECT_EQ(look({"mail"}).problems.at(0).severity, Severity::bad);
}

TEST_F(KeysOfADomain, BrokenInTheirRecordAreExplained) {
  publish("mine", "v=DKIM1; k=rsa; p=AAAA");
  EXPECT_EQ(only_key().status, KeyStatus::broken);
  EXPECT_THAT(only_key().problem, HasSubstr("no readable key"));
}

TEST_F(KeysOfADomain, SeveralUnderOneSelectorAreBroken) {
  publish("mine", rsa_record(1024));
  publish("mine", rsa_record(1024));
  EXPECT_EQ(only_key().status, KeyStatus::broken);
}

TEST_F(KeysOfADomain, NotAllowingSha256AreBroken) {
  publish("mine", rsa_record(2048) + "; h=sha1");
  EXPECT_EQ(only_key().status, KeyStatus::broken);
}

TEST_F(KeysOfADomain, UnansweredAreUnknown) {
  zone.fail("mine._domainkey.example.com", RecordType::txt, dns::AnswerStatus::servfail);
  EXPECT_EQ(only_key().status, KeyStatus::unknown);
  EXPECT_EQ(look({"mine"}).problems.at(0).severity, Severity::unknown);
}

// Answers for every name below _domainkey, as a wildcard does.
class Wildcard final : public dns::Resolver {
 public:
  net::Task<dns::Answer> resolve(std::string name, RecordType type, net::Deadline) override {
    dns::Answer answer;
    answer.status = dns::AnswerStatus::found;
    answer.records = {{name, type, 60, dns::Txt{{"v=spf1 -all"}}}};
    co_return answer;
  }
};

TEST(WildcardBelowDomainkey, IsNotTakenForKeys) {
  Wildcard wildcard;
  const DkimFinding found =
      net::run_task(look_at_dkim(wildcard, "example.com", {}, Time{}, net::after(std::chrono::seconds(5))));
  EXPECT_TRUE(found.wildcard);
  EXPECT_THAT(found.keys, IsEmpty());
}

}  // namespace
}  // namespace sesame::check
