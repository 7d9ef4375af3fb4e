// Looking, and what comes of it: states, mails, diagnoses, history.
#include "identity/identity_service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "identity/governing.h"
#include "identity/testing/service_test.h"

namespace sesame::identity {
namespace {

using namespace std::chrono_literals;
using dns::RecordType;
using store::MailFromStatus;
using store::VerificationStatus;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

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

}  // namespace
}  // namespace sesame::identity
