// Named after spec/ses.md 1.4 and the rows of 2.5.
#include "identity/governing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sesame::identity {
namespace {

using store::IdentityKind;
using store::IdentityRecord;
using store::VerificationStatus;
using testing::ElementsAre;
using testing::IsEmpty;

IdentityRecord verified(std::string name) {
  IdentityRecord record;
  record.kind = name.find('@') == std::string::npos ? IdentityKind::domain : IdentityKind::email_address;
  record.name = std::move(name);
  record.verification = VerificationStatus::success;
  return record;
}
IdentityRecord with_mail_from(IdentityRecord record, std::string domain) {
  record.mail_from.emplace().domain = std::move(domain);
  return record;
}
IdentityRecord with_dkim(IdentityRecord record, VerificationStatus status = VerificationStatus::success,
                         bool enabled = true) {
  record.dkim.emplace().status = status;
  record.dkim->signing_enabled = enabled;
  return record;
}
std::string name_of(const IdentityRecord* record) { return record ? record->name : "none"; }
std::string mail_from_of(std::string_view address, const std::vector<IdentityRecord>& records, bool strict = false) {
  const Governing governing = govern(address, records, strict);
  return governing.mail_from ? governing.mail_from->mail_from->domain : "none";
}
std::string dkim_of(std::string_view address, const std::vector<IdentityRecord>& records) {
  return name_of(govern(address, records, false).dkim);
}

TEST(CandidateNames, GoFromTheAddressToItsShortestParent) {
  EXPECT_THAT(candidate_names("Jane+news@Mail.Example.com"),
              ElementsAre("Jane+news@Mail.Example.com", "Jane@Mail.Example.com", "mail.example.com", "example.com"));
  EXPECT_THAT(candidate_names("jane@example.com"), ElementsAre("jane@example.com", "example.com"));
}

TEST(CandidateNames, OnlyTheFirstPlusBeginsALabel) {
  EXPECT_THAT(candidate_names("a+b+c@example.com"), ElementsAre("a+b+c@example.com", "a@example.com", "example.com"));
  EXPECT_THAT(candidate_names("+x@example.com"), ElementsAre("+x@example.com", "example.com"));
}

TEST(CandidateNames, ULabelsAreFoundAsALabels) {
  EXPECT_THAT(candidate_names("a@b\xc3\xbc"
                              "cher.example"),
              ElementsAre("a@b\xc3\xbc"
                          "cher.example",
                          "xn--bcher-kva.example"));
}

TEST(CandidateNames, WhatIsNoAddressHasNone) {
  for (const char* text : {"", "jane", "@example.com", "jane@"}) EXPECT_THAT(candidate_names(text), IsEmpty()) << text;
  EXPECT_THAT(candidate_names("jane@localhost"), ElementsAre("jane@localhost"));
  EXPECT_THAT(candidate_names("jane@a..b.example"), ElementsAre("jane@a..b.example")) << "no empty labels";
}

TEST(Governing, NobodyVerifiedMeansTheAddressMayNotBeUsed) {
  std::vector<IdentityRecord> records{verified("example.com")};
  records[0].verification = VerificationStatus::pending;
  EXPECT_FALSE(govern("jane@example.com", records, false).verified);
  records[0].verification = VerificationStatus::failed;
  EXPECT_FALSE(govern("jane@example.com", records, false).verified);
  EXPECT_FALSE(govern("jane@example.com", {}, false).verified);
}

TEST(Governing, AVerifiedDomainCoversEverySubdomainAndAddress) {
  const std::vector<IdentityRecord> records{verified("example.com")};
  EXPECT_TRUE(govern("jane@example.com", records, false).verified);
  EXPECT_TRUE(govern("jane@a.b.Example.com", records, false).verified);
  EXPECT_FALSE(govern("jane@badexample.com", records, false).verified);
}

TEST(Governing, APlusLabelOnAVerifiedAddressIsCoveredByIt) {
  const std::vector<IdentityRecord> records{verified("jane@example.com")};
  EXPECT_TRUE(govern("jane+x@example.com", records, false).verified);
  EXPECT_FALSE(govern("jan@example.com", records, false).verified);
}

TEST(Governing, AddressesCompareCaseSensitively) {
  const std::vector<IdentityRecord> records{verified("Jane@example.com")};
  EXPECT_TRUE(govern("Jane@example.com", records, false).verified);
  EXPECT_FALSE(govern("jane@example.com", records, false).verified);
  EXPECT_FALSE(govern("Jane@Example.com", records, false).verified) << "the domain part included";
}

TEST(Governing, WithinTheGraceMailMayStillBeSent) {
  std::vector<IdentityRecord> records{verified("example.com")};
  records[0].verification = VerificationStatus::temporary_failure;
  EXPECT_TRUE(govern("jane@example.com", records, false).verified);
}

TEST(Governing, SettingsComeFromTheMostSpecificVerifiedIdentity) {
  std::vector<IdentityRecord> records{verified("example.com"), verified("mail.example.com"),
                                      verified("jane@mail.example.com")};
  EXPECT_EQ(name_of(govern("jane@mail.example.com", records, false).settings), "jane@mail.example.com");
  EXPECT_EQ(name_of(govern("joe@mail.example.com", records, false).settings), "mail.example.com");
  EXPECT_EQ(name_of(govern("joe@www.example.com", records, false).settings), "example.com");
  records[1].verification = VerificationStatus::pending;
  EXPECT_EQ(name_of(govern("joe@mail.example.com", records, false).settings), "example.com");
}

TEST(Governing, AnAddressIsSignedByItsDomain) {
  EXPECT_EQ(dkim_of("jane@example.com", {verified("jane@example.com"), with_dkim(verified("example.com"))}),
            "example.com");
  EXPECT_EQ(dkim_of("jane@example.com", {verified("jane@example.com")}), "none");
}

TEST(Governing, TheMostSpecificDomainWithDkimSigns) {
  const IdentityRecord parent = with_dkim(verified("example.com"));
  EXPECT_EQ(dkim_of("a@mail.example.com", {parent, with_dkim(verified("mail.example.com"))}), "mail.example.com");
  EXPECT_EQ(dkim_of("a@mail.example.com", {parent, verified("mail.example.com")}), "example.com");
  EXPECT_EQ(
      dkim_of("a@mail.example.com", {parent, with_dkim(verified("mail.example.com"), VerificationStatus::pending)}),
      "example.com");
  EXPECT_EQ(dkim_of("a@mail.example.com",
                    {parent, with_dkim(verified("mail.example.com"), VerificationStatus::success, false)}),
            "none")
      << "switched off for that domain";
}

TEST(Governing, SigningGoesOnWithinTheGraceAndStopsAfterIt) {
  EXPECT_EQ(dkim_of("a@example.com", {with_dkim(verified("example.com"), VerificationStatus::temporary_failure)}),
            "example.com");
  EXPECT_EQ(dkim_of("a@example.com", {with_dkim(verified("example.com"), VerificationStatus::failed)}), "none");
}

// --- spec 2.5, row by row ---

const IdentityRecord domain_with = with_mail_from(verified("example.com"), "bounce.example.com");
const IdentityRecord address_with = with_mail_from(verified("jane@example.com"), "jane.example.com");

TEST(GoverningMailFrom, DomainRegisteredRulesAnyAddressOfIt) {
  EXPECT_EQ(mail_from_of("anyone@example.com", {domain_with}), "bounce.example.com");
}
TEST(GoverningMailFrom, AddressRegisteredRulesThatAddress) {
  EXPECT_EQ(mail_from_of("jane@example.com", {address_with}), "jane.example.com");
}
TEST(GoverningMailFrom, BothRegisteredTheAddressRulesItself) {
  EXPECT_EQ(mail_from_of("jane@example.com", {domain_with, address_with}), "jane.example.com");
}
TEST(GoverningMailFrom, BothRegisteredTheDomainRulesAnotherAddress) {
  EXPECT_EQ(mail_from_of("joe@example.com", {domain_with, address_with}), "bounce.example.com");
}
TEST(GoverningMailFrom, AddressWithoutOneUsesItsDomains) {
  const std::vector<IdentityRecord> records{domain_with, verified("jane@example.com")};
  EXPECT_EQ(mail_from_of("jane@example.com", records), "bounce.example.com");
  EXPECT_EQ(mail_from_of("jane@example.com", records, true), "none") << "strict reading";
}
TEST(GoverningMailFrom, SubdomainWithoutOneUsesItsParents) {
  const std::vector<IdentityRecord> records{domain_with, verified("mail.example.com")};
  EXPECT_EQ(mail_from_of("jane@mail.example.com", records), "bounce.example.com");
  EXPECT_EQ(mail_from_of("jane@mail.example.com", records, true), "none") << "strict reading";
}
TEST(GoverningMailFrom, AnUnverifiedIdentityRulesNothing) {
  std::vector<IdentityRecord> records{domain_with, address_with};
  records[1].verification = VerificationStatus::pending;
  EXPECT_EQ(mail_from_of("jane@example.com", records), "bounce.example.com");
}

}  // namespace
}  // namespace sesame::identity
