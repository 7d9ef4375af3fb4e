// One test per line of the catalogue in docs/mail-from.md, "Diagnosis".
#include "identity/advice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "identity/testing/replies.h"

namespace sesame::identity {
namespace {

using dns::RecordType;
using dns::ServerStatus;
using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const ServiceNames names{"svc.example", "us-east-1", {"eu-west-1"}};
constexpr const char* good_mx = "10 feedback-smtp.us-east-1.svc.example";
constexpr const char* bounce = "bounce.example.com";

ReplyBuilder mx_reply(std::string zone = "example.com") { return {bounce, RecordType::mx, std::move(zone)}; }
std::string mx_advice(const Reply& reply, const Extras& extras = {}) {
  return advise_mail_from_mx(judge_mail_from_mx(reply, names), reply, extras, names);
}

TEST(MxAdvice, NothingWhereAllIsGood) { EXPECT_THAT(mx_advice(mx_reply().found("ns1", {good_mx})), IsEmpty()); }

TEST(MxAdvice, NoMxSaysWhatToPublish) {
  EXPECT_EQ(mx_advice(mx_reply().says("ns1", ServerStatus::nxdomain)),
            "There is no MX record at bounce.example.com. Publish bounce.example.com MX 10 "
            "feedback-smtp.us-east-1.svc.example.");
}

TEST(MxAdvice, TwoMxSaysWhichToRemove) {
  EXPECT_THAT(mx_advice(mx_reply().found("ns1", {good_mx, "20 mail.example.com"})),
              AllOf(HasSubstr("exactly one"), HasSubstr("Remove: 20 mail.example.com."),
                    HasSubstr("choose another name for the MAIL FROM domain")));
  EXPECT_THAT(mx_advice(mx_reply().found("ns1", {good_mx, "10 feedback-smtp.eu-west-1.svc.example"})),
              HasSubstr("Keep 10 feedback-smtp.us-east-1.svc.example."));
}

TEST(MxAdvice, ForeignMxSaysWhatItMustBe) {
  EXPECT_THAT(mx_advice(mx_reply().found("ns1", {"10 mx.example.net"})),
              AllOf(HasSubstr("leads to mx.example.net"), HasSubstr("Replace it by 10 feedback-smtp")));
  EXPECT_THAT(mx_advice(mx_reply().found("ns1", {"10 feedback-smtp.us-east-1.amazonses.com"})),
              HasSubstr("leads to Amazon SES"));
  EXPECT_THAT(mx_advice(mx_reply().found("ns1", {"0 ."})), HasSubstr("null MX"));
}

TEST(MxAdvice, CnameAtTheNameIsToBeRemoved) {
  EXPECT_THAT(mx_advice(mx_reply().alias("ns1", "www.example.com")),
              AllOf(HasSubstr("alias (CNAME) for www.example.com"), HasSubstr("remove the CNAME")));
}

TEST(MxAdvice, AWildcardAnswersForIt) {
  const Extras extras{.wildcard = ReplyBuilder("x.example.com", RecordType::mx).found("ns1", {"10 mail.example.com"})};
  EXPECT_THAT(mx_advice(mx_reply().found("ns1", {"10 mail.example.com"}), extras),
              AllOf(HasSubstr("wildcard (*.example.com)"), HasSubstr("at the name itself")));
}

TEST(MxAdvice, TheZoneWasDoubledInTheName) {
  const Extras extras{.doubled =
                          ReplyBuilder("bounce.example.com.example.com", RecordType::mx).found("ns1", {good_mx})};
  EXPECT_EQ(
      mx_advice(mx_reply().says("ns1", ServerStatus::nxdomain), extras),
      "The record stands at bounce.example.com.example.com: your DNS provider adds example.com to the name by itself. "
      "Enter only \"bounce\" as the name of the MX record.");
}

TEST(MxAdvice, TheZoneWasAddedToTheTarget) {
  EXPECT_THAT(mx_advice(mx_reply().found("ns1", {"10 feedback-smtp.us-east-1.svc.example.example.com"})),
              AllOf(HasSubstr("adds example.com"), HasSubstr("feedback-smtp.us-east-1.svc.example.")));
}

TEST(MxAdvice, AProxyStandsInFrontOfTheName) {
  const Extras extras{.addresses = ReplyBuilder(bounce, RecordType::a).found("ns1", {"192.0.2.80"})};
  EXPECT_THAT(mx_advice(mx_reply().says("ns1", ServerStatus::no_data), extras),
              AllOf(HasSubstr("192.0.2.80"), HasSubstr("proxy"), HasSubstr("Publish bounce.example.com MX")));
}

TEST(MxAdvice, ServersDisagreeAndTheOneThatLacksItIsNamed) {
  EXPECT_THAT(mx_advice(mx_reply().found("ns1.example.com", {good_mx}).says("ns2.example.com", ServerStatus::nxdomain)),
              AllOf(HasSubstr("disagree"), HasSubstr("ns2.example.com"), Not(HasSubstr("ns1.example.com"))));
}

TEST(MxAdvice, AServerWithAnotherRegionsHostDoesNotLackIt) {
  EXPECT_THAT(mx_advice(mx_reply()
                            .found("ns1.example.com", {"5 feedback-smtp.eu-west-1.svc.example"})
                            .says("ns2.example.com", ServerStatus::nxdomain)),
              Not(HasSubstr("ns1.example.com")));
}

TEST(MxAdvice, NobodyAnsweredIsNotTheCustomersRecord) {
  EXPECT_THAT(mx_advice(mx_reply().silent("ns1.example.com").says("ns2.example.com", ServerStatus::refused)),
              AllOf(HasSubstr("ns1.example.com: timeout"), HasSubstr("ns2.example.com: refused")));
  EXPECT_THAT(mx_advice(mx_reply().no_zone(dns::AnswerStatus::timeout, "no answer for example.com")),
              HasSubstr("no answer for example.com"));
}

TEST(MxAdvice, ADomainThatDoesNotExist) {
  EXPECT_THAT(mx_advice(mx_reply().no_zone(dns::AnswerStatus::nxdomain, "")), HasSubstr("registered and delegated"));
}

TEST(MxAdvice, ANameDelegatedElsewhereIsPublishedThere) {
  EXPECT_THAT(mx_advice(mx_reply(bounce).says("ns.other.example", ServerStatus::no_data)),
              HasSubstr("zone of its own"));
}

// --- SPF ---

ReplyBuilder txt_reply() { return {bounce, RecordType::txt}; }
std::string spf_advice(const Reply& reply, const Extras& extras = {}) {
  return advise_mail_from_spf(judge_mail_from_spf(reply, names), reply, extras, names);
}
std::string spf_advice_for(std::initializer_list<std::string_view> texts) {
  return spf_advice(txt_reply().found("ns1", texts));
}

TEST(SpfAdvice, NothingForTheOnePrintedNorForOneThatDoesMore) {
  EXPECT_THAT(spf_advice_for({"\"v=spf1 include:svc.example ~all\""}), IsEmpty());
  EXPECT_THAT(spf_advice_for({"\"google-site-verification=x\"", "\"v=spf1 ip4:192.0.2.1 include:SVC.example -all\""}),
              IsEmpty());
  EXPECT_THAT(spf_advice_for({"\"v=spf1 redirect=svc.example\""}), IsEmpty());
}

TEST(SpfAdvice, Missing) {
  EXPECT_THAT(spf_advice(txt_reply().says("ns1", ServerStatus::no_data)),
              HasSubstr("Publish bounce.example.com TXT \"v=spf1 include:svc.example ~all\"."));
  EXPECT_THAT(spf_advice_for({"\"hello\""}), HasSubstr("no SPF record"));
}

TEST(SpfAdvice, MissingBecauseTheZoneWasDoubled) {
  const Extras extras{.doubled = ReplyBuilder("bounce.example.com.example.com", RecordType::txt)
                                     .found("ns1", {"\"v=spf1 include:svc.example ~all\""})};
  EXPECT_THAT(spf_advice(txt_reply().says("ns1", ServerStatus::nxdomain), extras), HasSubstr("Enter only \"bounce\""));
}

TEST(SpfAdvice, TwoRecordsAreAPermanentError) {
  EXPECT_THAT(spf_advice_for({"\"v=spf1 include:svc.example ~all\"", "\"v=spf1 -all\""}),
              HasSubstr("There are 2 SPF records"));
}

TEST(SpfAdvice, WrongInclude) {
  EXPECT_THAT(spf_advice_for({"\"v=spf1 include:amazonses.com ~all\""}), HasSubstr("include:svc.example"));
  EXPECT_THAT(spf_advice_for({"\"v=spf1 ?include:svc.example ~all\""}), HasSubstr("does not include this service"));
}

TEST(SpfAdvice, PlusAllLetsEverybodyIn) {
  EXPECT_THAT(spf_advice_for({"\"v=spf1 include:svc.example +all\""}), HasSubstr("everybody may send"));
  EXPECT_THAT(spf_advice_for({"\"v=spf1 include:svc.example all\""}), HasSubstr("everybody may send"));
}

TEST(SpfAdvice, WhatFollowsAllIsNotRead) {
  EXPECT_THAT(spf_advice_for({"\"v=spf1 -all include:svc.example\""}), HasSubstr("Move it to the end"));
}

TEST(SpfAdvice, ASyntaxErrorIsNamed) {
  EXPECT_THAT(spf_advice_for({"\"v=spf1 includ:svc.example ~all\""}), HasSubstr("has an error"));
}

TEST(SpfAdvice, MoreThanTenLookUps) {
  mailauth::spf::SpfOutcome outcome;
  outcome.result = mailauth::spf::SpfResult::permerror;
  outcome.lookups = 11;
  EXPECT_THAT(spf_evaluation_trouble(outcome), HasSubstr("more than ten look-ups"));
  outcome.lookups = 3;
  outcome.problem = "no record at a.example.";
  EXPECT_THAT(spf_evaluation_trouble(outcome), HasSubstr("no record at a.example."));
  outcome.result = mailauth::spf::SpfResult::softfail;
  EXPECT_THAT(spf_evaluation_trouble(outcome), IsEmpty());
}

// --- DKIM ---

constexpr const char* dkim_name = "abc._domainkey.example.com";
constexpr const char* target = "abc.dkim.svc.example";
std::string dkim_advice(const Reply& reply, const Extras& extras = {}) {
  return advise_dkim_cname(judge_dkim_cname(reply, target), reply, extras);
}
ReplyBuilder dkim_reply() { return {dkim_name, RecordType::cname}; }

TEST(DkimAdvice, Missing) {
  EXPECT_THAT(dkim_advice(dkim_reply().says("ns1", ServerStatus::nxdomain)),
              HasSubstr("Publish abc._domainkey.example.com CNAME abc.dkim.svc.example."));
}

TEST(DkimAdvice, WrongTarget) {
  EXPECT_THAT(dkim_advice(dkim_reply().found("ns1", {"abc.dkim.amazonses.com"})),
              AllOf(HasSubstr("leads to abc.dkim.amazonses.com"), HasSubstr("must lead to abc.dkim.svc.example")));
  EXPECT_THAT(dkim_advice(dkim_reply().found("ns1", {"abc.dkim.svc.example.example.com"})),
              EndsWith("with a dot at the end: abc.dkim.svc.example."));
}

TEST(DkimAdvice, TheZoneWasDoubledInTheName) {
  const Extras extras{
      .doubled = ReplyBuilder("abc._domainkey.example.com.example.com", RecordType::cname).found("ns1", {target})};
  EXPECT_THAT(dkim_advice(dkim_reply().says("ns1", ServerStatus::nxdomain), extras),
              HasSubstr("Enter only \"abc._domainkey\""));
}

TEST(DkimAdvice, TextWhereAnAliasMustBe) {
  const Extras extras{.text = ReplyBuilder(dkim_name, RecordType::txt).found("ns1", {"\"abc.dkim.svc.example\""})};
  EXPECT_THAT(dkim_advice(dkim_reply().says("ns1", ServerStatus::no_data), extras), HasSubstr("where a CNAME must be"));
}

TEST(DkimAdvice, AProxyHidesTheAlias) {
  const Extras extras{.addresses = ReplyBuilder(dkim_name, RecordType::a).found("ns1", {"192.0.2.80"})};
  EXPECT_THAT(dkim_advice(dkim_reply().says("ns1", ServerStatus::no_data), extras), HasSubstr("DNS only"));
}

TEST(DkimAdvice, OwnKeyMissingOtherOrChanged) {
  const auto advice = [](std::initializer_list<std::string_view> texts) {
    const Reply reply = ReplyBuilder("sel._domainkey.example.com", RecordType::txt).found("ns1", texts);
    return advise_dkim_key(judge_dkim_key(reply, "AbC="), reply, {}, "AbC=");
  };
  EXPECT_THAT(advice({"\"v=DKIM1; p=AbC=\""}), IsEmpty());
  EXPECT_THAT(advice({"\"v=DKIM1; p=abc=\""}), HasSubstr("letter case"));
  EXPECT_THAT(advice({"\"v=DKIM1; p=xyz=\""}), HasSubstr("another key"));
  EXPECT_THAT(advice({"\"v=DKIM1; p=\""}), HasSubstr("no public key"));
  EXPECT_THAT(advice({"\"p=AbC=\"", "\"p=AbC=\" \"\""}), HasSubstr("exactly one"));
}

// --- the TXT token ---

TEST(TokenAdvice, LowerCasedQuotedOrdinary) {
  const auto advice = [](std::string_view text) {
    const Reply reply = ReplyBuilder("_amazonses.example.com", RecordType::txt).found("ns1", {text});
    return advise_txt_token(judge_txt_token(reply, "AbC="), reply, {}, "AbC=");
  };
  EXPECT_THAT(advice("\"AbC=\""), IsEmpty());
  EXPECT_THAT(advice("\"abc=\""), HasSubstr("letter case"));
  EXPECT_THAT(advice("\"\\\"AbC=\\\"\""), HasSubstr("quotation marks"));
  EXPECT_THAT(advice("\"other\""), HasSubstr("is not the token"));
}

}  // namespace
}  // namespace sesame::identity
