#include "delivery/retry.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace sesame::delivery {
namespace {

using namespace std::chrono_literals;
using store::RecipientState;

class Retry : public testing::Test {
 protected:
  Decision step(const AttemptOutcome& outcome, std::uint32_t attempts = 0) {
    return decide(outcome, attempts, accepted, accepted + 840min, now, random);
  }
  SeededRandom random{1};
  Time accepted = from_unix_ms(1'700'000'000'000);
  Time now = accepted + 1min;
};

TEST_F(Retry, PositiveReplyEndsIt) { EXPECT_EQ(step(DeliveredOutcome{}).state, RecipientState::delivered); }

TEST_F(Retry, PermanentReplyBouncesWithThePeersWords) {
  const Decision d = step(ReplyOutcome{smtp::make_reply(550, smtp::EnhancedStatus{5, 1, 1}, "no such user"), false});
  EXPECT_EQ(d.state, RecipientState::bounced);
  EXPECT_EQ(d.reply_code, 550);
  EXPECT_EQ(d.enhanced_status, "5.1.1");
  EXPECT_EQ(d.text, "550 5.1.1 no such user");
}

TEST_F(Retry, WordsOfThePeerBecomePrintableAndBounded) {
  const Decision odd = step(ReplyOutcome{smtp::make_reply(550, "B\xEEte inconnue\x07"), false});
  EXPECT_TRUE(is_utf8(odd.text));
  EXPECT_EQ(odd.text.find('\x07'), std::string::npos);
  EXPECT_LE(step(ReplyOutcome{smtp::make_reply(550, std::string(5000, 'x')), false}).text.size(), 1000u);
}

TEST_F(Retry, TransientReplyIsKept) {
  const Decision d = step(ReplyOutcome{smtp::make_reply(451, "later"), false});
  EXPECT_EQ(d.state, RecipientState::queued);
  EXPECT_GE(d.next_attempt, now + 1min);
  EXPECT_LE(d.next_attempt, now + 72s);
  EXPECT_EQ(d.enhanced_status, "4.0.0");
}

TEST_F(Retry, RefusalOfTheSessionIsNeverPermanent) {
  EXPECT_EQ(step(ReplyOutcome{smtp::make_reply(554, "go away"), true}).state, RecipientState::queued);
}

TEST_F(Retry, NetworkTroubleIsKept) {
  const Decision d = step(NetworkOutcome{"connection refused"}, 3);
  EXPECT_EQ(d.state, RecipientState::queued);
  EXPECT_EQ(d.enhanced_status, "4.4.1");
}

TEST_F(Retry, DnsProblemsAreKeptOrBouncedByKind) {
  const auto state = [&](NextHopProblem p) { return step(NextHopFailure{p, "why"}).state; };
  EXPECT_EQ(state(NextHopProblem::dns_unavailable), RecipientState::queued);
  for (NextHopProblem p : {NextHopProblem::null_mx, NextHopProblem::no_such_domain, NextHopProblem::no_mail_host,
                           NextHopProblem::mx_without_address, NextHopProblem::bad_literal,
                           NextHopProblem::private_address, NextHopProblem::loops_back}) {
    EXPECT_EQ(state(p), RecipientState::bounced);
  }
  EXPECT_EQ(step(NextHopFailure{NextHopProblem::null_mx, ""}).enhanced_status, "5.1.10");
  EXPECT_EQ(step(NextHopFailure{NextHopProblem::private_address, ""}).enhanced_status, "5.4.4");
  EXPECT_EQ(step(NextHopFailure{NextHopProblem::loops_back, ""}).enhanced_status, "5.4.6");
}

TEST_F(Retry, ExpiresWithTheLastAnswerQuoted) {
  now = accepted + 840min;
  const Decision d =
      step(ReplyOutcome{smtp::make_reply(421, smtp::EnhancedStatus{4, 4, 2}, "Connection timed out"), false});
  EXPECT_EQ(d.state, RecipientState::expired);
  EXPECT_EQ(d.text, "554 4.4.7 Message expired: unable to deliver in 840 minutes.<421 4.4.2 Connection timed out>");
}

TEST_F(Retry, LastAttemptIsAtTheEndOfItsTime) {
  now = accepted + 839min;
  EXPECT_EQ(step(NetworkOutcome{"x"}, 20).next_attempt, accepted + 840min);
}

TEST_F(Retry, DelaysGrowToAnHourWithJitter) {
  std::chrono::milliseconds before{0};
  for (std::uint32_t n = 0; n < 7; ++n) {
    const auto delay = retry_delay(n, random);
    EXPECT_GT(delay, before);
    before = delay;
  }
  for (int i = 0; i < 100; ++i) {
    const auto delay = retry_delay(100, random);
    EXPECT_GE(delay, 60min);
    EXPECT_LE(delay, 72min);
  }
}

TEST_F(Retry, MessageThePeerCannotTakeIsPermanent) {
  const Decision d = step(Unfit{"5.3.4", "a SIZE of 9 octets (the limit is 8)"});
  EXPECT_EQ(d.state, RecipientState::bounced);
  EXPECT_EQ(d.enhanced_status, "5.3.4");
}

}  // namespace
}  // namespace sesame::delivery
