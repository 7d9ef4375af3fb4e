// Making, verifying, listing and deleting identities.
#include "identity/identity_service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "identity/testing/service_test.h"
#include "mailauth/dkim/key.h"

namespace sesame::identity {
namespace {

using namespace std::chrono_literals;
using dns::RecordType;
using store::BehaviorOnMxFailure;
using store::VerificationStatus;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

// --- creating ---

TEST_F(ServiceTest, ANewDomainHasThreeTokensAndIsLookedAtAtOnce) {
  const store::IdentityRecord created = house.domain("Example.COM");
  EXPECT_EQ(created.name, "example.com");
  EXPECT_EQ(created.verification, VerificationStatus::pending);
  EXPECT_THAT(created.dkim->selectors, SizeIs(3));
  EXPECT_EQ(created.next_look, house.clock.now());
  EXPECT_GE(wakes, 1);
  EXPECT_EQ(house.read(), created);
  std::vector<std::uint32_t> bits;
  for (const std::string& token : created.dkim->selectors) {
    const auto key = house.run(house.temp.stores.control->find_published_key(token));
    ASSERT_TRUE(key);
    bits.push_back(key->bits);
  }
  EXPECT_THAT(bits, testing::ElementsAre(1024u, 1024u, mailauth::dkim::ed25519_bits));
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
