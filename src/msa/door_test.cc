// The submission door over a real session, with the real pipeline and stores behind it.
#include "msa/door.h"

#include <gtest/gtest.h>

#include "api/sigv4/smtp_password.h"
#include "net/testing/memory_stream.h"
#include "net/testing/run_task.h"
#include "smtp_session/client_session.h"
#include "store/testing/full_queue.h"
#include "store/testing/sample_records.h"
#include "store/testing/temp_stores.h"

namespace sesame::msa {
namespace {

constexpr const char* account = "111122223333";
constexpr const char* secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

class DoorTest : public testing::Test {
 protected:
  DoorTest() {
    auto loaded = net::run_task(submission::MessageIds::load(*temp.stores.control, clock, random, "us-east-1"));
    ids = std::move(*loaded);
    make_door(*temp.stores.queue);

    store::Credential credential{"SESAKEY", account, Secret(secret), "", {}};
    EXPECT_TRUE(net::run_task(temp.stores.control->create_credential(std::move(credential))));
    store::IdentityRecord identity = store::plain_identity("example.com");
    identity.verification = store::VerificationStatus::success;
    EXPECT_TRUE(net::run_task(temp.stores.control->create_identity(identity, {})));
  }

  void make_door(store::QueueStore& queue, double failed_sign_ins_at_once = 20, submission::QuotaLimits quota = {}) {
    const identity::ServiceNames names{"svc.example", "us-east-1"};
    pipeline =
        std::make_unique<submission::Pipeline>(submission::PipelineDeps{*temp.stores.control, queue, *ids, feed, clock,
                                                                        random, pool.executor(), names, configuration},
                                               submission::PipelineOptions{.quota = quota});
    DoorOptions options;
    options.host_name = "mail.svc.example";
    options.region = "us-east-1";
    options.failed_sign_ins_at_once = failed_sign_ins_at_once;
    door = std::make_unique<Door>(
        DoorDeps{*temp.stores.control, *pipeline, net::TlsContext::server_self_signed("mail.svc.example"), random},
        options);
  }

  struct Talk {
    std::string user = "SESAKEY";
    std::string password = std::string(sigv4::smtp_password(Secret(secret), "us-east-1").reveal());
    smtp_session::StartTls tls = smtp_session::StartTls::required;
    std::string from = "ann@example.com", to = "bob@example.net";
    std::string content = "From: ann@example.com\r\nTo: bob@example.net\r\nSubject: x\r\n\r\nHello\r\n";
  };

  // What the door said at the point where it ended, or to the final dot.
  std::string say(Talk talk) {
    net::TestLoop loop;
    net::MemoryStreams streams = net::make_memory_streams(loop.executor());
    loop.spawn(door->handler()(std::move(streams.server)));
    return loop.run(converse(std::move(streams.client), std::move(talk)));
  }

  static net::Task<std::string> converse(std::unique_ptr<net::Stream> stream, Talk talk) {
    smtp_session::ClientOptions options;
    options.helo_domain = "client.example";
    options.start_tls = talk.tls;
    options.tls_context = net::TlsContext::client_opportunistic();
    if (!talk.user.empty()) options.auth = smtp_session::ClientAuth{talk.user, Secret(talk.password)};
    smtp_session::ClientSession session(std::move(stream), std::move(options));
    auto started = co_await session.start();
    if (!started) co_return smtp_session::to_text(started.error());
    smtp_session::OutboundMessage message;
    message.reverse_path =
        talk.from.empty() ? smtp::ReversePath() : *smtp::parse_mailbox(talk.from, smtp::Utf8::refuse);
    message.recipients = {*smtp::parse_mailbox(talk.to, smtp::Utf8::refuse)};
    message.content = talk.content;
    const smtp_session::SendOutcome outcome = co_await session.send(message);
    co_await session.quit();
    const auto& result = outcome.recipients.at(0);
    co_return result ? result->to_text() : smtp_session::to_text(result.error());
  }

  std::uint64_t queued() { return net::run_task(temp.stores.queue->depth())->messages_unfinished; }

  store::TempStores temp;
  ManualClock clock;
  SecureRandom random;
  events::Feed feed;
  net::WorkerPool pool{1};
  std::unique_ptr<submission::MessageIds> ids;
  submission::ConfigurationSets configuration{*temp.stores.control, clock};
  std::unique_ptr<submission::Pipeline> pipeline;
  std::unique_ptr<Door> door;
};

TEST_F(DoorTest, AcceptsWithTheIdOnceDurable) {
  const std::string reply = say({});
  ASSERT_TRUE(reply.starts_with("250 Ok 0100")) << reply;
  EXPECT_TRUE(net::run_task(temp.stores.queue->find_message(account, reply.substr(7))));
  EXPECT_EQ(door->counters().accepted, 1u);
}

TEST_F(DoorTest, WrongPasswordAndUnknownUserSoundTheSame) {
  Talk wrong;
  wrong.password = "nonsense";
  Talk unknown;
  unknown.user = "SESANOBODY";
  EXPECT_EQ(say(wrong), "auth: 535 Authentication Credentials Invalid");
  EXPECT_EQ(say(unknown), "auth: 535 Authentication Credentials Invalid");
  EXPECT_EQ(door->counters().auth_failures, 2u);
}

TEST_F(DoorTest, ANetworkThatFailedTooOftenIsNotEvenGreeted) {
  make_door(*temp.stores.queue, 2);
  Talk wrong;
  wrong.password = "nonsense";
  EXPECT_EQ(say(wrong), "auth: 535 Authentication Credentials Invalid");
  EXPECT_TRUE(say({}).starts_with("250 "));
  EXPECT_EQ(say(wrong), "auth: 535 Authentication Credentials Invalid");
  const std::string refusal = say({});
  EXPECT_TRUE(refusal.starts_with("greeting: 421 ")) << refusal;
  EXPECT_NE(refusal.find("Too many failed sign-ins"), std::string::npos) << refusal;
  EXPECT_EQ(door->counters().auth_failures, 2u);
  EXPECT_EQ(door->counters().auth_refused, 1u);
}

TEST_F(DoorTest, NothingIsAcceptedFromWhoHasNotSignedIn) {
  Talk anonymous;
  anonymous.user.clear();
  EXPECT_EQ(say(anonymous), "mail: 530 Authentication required");
  EXPECT_EQ(queued(), 0u);
}

TEST_F(DoorTest, RefusalsAnswerAfterDataInTheServicesWords) {
  Talk unverified;
  unverified.from = "eve@other.example";
  EXPECT_EQ(
      say(unverified),
      "final_dot: 554 Message rejected: Email address is not verified. The following identities failed the check in "
      "region US-EAST-1: eve@other.example");
  Talk no_from;
  no_from.content = "To: bob@example.net\r\n\r\nx\r\n";
  EXPECT_EQ(say(no_from), "final_dot: 554 Transaction failed: Missing required header 'From'.");
  EXPECT_EQ(queued(), 0u);
}

TEST_F(DoorTest, QueueWithoutRoomDefers) {
  store::FullQueue full(*temp.stores.queue);
  make_door(full);
  EXPECT_EQ(say({}), "final_dot: 452 Insufficient system storage");
}

TEST_F(DoorTest, PausedAccountsAndThrottledOnesAreAnsweredAfterData) {
  ASSERT_TRUE(net::run_task(configuration.set_account_sending(account, false)));
  EXPECT_EQ(say({}).substr(0, 34), "final_dot: 554 Transaction failed:");
  ASSERT_TRUE(net::run_task(configuration.set_account_sending(account, true)));
  make_door(*temp.stores.queue, 20, {.per_day = 0});
  EXPECT_EQ(say({}), "final_dot: 454 Throttling failure: Daily message quota exceeded.");
  make_door(*temp.stores.queue, 20, {.per_second = 1.0});
  EXPECT_EQ(say({}).substr(0, 6), "250 Ok");
  EXPECT_EQ(say({}), "final_dot: 454 Throttling failure: Maximum sending rate exceeded.");
}

TEST_F(DoorTest, NullReversePathIsNobodysToUse) {
  Talk null_path;
  null_path.from.clear();
  EXPECT_EQ(say(null_path), "mail: 501 Invalid MAIL FROM address provided");
}

}  // namespace
}  // namespace sesame::msa
