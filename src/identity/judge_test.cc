#include "identity/judge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "identity/testing/replies.h"

namespace sesame::identity {
namespace {

using dns::RecordType;
using dns::ServerStatus;
using store::LookError;
using testing::ElementsAre;
using testing::IsEmpty;

const ServiceNames names{"svc.example", "us-east-1", {"eu-west-1"}};
constexpr const char* good_mx = "10 feedback-smtp.us-east-1.svc.example";

ReplyBuilder mx_reply() { return {"bounce.example.com", RecordType::mx}; }

void expect(const Judged& judged, RecordStatus status, Finding finding, LookError error) {
  EXPECT_EQ(judged.record.status, status);
  EXPECT_EQ(judged.observed.finding, finding);
  EXPECT_EQ(judged.observed.error, error);
}

// --- spec 2.2: exactly one MX, naming a feedback host ---

TEST(MailFromMx, TheOnePrintedIsRight) {
  const Judged judged = judge_mail_from_mx(mx_reply().found("ns1", {good_mx}).found("ns2", {good_mx}), names);
  expect(judged, RecordStatus::good, Finding::right, LookError::none);
  EXPECT_EQ(judged.record.expected, good_mx);
  EXPECT_THAT(judged.record.found, ElementsAre(good_mx));
  EXPECT_EQ(judged.record.servers.size(), 2u);
  EXPECT_EQ(judged.record.servers[0].address, "192.0.2.53:53");
}

TEST(MailFromMx, FeedbackHostOfAnotherRegionIsRight) {
  expect(judge_mail_from_mx(mx_reply().found("ns1", {"10 feedback-smtp.eu-west-1.svc.example"}), names),
         RecordStatus::good, Finding::right, LookError::none);
}

TEST(MailFromMx, FeedbackHostOfARegionTheServiceDoesNotRunInIsWrong) {
  expect(judge_mail_from_mx(mx_reply().found("ns1", {"10 feedback-smtp.eu-west-2.svc.example"}), names),
         RecordStatus::wrong, Finding::wrong, LookError::invalid_value);
}

TEST(MailFromMx, ThePreferenceDoesNotMatter) {
  expect(judge_mail_from_mx(mx_reply().found("ns1", {"0 Feedback-SMTP.us-east-1.SVC.example."}), names),
         RecordStatus::good, Finding::right, LookError::none);
}

TEST(MailFromMx, NoneIsMissing) {
  expect(judge_mail_from_mx(mx_reply().says("ns1", ServerStatus::no_data), names), RecordStatus::missing,
         Finding::wrong, LookError::type_not_found);
  expect(judge_mail_from_mx(mx_reply().says("ns1", ServerStatus::nxdomain), names), RecordStatus::missing,
         Finding::wrong, LookError::host_not_found);
}

TEST(MailFromMx, TwoAreWrongEvenIfOneIsRight) {
  expect(judge_mail_from_mx(mx_reply().found("ns1", {good_mx, "20 mail.example.com"}), names), RecordStatus::wrong,
         Finding::wrong, LookError::invalid_value);
  expect(judge_mail_from_mx(mx_reply().found("ns1", {good_mx, "10 feedback-smtp.eu-west-1.svc.example"}), names),
         RecordStatus::wrong, Finding::wrong, LookError::invalid_value);
}

TEST(MailFromMx, AForeignHostIsWrong) {
  expect(judge_mail_from_mx(mx_reply().found("ns1", {"10 mx.example.net"}), names), RecordStatus::wrong, Finding::wrong,
         LookError::invalid_value);
}

TEST(MailFromMx, AnAliasIsWrongAndShown) {
  const Judged judged = judge_mail_from_mx(mx_reply().alias("ns1", "www.example.com"), names);
  expect(judged, RecordStatus::wrong, Finding::wrong, LookError::invalid_value);
  EXPECT_THAT(judged.record.found, ElementsAre("CNAME www.example.com"));
}

// --- the quorum (DESIGN 4) ---

TEST(Quorum, ServersThatGiveNoAnswerSayNothing) {
  for (const ServerStatus status :
       {ServerStatus::servfail, ServerStatus::refused, ServerStatus::lame, ServerStatus::timeout}) {
    expect(judge_mail_from_mx(mx_reply().says("ns1", status).says("ns2", status), names), RecordStatus::unknown,
           Finding::unknown, LookError::dns_server_error);
    expect(judge_mail_from_mx(mx_reply().says("ns1", status).found("ns2", {good_mx}), names), RecordStatus::good,
           Finding::right, LookError::none);
  }
}

TEST(Quorum, WrongTakesMoreThanHalfOfAllServersAsked) {
  for (const ServerStatus status :
       {ServerStatus::servfail, ServerStatus::refused, ServerStatus::lame, ServerStatus::timeout}) {
    expect(judge_mail_from_mx(mx_reply().says("ns1", status).says("ns2", ServerStatus::nxdomain), names),
           RecordStatus::missing, Finding::unknown, LookError::dns_server_error);
    expect(judge_mail_from_mx(
               mx_reply().says("ns1", status).says("ns2", ServerStatus::nxdomain).found("ns3", {"10 mx.example.net"}),
               names),
           RecordStatus::wrong, Finding::wrong, LookError::invalid_value);
  }
}

TEST(Quorum, TheMajorityOfThoseThatAnsweredDecides) {
  expect(judge_mail_from_mx(
             mx_reply().found("ns1", {good_mx}).found("ns2", {good_mx}).says("ns3", ServerStatus::nxdomain), names),
         RecordStatus::partial, Finding::right, LookError::none);
  expect(judge_mail_from_mx(
             mx_reply().found("ns1", {good_mx}).says("ns2", ServerStatus::no_data).says("ns3", ServerStatus::nxdomain),
             names),
         RecordStatus::partial, Finding::wrong, LookError::type_not_found);
}

TEST(Quorum, InATieNothingIsKnown) {
  expect(judge_mail_from_mx(mx_reply().found("ns1", {good_mx}).says("ns2", ServerStatus::nxdomain), names),
         RecordStatus::partial, Finding::unknown, LookError::host_not_found);
}

TEST(Quorum, NoZoneAtAllIsAnAnswerAndNoServersIsNone) {
  expect(judge_mail_from_mx(mx_reply().no_zone(dns::AnswerStatus::nxdomain, "no such domain"), names),
         RecordStatus::missing, Finding::wrong, LookError::host_not_found);
  expect(judge_mail_from_mx(mx_reply().no_zone(dns::AnswerStatus::timeout, "no answer"), names), RecordStatus::unknown,
         Finding::unknown, LookError::dns_server_error);
}

// --- delegation ---

TEST(MailFromDelegation, IsSeenInTheServerThatAnswers) {
  const auto record = delegation_of(mx_reply().found("NS1.svc.example.", {good_mx}), names);
  ASSERT_TRUE(record);
  EXPECT_EQ(record->status, RecordStatus::good);
  EXPECT_EQ(record->expected, "ns1.svc.example");
  EXPECT_FALSE(delegation_of(mx_reply().found("ns1.example.com", {good_mx}), names));
}

// --- DKIM ---

TEST(DkimCname, MustLeadToTheTokensTarget) {
  const ReplyBuilder reply{"abc._domainkey.example.com", RecordType::cname};
  expect(judge_dkim_cname(ReplyBuilder(reply).found("ns1", {"ABC.dkim.svc.example."}), "abc.dkim.svc.example"),
         RecordStatus::good, Finding::right, LookError::none);
  expect(judge_dkim_cname(ReplyBuilder(reply).found("ns1", {"abd.dkim.svc.example"}), "abc.dkim.svc.example"),
         RecordStatus::wrong, Finding::wrong, LookError::invalid_value);
}

TEST(DkimKey, MustBeTheOwnPublicKeyHoweverItIsCut) {
  const ReplyBuilder reply{"sel._domainkey.example.com", RecordType::txt};
  const auto judged = [&](std::initializer_list<std::string_view> values) {
    return judge_dkim_key(ReplyBuilder(reply).found("ns1", values), "MIIBIjAN+abc/DEF=").record.status;
  };
  EXPECT_EQ(judged({"\"v=DKIM1; k=rsa; p=MIIBIjAN+abc/DEF=\""}), RecordStatus::good);
  EXPECT_EQ(judged({"\"p=MIIBIjAN\" \"+abc/DEF=\""}), RecordStatus::good);
  EXPECT_EQ(judged({"\"v=DKIM1; p= MIIBIjAN +abc/DEF= ; t=s\""}), RecordStatus::good);
  EXPECT_EQ(judged({"\"v=DKIM1; p=miibijan+abc/def=\""}), RecordStatus::wrong);
  EXPECT_EQ(judged({"\"v=DKIM1; p=\""}), RecordStatus::wrong);
  EXPECT_EQ(judged({"\"v=DKIM1\""}), RecordStatus::wrong);
  EXPECT_EQ(judged({"\"p=MIIBIjAN+abc/DEF=\"", "\"p=other\""}), RecordStatus::wrong);
}

TEST(DkimKey, BehindAnAliasItIsJudgedByWhatTheTargetsServersSay) {
  const Reply alias = ReplyBuilder("sel._domainkey.example.com", RecordType::txt)
                          .alias("ns1", "k.mail.test")
                          .alias("ns2", "k.mail.test");
  const auto judged = [&](const Reply& target) { return judge_dkim_key(with_alias_followed(alias, target), "MIIB="); };
  const ReplyBuilder target("k.mail.test", RecordType::txt, "mail.test");
  const Judged right = judged(ReplyBuilder(target).found("ns.mail.test", {"\"p=MIIB=\""}));
  expect(right, RecordStatus::good, Finding::right, LookError::none);
  EXPECT_EQ(right.record.name, "sel._domainkey.example.com");
  EXPECT_EQ(right.record.servers.at(0).server, "ns.mail.test");
  expect(judged(ReplyBuilder(target).found("ns.mail.test", {"\"p=other\""})), RecordStatus::wrong, Finding::wrong,
         LookError::invalid_value);
  expect(judged(ReplyBuilder(target).silent("ns.mail.test")), RecordStatus::unknown, Finding::unknown,
         LookError::dns_server_error);
  expect(judged(ReplyBuilder(target).no_zone(dns::AnswerStatus::timeout, "no answer")), RecordStatus::unknown,
         Finding::unknown, LookError::dns_server_error);
}

TEST(DkimKey, AnAliasThatLeadsNowhereIsWrong) {
  const Reply alias = ReplyBuilder("sel._domainkey.example.com", RecordType::txt).alias("ns1", "k.mail.test");
  const ReplyBuilder target("k.mail.test", RecordType::txt, "mail.test");
  for (const Reply& nowhere : {Reply(ReplyBuilder(target).says("ns", dns::ServerStatus::nxdomain)),
                               Reply(ReplyBuilder(target).no_zone(dns::AnswerStatus::nxdomain, "no zone"))}) {
    const Reply followed = with_alias_followed(alias, nowhere);
    EXPECT_EQ(alias_at(followed), "k.mail.test");
    EXPECT_EQ(judge_dkim_key(followed, "MIIB=").record.status, RecordStatus::wrong);
  }
}

TEST(DkimKey, AnUnknownOwnKeyMatchesNothing) {
  const Reply reply = ReplyBuilder("sel._domainkey.example.com", RecordType::txt).found("ns1", {"\"v=DKIM1; p=\""});
  EXPECT_EQ(judge_dkim_key(reply, "").record.status, RecordStatus::wrong);
}

// --- the TXT token ---

TEST(TxtToken, IsComparedWithItsLetterCase) {
  const ReplyBuilder reply{"_amazonses.example.com", RecordType::txt};
  const auto judged = [&](std::initializer_list<std::string_view> values) {
    return judge_txt_token(ReplyBuilder(reply).found("ns1", values), "fmxqxT/icOYx4aA/bEUrDPMeax9/s3frblS+niixmqk=")
        .record.status;
  };
  EXPECT_EQ(judged({"\"fmxqxT/icOYx4aA/bEUrDPMeax9/s3frblS+niixmqk=\""}), RecordStatus::good);
  EXPECT_EQ(judged({"\"v=spf1 -all\"", "\"amazonses:fmxqxT/icOYx4aA/bEUrDPMeax9/s3frblS+niixmqk=\""}),
            RecordStatus::good);
  EXPECT_EQ(judged({"\"fmxqxt/icoyx4aa/beurdpmeax9/s3frbls+niixmqk=\""}), RecordStatus::wrong);
}

// --- several records together ---

TEST(Together, AllMustBeRightAndOneWrongSpoilsIt) {
  const Observed right{Finding::right, LookError::none};
  const Observed wrong{Finding::wrong, LookError::invalid_value};
  const Observed unknown{Finding::unknown, LookError::dns_server_error};
  EXPECT_EQ(all_of({right, right, right}).finding, Finding::right);
  EXPECT_EQ(all_of({right, unknown, right}).finding, Finding::unknown);
  EXPECT_EQ(all_of({unknown, wrong, right}).finding, Finding::wrong);
  EXPECT_EQ(any_of({wrong, right}).finding, Finding::right);
  EXPECT_EQ(any_of({wrong, unknown}).finding, Finding::unknown);
  EXPECT_EQ(any_of({wrong, wrong}).finding, Finding::wrong);
}

// --- what is shown ---

TEST(Shown, RecordsLookAsACustomerWouldTypeThem) {
  EXPECT_EQ(shown(dns::Mx{10, "mx.example.com"}), "10 mx.example.com");
  EXPECT_EQ(shown(dns::Mx{0, ""}), "0 .");
  EXPECT_EQ(shown(dns::Cname{"a.example.com"}), "a.example.com");
  EXPECT_EQ(shown(dns::Txt{{"v=spf1 ", "-all"}}), "\"v=spf1 -all\"");
}

TEST(Shown, OutsideTextIsEscapedAndBounded) {
  EXPECT_EQ(shown(dns::Txt{{"a\"b\\c\n\xff"}}), "\"a\\\"b\\\\c\\010\\255\"");
  dns::Txt endless;
  for (int i = 0; i < 100; ++i) endless.strings.emplace_back(255, 'x');
  EXPECT_LE(shown(endless).size(), max_shown_characters + 3);
}

TEST(Shown, AServerWithTooManyRecordsIsCut) {
  Reply reply = mx_reply().found("ns1", {good_mx});
  for (int i = 0; i < 100; ++i) {
    dns::Record record = reply.servers[0].answer.records[0];
    record.data = dns::Mx{static_cast<std::uint16_t>(i), "mx.example.net"};
    reply.servers[0].answer.records.push_back(std::move(record));
  }
  EXPECT_EQ(judge_mail_from_mx(reply, names).record.found.size(), max_shown_records);
}

}  // namespace
}  // namespace sesame::identity
