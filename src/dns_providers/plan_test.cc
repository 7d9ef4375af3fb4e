#include "dns_providers/plan.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace sesame::dns_providers {
namespace {

using dns::RecordType;
using Texts = std::vector<std::string>;

const identity::ServiceNames names{"svc.example", "us-east-1"};
constexpr const char* bounce = "bounce.example.com";

store::IdentityRecord identity_record() {
  store::IdentityRecord identity;
  identity.account_id = "1";
  identity.name = "example.com";
  identity.dkim.emplace();
  identity.dkim->selectors = {"t1"};
  identity.mail_from.emplace();
  identity.mail_from->domain = bounce;
  return identity;
}

RecordSet set(const std::string& name, RecordType type, const Texts& values, std::uint32_t ttl = 60) {
  RecordSet made{name, type, ttl, {}};
  for (const std::string& value : values) {
    made.data.push_back(std::get<dns::RecordData>(dns::parse_record_data(type, value)));
  }
  return made;
}

std::string texts_of(const RecordSet& set) {
  Texts texts;
  for (const auto& each : set.data) texts.push_back(dns::presentation(each));
  return fmt::format("{}", fmt::join(texts, " | "));
}

class PlanTest : public testing::Test {
 protected:
  std::vector<Wanted> wanted() const { return *wanted_records(identity, names, wanted_options); }
  Plan plan() const { return make_plan(wanted(), present, names, options); }

  // "MX bounce.example.com: before -> after"
  Texts changes() const {
    Texts lines;
    for (const auto& [change, purposes] : plan().changes) {
      lines.push_back(fmt::format("{} {}: {} -> {}", dns::name(change.key().type), change.key().name,
                                  texts_of(change.before), texts_of(change.after)));
    }
    return lines;
  }
  // "foreign_mx MX bounce.example.com"
  Texts conflicts() const {
    Texts lines;
    for (const Conflict& conflict : plan().conflicts) {
      lines.push_back(fmt::format("{} {} {}", name(conflict.reason), dns::name(conflict.at.type), conflict.at.name));
    }
    return lines;
  }
  void only(Part part) { wanted_options.parts = std::vector<Part>{part}; }

  store::IdentityRecord identity = identity_record();
  WantedOptions wanted_options;
  std::vector<RecordSet> present;
  PlanOptions options{"example.com", 300, {}};
};

const std::string our_mx = "10 feedback-smtp.us-east-1.svc.example.";
const std::string our_spf = "\"v=spf1 include:svc.example ~all\"";
const std::string create_dkim = "CNAME t1._domainkey.example.com:  -> t1.dkim.svc.example.";

TEST_F(PlanTest, AnEmptyZoneGetsEverything) {
  EXPECT_EQ(changes(),
            (Texts{create_dkim, "MX bounce.example.com:  -> " + our_mx, "TXT bounce.example.com:  -> " + our_spf}));
  EXPECT_EQ(conflicts(), Texts{});
  for (const auto& planned : plan().changes) EXPECT_EQ(planned.change.after.ttl, 300u);
}

TEST_F(PlanTest, WhatHasBeenPublishedIsLeftAlone) {
  for (const auto& planned : plan().changes) present.push_back(planned.change.after);
  EXPECT_EQ(changes(), Texts{});
  EXPECT_EQ(plan().unchanged.size(), 3u);
  EXPECT_EQ(conflicts(), Texts{});
}

TEST_F(PlanTest, WhatIsRightInOtherWordsIsLeftAlone) {
  only(Part::mail_from);
  present = {set(bounce, RecordType::mx, {"5 feedback-smtp.us-east-1.svc.example."}),
             set(bounce, RecordType::txt, {"\"v=spf1 ip4:192.0.2.1 include:svc.example -all\""})};
  EXPECT_EQ(changes(), Texts{});
  EXPECT_EQ(conflicts(), Texts{});
}

TEST_F(PlanTest, AForeignMxStaysUntilItIsNamed) {
  only(Part::mail_from);
  present = {set(bounce, RecordType::mx, {"10 mx.example.com."})};
  EXPECT_EQ(conflicts(), Texts{"foreign_mx MX bounce.example.com"});
  EXPECT_EQ(changes(), Texts{"TXT bounce.example.com:  -> " + our_spf});
  EXPECT_TRUE(plan().is_blocked());
  options.replace = {{bounce, RecordType::txt}};
  EXPECT_TRUE(plan().is_blocked());
  options.replace = {{bounce, RecordType::mx}};
  EXPECT_FALSE(plan().is_blocked());
  EXPECT_EQ(changes().front(), "MX bounce.example.com: 10 mx.example.com. -> " + our_mx);
  EXPECT_EQ(plan().changes.front().change.after.ttl, 60u);
}

TEST_F(PlanTest, OurMxBesideAnotherIsAConflictToo) {
  only(Part::mail_from);
  present = {set(bounce, RecordType::mx, {our_mx, "20 mx.example.com."})};
  EXPECT_EQ(conflicts(), Texts{"foreign_mx MX bounce.example.com"});
}

TEST_F(PlanTest, AnAliasKeepsEverythingAway) {
  only(Part::mail_from);
  present = {set(bounce, RecordType::cname, {"elsewhere.example."})};
  EXPECT_EQ(conflicts(), Texts{"cname CNAME bounce.example.com"});
  EXPECT_EQ(changes(), Texts{});
  options.replace = {{bounce, RecordType::cname}};
  EXPECT_EQ(changes(), (Texts{"CNAME bounce.example.com: elsewhere.example. -> ",
                              "MX bounce.example.com:  -> " + our_mx, "TXT bounce.example.com:  -> " + our_spf}));
}

TEST_F(PlanTest, ASecondSpfRecordIsAConflictAndOtherTextsStay) {
  only(Part::mail_from);
  present = {set(bounce, RecordType::txt, {"\"google-site-verification=x\"", "\"v=spf1 include:other.example -all\""})};
  EXPECT_EQ(conflicts(), Texts{"second_spf TXT bounce.example.com"});
  options.replace = {{bounce, RecordType::txt}};
  EXPECT_EQ(changes().back(),
            "TXT bounce.example.com: \"google-site-verification=x\" | \"v=spf1 include:other.example -all\" -> "
            "\"google-site-verification=x\" | " +
                our_spf);
}

TEST_F(PlanTest, TextsOfOthersAreNoConflict) {
  only(Part::mail_from);
  present = {set(bounce, RecordType::mx, {our_mx}), set(bounce, RecordType::txt, {"\"v=spf10 no\""})};
  EXPECT_EQ(conflicts(), Texts{});
  EXPECT_EQ(changes(), Texts{"TXT bounce.example.com: \"v=spf10 no\" -> \"v=spf10 no\" | " + our_spf});
}

TEST_F(PlanTest, DkimAliasOfAnotherIsAConflict) {
  only(Part::dkim);
  present = {set("t1._domainkey.example.com", RecordType::cname, {"t1.dkim.amazonses.com."})};
  EXPECT_EQ(conflicts(), Texts{"other_target CNAME t1._domainkey.example.com"});
  EXPECT_EQ(changes(), Texts{});
  options.replace = {{"t1._domainkey.example.com", RecordType::cname}};
  EXPECT_EQ(changes(), Texts{"CNAME t1._domainkey.example.com: t1.dkim.amazonses.com. -> t1.dkim.svc.example."});
}

TEST_F(PlanTest, TextWhereTheDkimAliasMustBeIsAConflict) {
  only(Part::dkim);
  present = {set("t1._domainkey.example.com", RecordType::txt, {"\"v=DKIM1; p=AAAA\""})};
  EXPECT_EQ(conflicts(), Texts{"other_txt TXT t1._domainkey.example.com"});
  options.replace = {{"t1._domainkey.example.com", RecordType::txt}};
  EXPECT_EQ(changes(), (Texts{"TXT t1._domainkey.example.com: \"v=DKIM1; p=AAAA\" -> ", create_dkim}));
}

TEST_F(PlanTest, AKeyOfTheCustomersOwnIsComparedByItsKey) {
  only(Part::dkim);
  identity.dkim->origin = store::DkimOrigin::external;
  wanted_options.own_public_key = "QUJD";
  present = {set("t1._domainkey.example.com", RecordType::txt, {"\"k=rsa;p=QU\" \"JD\""})};
  EXPECT_EQ(changes(), Texts{});
  present = {set("t1._domainkey.example.com", RecordType::txt, {"\"k=rsa;p=other\""})};
  EXPECT_EQ(conflicts(), Texts{"other_txt TXT t1._domainkey.example.com"});
}

TEST_F(PlanTest, ADmarcPolicyIsOfferedOnlyWhereThereIsNone) {
  EXPECT_EQ(changes().size(), 3u);
  only(Part::dmarc);
  EXPECT_EQ(changes(), Texts{"TXT _dmarc.example.com:  -> \"v=DMARC1; p=none;\""});
  present = {set("_dmarc.example.com", RecordType::txt, {"\"v=DMARC1; p=reject\""})};
  EXPECT_EQ(conflicts(), Texts{"existing_dmarc TXT _dmarc.example.com"});
  EXPECT_EQ(changes(), Texts{});
}

TEST_F(PlanTest, TheVerificationTokenJoinsOtherTokens) {
  identity.txt_token = "token=";
  only(Part::verification);
  present = {set("_amazonses.example.com", RecordType::txt, {"\"other=\""})};
  EXPECT_EQ(changes(), Texts{"TXT _amazonses.example.com: \"other=\" -> \"other=\" | \"token=\""});
  present = {set("_amazonses.example.com", RecordType::txt, {"\"other=\"", "\"token=\""})};
  EXPECT_EQ(changes(), Texts{});
}

TEST_F(PlanTest, DelegationIsOneRecord) {
  only(Part::mail_from);
  wanted_options.mail_from = MailFromBy::delegation;
  EXPECT_EQ(changes(), Texts{"NS bounce.example.com:  -> ns1.svc.example."});
}

TEST_F(PlanTest, DelegationTakesTheServicesOwnRecordsWithIt) {
  only(Part::mail_from);
  wanted_options.mail_from = MailFromBy::delegation;
  present = {set(bounce, RecordType::mx, {our_mx}), set(bounce, RecordType::txt, {our_spf})};
  EXPECT_EQ(conflicts(), Texts{});
  EXPECT_EQ(changes(),
            (Texts{"MX bounce.example.com: " + our_mx + " -> ", "TXT bounce.example.com: " + our_spf + " -> ",
                   "NS bounce.example.com:  -> ns1.svc.example."}));
}

TEST_F(PlanTest, DelegationHidesNothingSilently) {
  only(Part::mail_from);
  wanted_options.mail_from = MailFromBy::delegation;
  present = {set(bounce, RecordType::a, {"192.0.2.1"}), set(bounce, RecordType::mx, {"10 mx.example.com."})};
  EXPECT_EQ(conflicts(),
            (Texts{"hidden_by_delegation A bounce.example.com", "hidden_by_delegation MX bounce.example.com"}));
  EXPECT_EQ(changes(), Texts{});
  options.replace = {{bounce, RecordType::a}};
  EXPECT_EQ(changes(), Texts{});
  options.replace.push_back({bounce, RecordType::mx});
  EXPECT_EQ(changes().size(), 3u);
}

TEST_F(PlanTest, RecordsTakeThePlaceOfADelegationToTheService) {
  only(Part::mail_from);
  present = {set(bounce, RecordType::ns, {"NS1.svc.example."})};
  EXPECT_EQ(conflicts(), Texts{});
  EXPECT_EQ(changes(), (Texts{"NS bounce.example.com: ns1.svc.example. -> ", "MX bounce.example.com:  -> " + our_mx,
                              "TXT bounce.example.com:  -> " + our_spf}));
  present = {set(bounce, RecordType::ns, {"ns.other.example."})};
  EXPECT_EQ(conflicts(), Texts{"other_delegation NS bounce.example.com"});
}

TEST_F(PlanTest, WhatLiesInAnotherZoneCannotBePublishedHere) {
  present = {set("_domainkey.example.com", RecordType::ns, {"ns.other.example."})};
  EXPECT_EQ(conflicts(), Texts{"delegated_away NS _domainkey.example.com"});
  options.replace = {{"_domainkey.example.com", RecordType::ns}};
  EXPECT_TRUE(plan().is_blocked());
  EXPECT_EQ(changes().size(), 2u);
}

TEST_F(PlanTest, TheMailFromDomainMayBeAZoneOfItsOwn) {
  only(Part::mail_from);
  options.zone = bounce;
  present = {};
  EXPECT_EQ(changes().size(), 2u);
  wanted_options.mail_from = MailFromBy::delegation;
  EXPECT_EQ(conflicts(), Texts{"delegated_away NS bounce.example.com"});
}

TEST_F(PlanTest, ExpectsEverythingThatWasAskedAtTheNamesThatChange) {
  only(Part::mail_from);
  present = {set(bounce, RecordType::txt, {"\"x\""})};
  const Plan made = plan();
  Texts expected;
  for (const RecordSet& each : made.expected) {
    expected.push_back(fmt::format("{} {}", dns::name(each.type), texts_of(each)));
  }
  std::ranges::sort(expected);
  EXPECT_EQ(expected, (Texts{"CNAME ", "MX ", "NS ", "TXT \"x\""}));
}

TEST_F(PlanTest, TheFingerprintIsOfWhatIsWantedAndWhatIsThere) {
  const std::string empty = fingerprint(wanted(), present, "example.com");
  EXPECT_EQ(empty.size(), 64u);
  EXPECT_EQ(fingerprint(wanted(), present, "example.com"), empty);
  EXPECT_NE(fingerprint(wanted(), present, "example.org"), empty);
  present = {set(bounce, RecordType::mx, {"10 a.example.", "20 b.example."})};
  const std::string two = fingerprint(wanted(), present, "example.com");
  EXPECT_NE(two, empty);
  present = {set(bounce, RecordType::mx, {"20 b.example.", "10 a.example."}, 999)};
  EXPECT_EQ(fingerprint(wanted(), present, "example.com"), two);
  identity.dkim->selectors = {"t2"};
  EXPECT_NE(fingerprint(wanted(), present, "example.com"), two);
}

TEST_F(PlanTest, AnAddressHasNoRecords) {
  identity.kind = store::IdentityKind::email_address;
  EXPECT_FALSE(wanted_records(identity, names, {}).has_value());
}

TEST_F(PlanTest, APartThatIsAskedForMustBeThere) {
  identity.mail_from.reset();
  EXPECT_TRUE(wanted_records(identity, names, {}).has_value());
  only(Part::mail_from);
  EXPECT_FALSE(wanted_records(identity, names, wanted_options).has_value());
}

}  // namespace
}  // namespace sesame::dns_providers
