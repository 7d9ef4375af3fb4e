// The pipeline on real stores: what is queued, in whose name, and what is not.
#include "submission/pipeline.h"

#include <gtest/gtest.h>

#include "dns/testing/fake_resolver.h"
#include "mailauth/dkim/key.h"
#include "mailauth/dkim/verify.h"
#include "message/header_section.h"
#include "net/testing/run_task.h"
#include "store/testing/full_queue.h"
#include "store/testing/sample_records.h"
#include "store/testing/temp_stores.h"

namespace sesame::submission {
namespace {

constexpr const char* account = "111122223333";

class PipelineTest : public testing::Test {
 protected:
  PipelineTest() {
    auto loaded = net::run_task(MessageIds::load(*temp.stores.control, clock, random, "us-east-1"));
    ids = std::move(*loaded);
    pipeline = std::make_unique<Pipeline>(PipelineDeps{*temp.stores.control, *temp.stores.queue, *ids, feed, clock,
                                                       random, pool.executor(), names, configuration},
                                          PipelineOptions{});
  }

  void add_identity(store::IdentityRecord identity, std::vector<store::DkimKey> keys = {}) {
    store::IdentityCommit beside;
    beside.keys = std::move(keys);
    ASSERT_TRUE(net::run_task(temp.stores.control->create_identity(std::move(identity), std::move(beside))));
  }
  store::IdentityRecord verified(const std::string& name) {
    store::IdentityRecord identity = store::plain_identity(name);
    if (name.find('@') != std::string::npos) identity.kind = store::IdentityKind::email_address;
    identity.verification = store::VerificationStatus::success;
    return identity;
  }
  store::IdentityRecord with_mail_from(store::MailFromStatus status, store::BehaviorOnMxFailure behavior) {
    store::IdentityRecord identity = verified("example.com");
    store::MailFromState mail_from;
    mail_from.domain = "bounce.example.com";
    mail_from.status = status;
    mail_from.behavior = behavior;
    identity.mail_from = mail_from;
    return identity;
  }
  SubmissionResult<Accepted> submit(const std::string& from = "ann@example.com") {
    SubmissionRequest request;
    request.account_id = account;
    request.source = from;
    ComposedContent content;
    content.subject = "Hi";
    content.text = "x";
    content.to = {"bob@example.net"};
    request.content = std::move(content);
    return net::run_task(pipeline->submit(std::move(request)));
  }
  store::MessageRecord stored(const std::string& id) {
    auto found = net::run_task(temp.stores.queue->find_message(account, id));
    EXPECT_TRUE(found);
    return found ? std::move(*found) : store::MessageRecord{};
  }
  std::uint64_t queued() { return net::run_task(temp.stores.queue->depth())->messages_unfinished; }

  store::TempStores temp;
  ManualClock clock;
  SecureRandom random;
  events::Feed feed;
  net::WorkerPool pool{1};
  identity::ServiceNames names{"svc.example", "us-east-1"};
  std::unique_ptr<MessageIds> ids;
  ConfigurationSets configuration{*temp.stores.control, clock};
  std::unique_ptr<Pipeline> pipeline;
};

TEST_F(PipelineTest, UnverifiedSendersAreNamedAndNothingIsQueued) {
  const auto result = submit();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, SubmissionErrc::sender_not_verified);
  EXPECT_EQ(result.error().text,
            "Email address is not verified. The following identities failed the check in region US-EAST-1: "
            "ann@example.com");
  EXPECT_EQ(queued(), 0u);
}

TEST_F(PipelineTest, HeaderSectionIsKeptInWholeLinesAsFarAsEventsShowIt) {
  add_identity(verified("example.com"));
  const auto short_one = submit();
  ASSERT_TRUE(short_one);
  const store::NewMessage kept = stored(short_one->api_message_id).message;
  EXPECT_TRUE(kept.header_section.contains("Subject: Hi\r\n")) << kept.header_section;
  EXPECT_TRUE(kept.header_section.ends_with("\r\n"));
  EXPECT_FALSE(kept.header_section_cut);

  std::string lines;
  for (int i = 0; i < 200; ++i) lines += "X-Line: " + std::string(80, 'x') + "\r\n";
  SubmissionRequest request;
  request.account_id = account;
  request.content = RawContent{"From: ann@example.com\r\nTo: bob@example.net\r\n" + lines + "\r\nx\r\n"};
  const auto long_one = net::run_task(pipeline->submit(std::move(request)));
  ASSERT_TRUE(long_one);
  const store::NewMessage cut = stored(long_one->api_message_id).message;
  EXPECT_TRUE(cut.header_section_cut);
  EXPECT_LE(cut.header_section.size(), store::max_header_section_octets);
  EXPECT_GT(cut.header_section.size(), store::max_header_section_octets - 100);
  EXPECT_TRUE(cut.header_section.ends_with("x\r\n"));
}

TEST_F(PipelineTest, QueueWithoutRoomIsToldApartFromAFailingOne) {
  add_identity(verified("example.com"));
  store::FullQueue full(*temp.stores.queue);
  pipeline = std::make_unique<Pipeline>(
      PipelineDeps{*temp.stores.control, full, *ids, feed, clock, random, pool.executor(), names, configuration},
      PipelineOptions{});
  const auto result = submit();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, SubmissionErrc::queue_full);
  EXPECT_EQ(queued(), 0u);
}

TEST_F(PipelineTest, WithoutMailFromDomainTheEnvelopeStandsInTheServicesName) {
  add_identity(verified("example.com"));
  const auto result = submit("ann@sub.example.com");
  ASSERT_TRUE(result) << result.error().text;
  const store::MessageRecord record = stored(result->api_message_id);
  EXPECT_EQ(record.message.envelope.reverse_path, result->api_message_id + "@svc.example");
  EXPECT_EQ(record.message.identity, "example.com");
  EXPECT_EQ(ids->check(result->api_message_id), IdCheck::genuine);
  const auto events = net::run_task(temp.stores.queue->events_of(result->api_message_id));
  ASSERT_TRUE(events && events->size() == 1);
  EXPECT_EQ(events->front().kind, store::EventKind::send);
}

// Spec 2.4, the whole table.
TEST_F(PipelineTest, StoredMailFromStateDecidesTheEnvelope) {
  using store::BehaviorOnMxFailure;
  using store::MailFromStatus;
  for (BehaviorOnMxFailure behavior : {BehaviorOnMxFailure::use_default, BehaviorOnMxFailure::reject}) {
    for (MailFromStatus status : {MailFromStatus::success, MailFromStatus::pending, MailFromStatus::temporary_failure,
                                  MailFromStatus::failed}) {
      add_identity(with_mail_from(status, behavior));
      const std::uint64_t before = queued();
      const auto result = submit();
      if (status == MailFromStatus::success) {
        ASSERT_TRUE(result);
        EXPECT_EQ(stored(result->api_message_id).message.envelope.reverse_path,
                  result->api_message_id + "@bounce.example.com");
      } else if (behavior == BehaviorOnMxFailure::use_default) {
        ASSERT_TRUE(result);
        EXPECT_EQ(stored(result->api_message_id).message.envelope.reverse_path,
                  result->api_message_id + "@svc.example");
      } else {
        ASSERT_FALSE(result);
        EXPECT_EQ(result.error().code, SubmissionErrc::mail_from_not_verified);
        EXPECT_EQ(queued(), before);
      }
      ASSERT_TRUE(net::run_task(temp.stores.control->delete_identity(account, "example.com")));
    }
  }
}

TEST_F(PipelineTest, SignsWithTheIdentitysKeyAndTheSignatureVerifies) {
  store::IdentityRecord identity = verified("example.com");
  store::DkimState dkim;
  dkim.status = store::VerificationStatus::success;
  dkim.selectors = {"token1", "token2", "token3"};
  identity.dkim = dkim;
  const auto signing_key = mailauth::dkim::SigningKey::generate_rsa(2048);
  store::DkimKey key;
  key.account_id = account;
  key.identity = "example.com";
  key.selector = "token1";
  key.public_key = signing_key.public_key();
  key.private_key = signing_key.private_key();
  std::vector<store::DkimKey> keys;
  keys.push_back(std::move(key));
  add_identity(identity, std::move(keys));

  const auto result = submit();
  ASSERT_TRUE(result) << result.error().text;
  const auto content = net::run_task(temp.stores.queue->content(stored(result->api_message_id).queue_id));
  ASSERT_TRUE(content);
  dns::FakeResolver resolver;
  resolver.add("token1._domainkey.example.com", dns::RecordType::txt, signing_key.record());
  const auto parsed = message::parse_message(**content);
  const auto verdicts =
      net::run_task(mailauth::dkim::verify(resolver, parsed, clock.now(), net::after(std::chrono::seconds(5))));
  ASSERT_EQ(verdicts.size(), 1u);
  EXPECT_EQ(verdicts[0].result, mailauth::dkim::DkimResult::pass) << verdicts[0].problem;
  EXPECT_EQ(verdicts[0].domain, "example.com");
}

TEST_F(PipelineTest, UnknownConfigurationSetRefuses) {
  add_identity(verified("example.com"));
  SubmissionRequest request;
  request.account_id = account;
  request.configuration_set = "cs";
  request.content = RawContent{"From: a@example.com\r\nTo: b@example.net\r\n\r\nx"};
  const auto result = net::run_task(pipeline->submit(std::move(request)));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().text, "Configuration set <cs> does not exist.");
}

TEST_F(PipelineTest, NoticesGoOutInTheServicesOwnName) {
  const bool sent = net::run_task(pipeline->send({account, "ann@example.net", "Confirmed", "All good.\n"}));
  EXPECT_TRUE(sent);
  store::MessageFilter filter;
  filter.account_id = account;
  const auto listed = net::run_task(temp.stores.queue->list_messages(filter));
  ASSERT_TRUE(listed && listed->size() == 1);
  EXPECT_EQ(listed->front().message.author_address, "no-reply@svc.example");
  EXPECT_TRUE(listed->front().message.envelope.reverse_path.ends_with("@svc.example"));
}

TEST_F(PipelineTest, NoticesAreSignedWithTheServicesOwnKey) {
  auto key = net::run_task(load_service_key(*temp.stores.control, random));
  ASSERT_TRUE(key) << key.error();
  dns::FakeResolver dns;
  dns.add(key->selector + "._domainkey.svc.example", dns::RecordType::txt, key->key.record());
  pipeline->set_service_key(std::move(*key));
  ASSERT_TRUE(net::run_task(pipeline->send({account, "ann@example.net", "Confirmed", "All good.\n"})));
  const auto due = net::run_task(temp.stores.queue->lease_due(clock.now(), 1));
  ASSERT_TRUE(due && due->size() == 1);
  const auto content = net::run_task(temp.stores.queue->content(due->front().queue_id));
  ASSERT_TRUE(content);
  EXPECT_TRUE((*content)->starts_with("DKIM-Signature:")) << **content;
  const message::ParsedMessage parsed = message::parse_message(**content);
  const auto signatures =
      net::run_task(mailauth::dkim::verify(dns, parsed, clock.now(), net::after(std::chrono::seconds(5))));
  ASSERT_EQ(signatures.size(), 1u);
  EXPECT_EQ(signatures.front().result, mailauth::dkim::DkimResult::pass);
}

// Says what it is told to, of everything.
class FixedScanner final : public ContentScanner {
 public:
  explicit FixedScanner(ScanResult answer) : answer_(std::move(answer)) {}
  net::Task<ScanResult> scan(std::string_view content) override {
    scanned = content;
    co_return answer_;
  }
  std::string scanned;

 private:
  ScanResult answer_;
};

TEST_F(PipelineTest, MalwareIsAcceptedRejectedAndNotSent) {
  add_identity(verified("example.com"));
  FixedScanner scanner(ScanVerdict{"Test.Malware"});
  pipeline->set_scanner(scanner, Unscanned::accept);
  ASSERT_TRUE(net::run_task(temp.stores.queue->put_suppressed(
      {{.account_id = account, .address = "bob@example.net", .updated = clock.now()}})));
  const auto result = submit();
  ASSERT_TRUE(result) << result.error().text;
  EXPECT_TRUE(scanner.scanned.contains("Subject: Hi\r\n"));
  EXPECT_EQ(queued(), 0u);
  const store::MessageRecord record = stored(result->api_message_id);
  EXPECT_TRUE(record.finished);
  ASSERT_EQ(record.recipients.size(), 1u);
  EXPECT_EQ(record.recipients[0].state, store::RecipientState::rejected);
  EXPECT_FALSE(net::run_task(temp.stores.queue->content(record.queue_id)));
  const auto events = net::run_task(temp.stores.queue->events_of(result->api_message_id));
  ASSERT_TRUE(events && events->size() == 2);
  EXPECT_EQ((*events)[0].kind, store::EventKind::send);
  EXPECT_EQ((*events)[1].kind, store::EventKind::reject);
  EXPECT_EQ((*events)[1].detail, R"({"reason":"Bad content","malware":"Test.Malware"})");
  EXPECT_EQ(pipeline->scans().malware, 1u);
}

TEST_F(PipelineTest, CleanMailIsQueuedAfterItsScan) {
  add_identity(verified("example.com"));
  FixedScanner scanner(ScanVerdict{});
  pipeline->set_scanner(scanner, Unscanned::refuse);
  const auto result = submit();
  ASSERT_TRUE(result);
  EXPECT_EQ(queued(), 1u);
  EXPECT_EQ(pipeline->scans().clean, 1u);
  const auto content = net::run_task(temp.stores.queue->content(stored(result->api_message_id).queue_id));
  ASSERT_TRUE(content);
  EXPECT_EQ(scanner.scanned, **content);  // the very octets that will go out
}

TEST_F(PipelineTest, MailThatCannotBeScannedIsRefusedOrSentAsConfigured) {
  add_identity(verified("example.com"));
  FixedScanner away(std::unexpected(ScanError{ScanErrc::unavailable, "away"}));
  FixedScanner small(std::unexpected(ScanError{ScanErrc::too_large, "small"}));
  pipeline->set_scanner(away, Unscanned::refuse);
  const auto refused = submit();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, SubmissionErrc::unavailable);
  pipeline->set_scanner(small, Unscanned::refuse);
  const auto never = submit();
  ASSERT_FALSE(never);
  EXPECT_EQ(never.error().code, SubmissionErrc::message_too_large);
  EXPECT_EQ(queued(), 0u);
  for (FixedScanner* scanner : {&away, &small}) {
    pipeline->set_scanner(*scanner, Unscanned::accept);
    EXPECT_TRUE(submit());
  }
  EXPECT_EQ(queued(), 2u);
  EXPECT_EQ(pipeline->scans().unscanned, 4u);
}

TEST_F(PipelineTest, RefusalForWantOfAScanUsesUpNoQuotaAndRejectedMailDoes) {
  add_identity(verified("example.com"));
  pipeline = std::make_unique<Pipeline>(PipelineDeps{*temp.stores.control, *temp.stores.queue, *ids, feed, clock,
                                                     random, pool.executor(), names, configuration},
                                        PipelineOptions{.quota = {.per_day = 1}});
  FixedScanner away(std::unexpected(ScanError{ScanErrc::unavailable, "away"})), found(ScanVerdict{"Test.Malware"});
  pipeline->set_scanner(away, Unscanned::refuse);
  EXPECT_EQ(submit().error().code, SubmissionErrc::unavailable);
  pipeline->set_scanner(found, Unscanned::refuse);
  EXPECT_TRUE(submit());
  found.scanned.clear();
  EXPECT_EQ(submit().error().code, SubmissionErrc::daily_quota_exceeded);
  EXPECT_EQ(found.scanned, "");  // what the quota forbids is not looked at
}

}  // namespace
}  // namespace sesame::submission
