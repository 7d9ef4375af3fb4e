// What account and configuration set say about a message, through the whole pipeline on real stores.
#include "submission/sending_rules.h"

#include <gtest/gtest.h>

#include "net/testing/run_task.h"
#include "store/testing/sample_records.h"
#include "store/testing/temp_stores.h"
#include "submission/pipeline.h"

namespace sesame::submission {
namespace {

using store::RecipientState;
using store::SuppressionReason;
using store::SuppressionReasons;

constexpr const char* account = "111122223333";

class SendingRulesTest : public testing::Test {
 protected:
  SendingRulesTest() {
    auto loaded = net::run_task(MessageIds::load(*temp.stores.control, clock, random, "us-east-1"));
    ids = std::move(*loaded);
    make_pipeline({});
  }
  void make_pipeline(QuotaLimits quota) {
    pipeline = std::make_unique<Pipeline>(PipelineDeps{*temp.stores.control, *temp.stores.queue, *ids, feed, clock,
                                                       random, pool.executor(), names, configuration},
                                          PipelineOptions{.quota = quota});
  }
  void add_identity(const std::string& name, std::optional<std::string> set = std::nullopt) {
    store::IdentityRecord identity = store::plain_identity(name);
    identity.verification = store::VerificationStatus::success;
    identity.configuration_set = std::move(set);
    ASSERT_TRUE(net::run_task(temp.stores.control->create_identity(std::move(identity), {})));
  }
  void add_set(store::ConfigurationSet set) {
    set.account_id = account;
    ASSERT_TRUE(net::run_task(temp.stores.control->create_configuration_set(std::move(set))));
  }
  void suppress(const std::string& address, SuppressionReason reason = SuppressionReason::bounce) {
    ASSERT_TRUE(net::run_task(
        temp.stores.queue->put_suppressed({{.account_id = account, .address = address, .reason = reason}})));
  }
  static SubmissionRequest request(std::vector<std::string> to = {"bob@example.net"}) {
    SubmissionRequest made;
    made.account_id = account;
    made.source = "ann@example.com";
    ComposedContent content;
    content.subject = "Hi";
    content.text = "x";
    content.to = std::move(to);
    made.content = std::move(content);
    return made;
  }
  static SubmissionRequest raw(const std::string& fields) {
    SubmissionRequest made = request();
    made.content = RawContent{"From: ann@example.com\r\nTo: bob@example.net\r\n" + fields + "\r\nx\r\n"};
    return made;
  }
  store::MessageRecord accepted(SubmissionRequest made) {
    const auto result = net::run_task(pipeline->submit(std::move(made)));
    EXPECT_TRUE(result) << result.error().text;
    if (!result) return {};
    last_id = result->api_message_id;
    return net::run_task(temp.stores.queue->find_message(account, last_id)).value();
  }
  std::string refusal(SubmissionRequest made, SubmissionErrc code) {
    const auto result = net::run_task(pipeline->submit(std::move(made)));
    EXPECT_FALSE(result);
    if (result) return "";
    EXPECT_EQ(result.error().code, code) << result.error().text;
    return result.error().text;
  }
  std::vector<store::Event> events() { return net::run_task(temp.stores.queue->events_of(last_id)).value(); }

  store::TempStores temp;
  ManualClock clock;
  SecureRandom random;
  events::Feed feed;
  net::WorkerPool pool{1};
  identity::ServiceNames names{"svc.example", "us-east-1"};
  ConfigurationSets configuration{*temp.stores.control, clock};
  std::unique_ptr<MessageIds> ids;
  std::unique_ptr<Pipeline> pipeline;
  std::string last_id;
};

TEST_F(SendingRulesTest, TheSetOfTheParameterWinsOverHeaderAndDefault) {
  add_identity("example.com", "default");
  for (const char* name : {"default", "header", "parameter"}) add_set({.name = name});
  EXPECT_EQ(accepted(raw("")).message.configuration_set, "default");
  EXPECT_EQ(accepted(raw("x-ses-CONFIGURATION-set:  header \r\n")).message.configuration_set, "header");
  SubmissionRequest both = raw("X-SES-CONFIGURATION-SET: header\r\n");
  both.configuration_set = "parameter";
  EXPECT_EQ(accepted(std::move(both)).message.configuration_set, "parameter");
}

TEST_F(SendingRulesTest, TheAddressesDefaultWinsOverItsDomains) {
  add_identity("example.com", "domain");
  add_identity("ann@example.com", "address");
  add_identity("bob@example.com");
  add_set({.name = "domain"});
  add_set({.name = "address"});
  EXPECT_EQ(accepted(request()).message.configuration_set, "address");
  SubmissionRequest by_bob = request();
  by_bob.source = "bob@example.com";
  EXPECT_EQ(accepted(std::move(by_bob)).message.configuration_set, "domain");
}

TEST_F(SendingRulesTest, MissingSetsAreNamedAlsoADefaultThatIsGone) {
  add_identity("example.com", "gone");
  EXPECT_EQ(refusal(request(), SubmissionErrc::configuration_set_missing), "Configuration set <gone> does not exist.");
  SubmissionRequest named = request();
  named.configuration_set = "no such name!";
  EXPECT_EQ(refusal(std::move(named), SubmissionErrc::configuration_set_missing),
            "Configuration set <no such name!> does not exist.");
}

TEST_F(SendingRulesTest, PausedSetAndPausedAccountSendNothing) {
  add_identity("example.com", "set");
  add_set({.name = "set", .sending_enabled = false});
  EXPECT_EQ(refusal(request(), SubmissionErrc::configuration_set_paused),
            "Email sending is disabled for configuration set <set>.");
  ASSERT_TRUE(net::run_task(configuration.set_account_sending(account, false)));
  refusal(request(), SubmissionErrc::account_paused);
  ASSERT_TRUE(net::run_task(configuration.set_account_sending(account, true)));
  ASSERT_TRUE(net::run_task(configuration.change(account, "set", {.sending_enabled = true})));
  accepted(request());
}

TEST_F(SendingRulesTest, DeliveryOptionsTravelWithTheMessage) {
  add_identity("example.com", "set");
  add_set({.name = "set", .tls_policy = store::TlsPolicy::required, .max_delivery = std::chrono::seconds(300)});
  const auto message = accepted(request()).message;
  EXPECT_EQ(message.tls_policy, store::TlsPolicy::required);
  EXPECT_EQ(message.expires - message.accepted, std::chrono::seconds(300));
  const auto due = net::run_task(temp.stores.queue->lease_due(clock.now(), 9)).value();
  ASSERT_EQ(due.size(), 1u);
  EXPECT_EQ(due.front().tls_policy, store::TlsPolicy::required);
}

TEST_F(SendingRulesTest, ATaggedSetsMailGoesFirst) {
  add_identity("example.com", "set");
  add_set({.name = "set", .tags = {{"sesame:priority", "transactional"}}});
  accepted(request());
  const auto due = net::run_task(temp.stores.queue->lease_due(clock.now(), 9)).value();
  ASSERT_EQ(due.size(), 1u);
  EXPECT_EQ(due.front().priority, store::Priority::transactional);
  EXPECT_EQ(due.front().configuration_set, "set");
}

TEST_F(SendingRulesTest, TagsOfTheParameterReplaceThoseOfTheHeader) {
  add_identity("example.com");
  using Tags = std::vector<std::pair<std::string, std::string>>;
  const std::string field = "X-SES-MESSAGE-TAGS: a=1, b=x.y@z\r\n";
  EXPECT_EQ(accepted(raw(field)).message.tags, (Tags{{"a", "1"}, {"b", "x.y@z"}}));
  SubmissionRequest both = raw(field);
  both.tags = {{"c", "3"}};
  EXPECT_EQ(accepted(std::move(both)).message.tags, (Tags{{"c", "3"}}));
  SubmissionRequest beside = request();
  std::get<ComposedContent>(beside.content).headers = {{"X-Ses-Message-Tags", "d=4"}, {"X-Kept", "yes"}};
  const auto record = accepted(std::move(beside));
  EXPECT_EQ(record.message.tags, (Tags{{"d", "4"}}));
  const std::string content = *net::run_task(temp.stores.queue->content(record.queue_id)).value();
  EXPECT_EQ(content.find("Message-Tags"), std::string::npos);
  EXPECT_NE(content.find("X-Kept: yes\r\n"), std::string::npos);
}

TEST_F(SendingRulesTest, HeadersAreKeptAsTheyGoOut) {
  add_identity("example.com");
  add_set({.name = "told"});
  const auto told = accepted(raw("X-SES-CONFIGURATION-SET: told\r\nSubject: x\r\n")).message;
  EXPECT_NE(told.header_section.find("Subject: x\r\n"), std::string::npos);
  EXPECT_TRUE(told.header_section.ends_with("\r\n"));
  EXPECT_EQ(told.header_section.find("\r\n\r\n"), std::string::npos);
  EXPECT_EQ(told.header_section.find("CONFIGURATION-SET"), std::string::npos);
  EXPECT_FALSE(told.header_section_cut);
  std::string many = "X-SES-CONFIGURATION-SET: told\r\n";
  for (int i = 0; i < 200; ++i) many += "X-Filler-" + std::to_string(i) + ": " + std::string(80, 'x') + "\r\n";
  const auto long_one = accepted(raw(many)).message;
  EXPECT_TRUE(long_one.header_section_cut);
  EXPECT_LE(long_one.header_section.size(), store::max_header_section_octets);
  EXPECT_TRUE(long_one.header_section.ends_with("x\r\n"));
}

TEST_F(SendingRulesTest, ListedRecipientsAreToldOfAndTheOthersSentTo) {
  add_identity("example.com");
  suppress("gone@example.net");
  suppress("angry@example.net", SuppressionReason::complaint);
  const auto record = accepted(request({"Gone <gone@EXAMPLE.net>", "bob@example.net", "angry@example.net"}));
  ASSERT_EQ(record.recipients.size(), 3u);
  EXPECT_EQ(record.recipients[0].state, RecipientState::suppressed);
  EXPECT_EQ(record.recipients[1].state, RecipientState::queued);
  EXPECT_EQ(record.recipients[2].state, RecipientState::suppressed);
  const auto told = events();
  ASSERT_EQ(told.size(), 3u);
  EXPECT_EQ(told[0].kind, store::EventKind::send);
  EXPECT_EQ(told[1].kind, store::EventKind::bounce);
  EXPECT_NE(told[1].detail.find("\"OnAccountSuppressionList\""), std::string::npos) << told[1].detail;
  EXPECT_EQ(told[2].kind, store::EventKind::complaint);
  EXPECT_NE(told[2].detail.find("\"OnAccountSuppressionList\""), std::string::npos) << told[2].detail;
  // They use up quota but are no bounces (spec 3.5).
  const auto points =
      net::run_task(temp.stores.queue->metrics(account, store::MetricDimension::account, std::nullopt, Time(), 9));
  ASSERT_TRUE(points && points->size() == 1);
  EXPECT_EQ(points->front().counts, (store::MetricCounts{.sends = 3}));
}

TEST_F(SendingRulesTest, ReasonsOfTheSetReplaceThoseOfTheAccount) {
  add_identity("example.com");
  add_set({.name = "complaints", .suppression = SuppressionReasons{.bounce = false, .complaint = true}});
  add_set({.name = "nobody", .suppression = SuppressionReasons{.bounce = false, .complaint = false}});
  suppress("gone@example.net");
  suppress("angry@example.net", SuppressionReason::complaint);
  const auto states = [&](std::optional<std::string> set) {
    SubmissionRequest made = request({"gone@example.net", "angry@example.net"});
    made.configuration_set = std::move(set);
    const auto record = accepted(std::move(made));
    return std::pair(record.recipients.at(0).state, record.recipients.at(1).state);
  };
  EXPECT_EQ(states(std::nullopt), std::pair(RecipientState::suppressed, RecipientState::suppressed));
  EXPECT_EQ(states("complaints"), std::pair(RecipientState::queued, RecipientState::suppressed));
  EXPECT_EQ(states("nobody"), std::pair(RecipientState::queued, RecipientState::queued));
  ASSERT_TRUE(net::run_task(configuration.set_account_suppression(account, {.bounce = true, .complaint = false})));
  EXPECT_EQ(states(std::nullopt), std::pair(RecipientState::suppressed, RecipientState::queued));
}

TEST_F(SendingRulesTest, TheSimulatorsListIsOnNobodysList) {
  add_identity("example.com");
  suppress("success@simulator.svc.example");
  const auto record = accepted(request({"SuppressionList+a@Simulator.svc.example", "success@simulator.svc.example"}));
  EXPECT_EQ(record.recipients[0].state, RecipientState::suppressed);
  EXPECT_EQ(record.recipients[1].state, RecipientState::queued);
  EXPECT_NE(events()[1].detail.find("\"Suppressed\""), std::string::npos);
  EXPECT_EQ(record.message.suppression, (SuppressionReasons{.bounce = false, .complaint = false}));
}

TEST_F(SendingRulesTest, TheDailyQuotaMayBeOverdrawnByOneMessage) {
  add_identity("example.com");
  make_pipeline({.per_day = 3});
  accepted(request({"a@example.net", "b@example.net"}));
  make_pipeline({.per_day = 3});  // a restart forgets nothing
  accepted(request({"a@example.net", "b@example.net"}));
  EXPECT_EQ(refusal(request(), SubmissionErrc::daily_quota_exceeded), "Daily message quota exceeded.");
  accepted(request({"success@simulator.svc.example"}));
  clock.advance(std::chrono::hours(24) + std::chrono::minutes(1));
  accepted(request());
}

TEST_F(SendingRulesTest, TheRateIsThatOfOneSecond) {
  add_identity("example.com");
  make_pipeline({.per_second = 2.0});
  accepted(request());
  accepted(request());
  EXPECT_EQ(refusal(request(), SubmissionErrc::sending_rate_exceeded), "Maximum sending rate exceeded.");
  clock.advance(std::chrono::milliseconds(500));
  accepted(request());
  refusal(request(), SubmissionErrc::sending_rate_exceeded);
  clock.advance(std::chrono::hours(1));
  accepted(request({"a@example.net", "b@example.net", "c@example.net", "d@example.net"}));  // two ahead
  clock.advance(std::chrono::seconds(1));
  refusal(request(), SubmissionErrc::sending_rate_exceeded);
  clock.advance(std::chrono::milliseconds(500));
  accepted(request());
}

}  // namespace
}  // namespace sesame::submission
