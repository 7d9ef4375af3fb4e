#include "delivery/signal.h"

#include <gtest/gtest.h>

namespace sesame::delivery {
namespace {

Signal signal(int code, std::optional<smtp::EnhancedStatus> status, std::string text) {
  const smtp::Reply reply = status ? smtp::make_reply(code, *status, text) : smtp::make_reply(code, text);
  return signal_of(ReplyOutcome{reply, false}, "mx.example.net");
}

TEST(Signal, WhatIsTakenIsGoodNews) {
  EXPECT_EQ(signal_of(DeliveredOutcome{smtp::make_reply(250, "ok")}, ""), Signal::taken);
}

TEST(Signal, TooMuchIsSaidInManyWays) {
  EXPECT_EQ(signal(421, std::nullopt, "closing"), Signal::throttled);
  EXPECT_EQ(signal(421, smtp::EnhancedStatus{4, 7, 0}, "[TSS04] Messages temporarily deferred"), Signal::throttled);
  EXPECT_EQ(signal(451, smtp::EnhancedStatus{4, 7, 650}, "The mail server has been temporarily rate limited"),
            Signal::throttled);
  EXPECT_EQ(signal(450, smtp::EnhancedStatus{4, 7, 99}, "not now"), Signal::throttled);
  EXPECT_EQ(signal(452, std::nullopt, "too many connections from your host"), Signal::throttled);
  EXPECT_EQ(signal(550, smtp::EnhancedStatus{5, 7, 1}, "rate limit exceeded"), Signal::throttled);
}

TEST(Signal, WhatIsAboutOthersIsNot) {
  EXPECT_EQ(signal(450, smtp::EnhancedStatus{4, 7, 1}, "greylisted, please try again in 5 minutes"), Signal::neutral);
  EXPECT_EQ(signal(452, smtp::EnhancedStatus{4, 2, 2}, "mailbox full"), Signal::neutral);
  EXPECT_EQ(signal(550, smtp::EnhancedStatus{5, 1, 1}, "no such user"), Signal::neutral);
  EXPECT_EQ(signal(451, smtp::EnhancedStatus{4, 3, 0}, "try again later"), Signal::neutral);
  EXPECT_EQ(signal_of(NetworkOutcome{"connection refused"}, ""), Signal::neutral);
  EXPECT_EQ(signal_of(NextHopFailure{NextHopProblem::dns_unavailable, ""}, ""), Signal::neutral);
}

}  // namespace
}  // namespace sesame::delivery
