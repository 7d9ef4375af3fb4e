#include "identity/identity_service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "base/text.h"
#include "identity/governing.h"
#include "identity/mail_from.h"
#include "identity/testing/house.h"
#include "mailauth/dkim/key.h"

namespace sesame::identity {
namespace {

using namespace std::chrono_literals;
using dns::RecordType;
using store::BehaviorOnMxFailure;
using store::MailFromStatus;
using store::VerificationStatus;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
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

struct ServiceTest : testing::Test {
  ServiceTest() {
    house.service.set_waker([this] { ++wakes; });
  }
  template <class T>
  IdentityError refused(IdentityTask<T> task) {
    const auto result = house.run(std::move(task));
    EXPECT_FALSE(result);
    return result ? IdentityError{} : result.error();
  }
  void look() { house.must(service.look_now(House::account, "example.com")); }
  void set_mail_from(std::string domain, BehaviorOnMxFailure behavior = BehaviorOnMxFailure::use_default) {
    house.must(service.set_mail_from(House::account, "example.com", std::move(domain), behavior));
  }
  std::vector<std::string> notice_subjects() {
    std::vector<std::string> subjects;
    for (const Notice& notice : house.notices.take()) subjects.push_back(notice.subject);
    return subjects;
  }
  std::string link_token() {
    const std::vector<Notice> sent = house.notices.take();
    const std::string& text = sent.at(0).text;
    const std::size_t at = text.find("/v/") + 3;
    return text.substr(at, text.find('\n', at) - at);
  }

  House house;
  IdentityService& service = house.service;
  std::atomic<int> wakes = 0;
};

// --- creating ---

TEST_F(ServiceTest, ANewDomainHasThreeTokensOfOneKeyAndIsLookedAtAtOnce) {
  const store::IdentityRecord created = house.domain("Example.COM");
  EXPECT_EQ(created.name, "example.com");
  EXPECT_EQ(created.verification, VerificationStatus::pending);
  EXPECT_THAT(created.dkim->selectors, SizeIs(3));
  EXPECT_EQ(created.next_look, house.clock.now());
  EXPECT_GE(wakes, 1);
  EXPECT_EQ(house.read(), created);
  for (const std::string& token : created.dkim->selectors) {
    const auto key = house.run(house.temp.stores.control->find_published_key(token));
    ASSERT_TRUE(key);
    EXPECT_EQ(key->bits, 1024u);
  }
}

TEST_F(ServiceTest, TheSameDomainTwiceIsRefused) {
  house.domain();
  const IdentityError error = refused(service.create(House::account, "EXAMPLE.com", {}));
  EXPECT_EQ(error.code, IdentityErrc::already_exists);
  EXPECT_EQ(error.text, "Email identity example.com already exist.");
}

TEST_F(ServiceTest, WhatIsNoNameIsRefused) {
  EXPECT_EQ(refused(service.create(House::account, "example", {})).code, IdentityErrc::invalid_name);
  EXPECT_EQ(refused(service.create(House::account, "a b@example.com", {})).code, IdentityErrc::invalid_name);
}

TEST_F(ServiceTest, AnUnknownIdentityIsNotFoundInTheWordsOfSes) {
  EXPECT_EQ(refused(service.get(House::account, "example.com")).text, "Email identity example.com does not exist.");
  EXPECT_EQ(refused(service.remove(House::account, "example.com")).code, IdentityErrc::not_found);
  EXPECT_EQ(refused(service.look_now(House::account, "example.com")).code, IdentityErrc::not_found);
  const IdentityError error = refused(
      service.set_mail_from(House::account, "example.com", "bounce.example.com", BehaviorOnMxFailure::use_default));
  EXPECT_EQ(error.code, IdentityErrc::not_found);
  EXPECT_EQ(error.text, "Identity <example.com> does not exist.");
  EXPECT_EQ(refused(service.set_dkim_signing(House::account, "example.com", true)).text,
            "Domain example.com is not verified for DKIM signing.");
}

TEST_F(ServiceTest, AnIdentityBelongsToItsAccount) {
  house.domain();
  EXPECT_EQ(refused(service.get("999999999999", "example.com")).code, IdentityErrc::not_found);
}

TEST_F(ServiceTest, ADeletedIdentityTakesItsKeysAlong) {
  const store::IdentityRecord created = house.domain();
  house.must(service.remove(House::account, "example.com"));
  EXPECT_FALSE(house.run(house.temp.stores.control->find_published_key(created.dkim->selectors[0])));
}

TEST_F(ServiceTest, AnOwnKeyIsKeptUnderItsSelectorAndVerifiesTheDomain) {
  const auto mine = mailauth::dkim::SigningKey::generate_rsa(1024);
  CreateOptions options;
  options.own_key = OwnDkimKey{"mine", base64_encode(mine.private_key().reveal())};
  const store::IdentityRecord created = house.must(service.create(House::account, "example.com", options));
  EXPECT_EQ(created.dkim->origin, store::DkimOrigin::external);
  EXPECT_THAT(created.dkim->selectors, ElementsAre("mine"));
  house.servers.publish("mine._domainkey.example.com", RecordType::txt, "\"v=DKIM1; p=" + mine.public_key() + "\"");
  look();
  EXPECT_EQ(house.read().verification, VerificationStatus::success);
}

TEST_F(ServiceTest, ABadOwnKeyLeavesNothingBehind) {
  CreateOptions options;
  options.own_key = OwnDkimKey{"mine", "no key"};
  EXPECT_EQ(refused(service.create(House::account, "example.com", options)).code, IdentityErrc::invalid_dkim_key);
  EXPECT_EQ(refused(service.get(House::account, "example.com")).code, IdentityErrc::not_found);
}

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

// --- v1 ---

TEST_F(ServiceTest, VerifyingByTxtGivesTheSameTokenAgain) {
  const std::string token = house.must(service.verify_domain_by_txt(House::account, "example.com"));
  EXPECT_EQ(base64_decode(token)->size(), 32u);
  EXPECT_EQ(house.must(service.verify_domain_by_txt(House::account, "Example.com")), token);
  EXPECT_FALSE(house.read().dkim) << "DKIM was not asked for";
  house.servers.publish("_amazonses.example.com", RecordType::txt, "\"" + token + "\"");
  look();
  EXPECT_EQ(house.read().verification, VerificationStatus::success);
  EXPECT_THAT(notice_subjects(), ElementsAre("Domain verified: example.com (us-east-1)"));
}

TEST_F(ServiceTest, VerifyingDkimGivesTheSameTokensAgainAndAddsThemToADomain) {
  house.must(service.verify_domain_by_txt(House::account, "example.com"));
  const auto tokens = house.must(service.verify_domain_dkim(House::account, "example.com"));
  EXPECT_THAT(tokens, SizeIs(3));
  EXPECT_EQ(house.must(service.verify_domain_dkim(House::account, "example.com")), tokens);
  EXPECT_TRUE(house.read().txt_token) << "the other way stays open";
}

TEST_F(ServiceTest, VerifyingDkimRestartsAFailedSearchWithTheSameTokens) {
  const store::IdentityRecord created = house.domain();
  house.clock.advance(72h);
  look();
  ASSERT_EQ(house.read().dkim->status, VerificationStatus::failed);
  EXPECT_EQ(house.must(service.verify_domain_dkim(House::account, "example.com")), created.dkim->selectors);
  EXPECT_EQ(house.read().dkim->status, VerificationStatus::pending);
}

// --- addresses ---

TEST_F(ServiceTest, AnAddressIsVerifiedByItsLinkOnce) {
  house.must(service.create(House::account, "jane@example.com", {}));
  EXPECT_EQ(house.read("jane@example.com").verification, VerificationStatus::pending);
  const std::string token = link_token();
  EXPECT_EQ(house.must(service.confirm_address(token)).name, "jane@example.com");
  EXPECT_EQ(house.read("jane@example.com").verification, VerificationStatus::success);
  EXPECT_EQ(refused(service.confirm_address(token)).code, IdentityErrc::not_found);
}

TEST_F(ServiceTest, ALinkIsGoodFor24HoursAndCanBeMailedAgain) {
  house.must(service.verify_address(House::account, "jane@example.com"));
  const std::string late = link_token();
  house.clock.advance(24h + 1ms);
  EXPECT_EQ(refused(service.confirm_address(late)).code, IdentityErrc::not_found);
  house.must(service.verify_address(House::account, "jane@example.com"));
  house.must(service.confirm_address(link_token()));
  EXPECT_EQ(house.read("jane@example.com").verification, VerificationStatus::success);
}

TEST_F(ServiceTest, AtMostOneLinkAMinuteIsMailedToAnAddress) {
  house.must(service.create(House::account, "jane@example.com", {}));
  EXPECT_THAT(house.notices.take(), SizeIs(1));
  house.clock.advance(1min - 1ms);
  house.must(service.verify_address(House::account, "jane@example.com"));
  EXPECT_THAT(house.notices.take(), IsEmpty());
  house.clock.advance(1ms);
  house.must(service.verify_address(House::account, "jane@example.com"));
  EXPECT_THAT(house.notices.take(), SizeIs(1));
}

TEST_F(ServiceTest, AVerifiedAddressIsMailedNoLink) {
  house.must(service.create(House::account, "jane@example.com", {}));
  house.must(service.confirm_address(link_token()));
  house.clock.advance(1h);
  house.must(service.verify_address(House::account, "jane@example.com"));
  EXPECT_THAT(house.notices.take(), IsEmpty());
}

TEST_F(ServiceTest, AnAddressTakesNoDkimSettings) {
  CreateOptions options;
  options.next_key_bits = 2048;
  EXPECT_EQ(refused(service.create(House::account, "jane@example.com", options)).code, IdentityErrc::not_a_domain);
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

// --- looking ---

TEST_F(ServiceTest, AskingPullsTheNextLookToTwoSecondsAndKeepsThePace) {
  house.domain();
  house.must(service.look_and_apply(house.read(), {}));
  EXPECT_EQ(house.read().next_look, house.clock.now() + 15s);
  wakes = 0;
  EXPECT_EQ(house.must(service.get_watched(House::account, "example.com")).next_look, house.clock.now() + 2s);
  EXPECT_EQ(wakes, 1);
  house.must(service.get_watched(House::account, "example.com"));
  EXPECT_EQ(wakes, 1) << "due soon enough";
  house.clock.advance(2s);
  house.must(service.look_and_apply(house.read(), {}));
  EXPECT_EQ(house.read().next_look, house.clock.now() + 2s);
  house.clock.advance(61s);
  house.must(service.look_and_apply(house.read(), {}));
  EXPECT_EQ(house.read().next_look, house.clock.now() + 15s) << "nobody has asked for a minute";
}

TEST_F(ServiceTest, ALookThatEndsAfterAnotherNameWasSetSaysNothingAboutIt) {
  house.domain();
  set_mail_from("bounce.example.com");
  house.publish_mail_from("bounce.example.com");
  const store::IdentityRecord asked = house.read();
  set_mail_from("other.example.com");
  house.must(service.look_and_apply(asked, {}));
  EXPECT_EQ(house.read().mail_from->domain, "other.example.com");
  EXPECT_EQ(house.read().mail_from->status, MailFromStatus::pending);
}

TEST_F(ServiceTest, TheDiagnosisIsKeptAndMadeWhenThereIsNone) {
  house.domain();
  set_mail_from("bounce.example.com");
  house.servers.publish("bounce.example.com", RecordType::mx, "10 mail.example.com");
  house.servers.publish("bounce.example.com", RecordType::mx, "10 feedback-smtp.us-east-1.svc.example");
  const auto json = boost::json::parse(house.must(service.diagnosis(House::account, "example.com")));
  EXPECT_EQ(json.at("domain"), "example.com");
  EXPECT_EQ(json.at("mail_from").at("status"), "PENDING");
  EXPECT_THAT(std::string(json.at("mail_from").at("problems").at(0).as_string()),
              HasSubstr("Remove: 10 mail.example.com."));
  EXPECT_EQ(json.at("records").as_array().size(), 5u);
  const std::size_t questions = house.servers.server(0).questions();
  house.must(service.diagnosis(House::account, "example.com"));
  EXPECT_EQ(house.servers.server(0).questions(), questions) << "the last one is kept";

  LookOptions only_mail_from;
  only_mail_from.dkim = only_mail_from.txt = false;
  house.must(service.look_and_apply(house.read(), only_mail_from));
  const auto later = boost::json::parse(house.must(service.diagnosis(House::account, "example.com")));
  EXPECT_EQ(later.at("records").as_array().size(), 5u) << "DKIM stays as it was found";
}

net::Task<bool> sent(IdentityService& service) {
  co_await service.send_owed_notices();
  co_return true;
}

TEST_F(ServiceTest, ANoticeLostBecauseTheAccountIsGoneIsLogged) {
  constexpr const char* unknown = "999999999999";
  CreateOptions options;
  options.next_key_bits = 1024;
  house.publish_dkim(house.must(service.create(unknown, "example.com", options)));
  testing::internal::CaptureStderr();
  house.must(service.look_now(unknown, "example.com"));
  EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("its account is gone"));
  EXPECT_THAT(house.notices.take(), IsEmpty());
  EXPECT_THAT(*house.run(house.temp.stores.control->owed_notices(0, 10)), IsEmpty());
}

TEST_F(ServiceTest, ANoticeThatCouldNotBeQueuedIsOwedUntilItIs) {
  house.publish_dkim(house.domain());
  house.notices.refuse(true);
  look();
  ASSERT_EQ(house.read().verification, VerificationStatus::success);
  house.notices.refuse(false);
  // As after a crash: all that is known stands in the store.
  IdentityService restarted(ServiceDeps{*house.temp.stores.control, house.client, house.notices, house.clock,
                                        house.random, house.workers.executor(), house.names, "https://svc.example"});
  house.run(sent(restarted));
  const auto notices = house.notices.take();
  ASSERT_THAT(notices, Not(IsEmpty()));
  EXPECT_EQ(notices.front().to, "owner@example.org");
  house.run(sent(restarted));
  EXPECT_THAT(house.notices.take(), IsEmpty()) << "once it is queued it is settled";
}

TEST_F(ServiceTest, ALinkThatCouldNotBeMailedIsMailedLaterButNotWhenItIsPastItsTime) {
  house.notices.refuse(true);
  house.must(service.create(House::account, "jane@example.com", {}));
  house.must(service.create(House::account, "joe@example.com", {}));
  house.notices.refuse(false);
  house.clock.advance(23h);
  house.run(sent(service));
  EXPECT_THAT(house.notices.take(), SizeIs(2));
  house.notices.refuse(true);
  house.must(service.create(House::account, "jim@example.com", {}));
  house.notices.refuse(false);
  house.clock.advance(24h + 1ms);
  house.run(sent(service));
  EXPECT_THAT(house.notices.take(), IsEmpty());
}

TEST_F(ServiceTest, AMailFromDomainThatIsAnIdentityIsPointedOut) {
  house.domain();
  house.domain("bounce.example.com");
  set_mail_from("bounce.example.com");
  EXPECT_THAT(house.must(service.look_now(House::account, "example.com")), HasSubstr("registered for sending itself"));
}

TEST_F(ServiceTest, ALostIdentityWithinItsGraceMaySendAndIsRestored) {
  const store::IdentityRecord created = house.domain();
  house.publish_dkim(created);
  look();
  for (const std::string& token : created.dkim->selectors) {
    house.servers.withdraw(token + "._domainkey.example.com", RecordType::cname);
  }
  look();
  look();
  EXPECT_EQ(house.read().verification, VerificationStatus::temporary_failure);
  EXPECT_TRUE(may_send(house.read()));
  house.clock.advance(71h);
  house.publish_dkim(created);
  look();
  EXPECT_EQ(house.read().verification, VerificationStatus::success);
  EXPECT_THAT(notice_subjects(), ElementsAre(HasSubstr("DKIM set up"), HasSubstr("DKIM records missing"),
                                             HasSubstr("DKIM warning cancelled")));
}

TEST_F(ServiceTest, TheHistoryTellsHowAMailFromDomainWasFoundAndLost) {
  const auto identity = house.domain();
  house.must(house.service.set_mail_from(House::account, "example.com", "bounce.example.com",
                                         store::BehaviorOnMxFailure::use_default));
  house.publish_mail_from("bounce.example.com");
  house.must(house.service.look_now(House::account, "example.com"));
  house.servers.withdraw("bounce.example.com", dns::RecordType::mx);
  house.must(house.service.look_now(House::account, "example.com"));
  house.must(house.service.look_now(House::account, "example.com"));

  const auto entries = house.must(house.service.history(House::account, "EXAMPLE.com", 1'000'000, 100));
  std::vector<std::string> told;
  for (const store::HistoryEntry& entry : entries) {
    const auto document = boost::json::parse(entry.document);
    if (document.at("subject") != "mail_from") continue;
    const auto& records = document.at("records").as_array();
    told.push_back(std::string(document.at("after").at("status").as_string()) +
                   (records.empty() ? "" : " " + boost::json::serialize(records.at(0).at("after"))));
  }
  EXPECT_EQ(told, (std::vector<std::string>{"temporary_failure []", "success []",
                                            R"(success ["10 feedback-smtp.us-east-1.svc.example"])", "pending"}));
  const auto unknown = house.run(house.service.history(House::account, "example.org", 1'000'000, 100));
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, IdentityErrc::not_found);
}

TEST_F(ServiceTest, OtherSettingsAreKept) {
  house.domain();
  house.must(service.set_feedback_forwarding(House::account, "example.com", false));
  house.must(service.set_configuration_set(House::account, "example.com", "bulk"));
  EXPECT_FALSE(house.read().feedback_forwarding);
  EXPECT_EQ(house.read().configuration_set, "bulk");
  house.must(service.set_configuration_set(House::account, "example.com", std::nullopt));
  EXPECT_EQ(house.read().configuration_set, std::nullopt);
}

TEST_F(ServiceTest, ListingIsByNameAndKind) {
  house.domain();
  house.must(service.verify_address(House::account, "jane@example.com"));
  const auto all = house.must(service.list(House::account, "", 10, std::nullopt));
  EXPECT_THAT(all.identities, SizeIs(2));
  const auto addresses = house.must(service.list(House::account, "", 10, store::IdentityKind::email_address));
  ASSERT_THAT(addresses.identities, SizeIs(1));
  EXPECT_EQ(addresses.identities[0].name, "jane@example.com");
}

}  // namespace
}  // namespace sesame::identity
