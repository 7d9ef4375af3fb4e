// DKIM and the MAIL FROM domain.
#include "identity/identity_service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "identity/governing.h"
#include "identity/testing/service_test.h"
#include "mailauth/dkim/key.h"

namespace sesame::identity {
namespace {

using namespace std::chrono_literals;
using dns::RecordType;
using store::BehaviorOnMxFailure;
using store::MailFromStatus;
using store::VerificationStatus;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class CountingRandom final : public RandomSource {
 public:
  std::string octets(std::size_t count) override {
    ++calls;
    return random_.octets(count);
  }
  std::atomic<int> calls = 0;

 private:
  SecureRandom random_;
};

// --- DKIM ---

TEST_F(ServiceTest, DkimAloneVerifiesTheDomainAndIsTold) {
  const store::IdentityRecord created = house.domain();
  look();
  EXPECT_EQ(house.read().verification, VerificationStatus::pending);
  EXPECT_THAT(notice_subjects(), IsEmpty());
  house.publish_dkim(created);
  look();
  const store::IdentityRecord found = house.read();
  EXPECT_EQ(found.verification, VerificationStatus::success);
  EXPECT_EQ(found.dkim->status, VerificationStatus::success);
  EXPECT_EQ(found.soa->primary, "ns1.example.com");
  const std::vector<Notice> told = house.notices.take();
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(told[0].to, "owner@example.org");
  EXPECT_EQ(told[0].subject, "DKIM set up: example.com (us-east-1)");
}

TEST_F(ServiceTest, ANewKeyLengthMakesNewTokensAndKeepsTheOldPublished) {
  const store::IdentityRecord created = house.domain();
  house.publish_dkim(created);
  look();
  EXPECT_EQ(refused(service.set_easy_dkim(House::account, "example.com", 1024)).code, IdentityErrc::key_change_refused);
  EXPECT_EQ(refused(service.set_easy_dkim(House::account, "example.com", 2048)).code, IdentityErrc::key_change_refused);
  EXPECT_EQ(refused(service.set_easy_dkim(House::account, "example.com", 512)).code, IdentityErrc::invalid_dkim_key);
  house.clock.advance(24h);
  const store::DkimState state = house.must(service.set_easy_dkim(House::account, "example.com", 2048));
  EXPECT_EQ(state.status, VerificationStatus::pending);
  EXPECT_NE(state.selectors, created.dkim->selectors);
  EXPECT_TRUE(may_send(house.read()));
  EXPECT_TRUE(house.run(house.temp.stores.control->find_published_key(created.dkim->selectors[0])));
  EXPECT_TRUE(house.run(house.temp.stores.control->find_published_key(state.selectors[0])));
}

TEST_F(ServiceTest, ARefusedKeyLengthMakesNoKeys) {
  house.domain();
  CountingRandom random;
  IdentityService counted(ServiceDeps{*house.temp.stores.control, house.client, house.notices, house.clock, random,
                                      house.workers.executor(), house.names, "https://svc.example"});
  EXPECT_EQ(refused(counted.set_easy_dkim(House::account, "example.com", 2048)).code, IdentityErrc::key_change_refused);
  EXPECT_EQ(random.calls, 0) << "no tokens, and no key pair after them";
}

TEST_F(ServiceTest, FromAnOwnKeyBackToEasyDkim) {
  house.domain();
  const auto mine = mailauth::dkim::SigningKey::generate_rsa(1024);
  const OwnDkimKey key{"mine", base64_encode(mine.private_key().reveal())};
  EXPECT_THAT(house.must(service.set_own_dkim_key(House::account, "example.com", key)).selectors, ElementsAre("mine"));
  const store::DkimState back = house.must(service.set_easy_dkim(House::account, "example.com", 1024));
  EXPECT_EQ(back.origin, store::DkimOrigin::service);
  EXPECT_THAT(back.selectors, SizeIs(3));
}

TEST_F(ServiceTest, SigningIsSwitchedForDomainsAndWithoutEffectForTheirAddresses) {
  house.domain();
  house.must(service.set_dkim_signing(House::account, "example.com", false));
  EXPECT_FALSE(house.read().dkim->signing_enabled);
  house.must(service.set_dkim_signing(House::account, "jane@example.com", true));
  EXPECT_FALSE(house.read().dkim->signing_enabled);
  EXPECT_EQ(refused(service.set_dkim_signing(House::account, "jane@example.org", true)).text,
            "Domain example.org is not verified for DKIM signing.");
}

// --- the MAIL FROM domain ---

TEST_F(ServiceTest, MailFromGoesFromPendingToSuccessAndEveryChangeIsTold) {
  house.domain();
  wakes = 0;
  set_mail_from("Bounce.Example.com");
  EXPECT_EQ(house.read().mail_from->domain, "bounce.example.com");
  EXPECT_EQ(house.read().mail_from->status, MailFromStatus::pending);
  look();
  EXPECT_EQ(house.read().mail_from->status, MailFromStatus::pending);
  house.publish_mail_from("bounce.example.com");
  look();
  EXPECT_EQ(house.read().mail_from->status, MailFromStatus::success);
  EXPECT_THAT(notice_subjects(), ElementsAre("MAIL FROM domain set up: bounce.example.com (us-east-1)"));

  house.servers.withdraw("bounce.example.com", RecordType::mx);
  look();
  EXPECT_EQ(house.read().mail_from->status, MailFromStatus::success) << "one bad look";
  look();
  EXPECT_EQ(house.read().mail_from->status, MailFromStatus::temporary_failure);
  EXPECT_THAT(notice_subjects(), ElementsAre("MAIL FROM domain in trouble: bounce.example.com (us-east-1)"));

  house.clock.advance(72h);
  look();
  EXPECT_EQ(house.read().mail_from->status, MailFromStatus::failed);
  EXPECT_THAT(notice_subjects(), testing::Contains("MAIL FROM domain set-up failed: bounce.example.com (us-east-1)"));

  house.publish_mail_from("bounce.example.com");
  look();
  EXPECT_EQ(house.read().mail_from->status, MailFromStatus::failed) << "no more look-ups";
  set_mail_from("bounce.example.com");
  look();
  EXPECT_EQ(house.read().mail_from->status, MailFromStatus::success);
}

TEST_F(ServiceTest, MailFromRefusalsChangeNothing) {
  house.domain();
  set_mail_from("bounce.example.com", BehaviorOnMxFailure::reject);
  const store::IdentityRecord before = house.read();
  for (const char* name : {"example.com", "bounce.example.org", "com", "bounce..example.com"}) {
    refused(service.set_mail_from(House::account, "example.com", name, BehaviorOnMxFailure::use_default));
  }
  EXPECT_EQ(house.read(), before);
}

TEST_F(ServiceTest, ClearingTheMailFromDomainTakesItsBehaviourAlong) {
  house.domain();
  set_mail_from("bounce.example.com", BehaviorOnMxFailure::reject);
  set_mail_from("", BehaviorOnMxFailure::reject);
  EXPECT_FALSE(house.read().mail_from);
}

TEST_F(ServiceTest, SettingWakesTheWatcherAndMakesALookDueAtOnce) {
  const store::IdentityRecord created = house.domain();
  house.publish_dkim(created);
  look();
  wakes = 0;
  set_mail_from("bounce.example.com");
  EXPECT_EQ(wakes, 1);
  EXPECT_EQ(house.read().next_look, house.clock.now());
}

}  // namespace
}  // namespace sesame::identity
