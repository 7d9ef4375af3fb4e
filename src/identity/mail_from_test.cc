// Named after the rows of spec/ses.md 2.1, 2.3 and 2.4.
#include "identity/mail_from.h"

#include <gtest/gtest.h>

namespace sesame::identity {
namespace {

using namespace std::chrono_literals;
using store::BehaviorOnMxFailure;
using store::LookError;
using store::MailFromState;
using store::MailFromStatus;

class MailFromLife : public testing::Test {
 protected:
  MailFromState set(std::string domain = "bounce.example.com",
                    BehaviorOnMxFailure behavior = BehaviorOnMxFailure::use_default) {
    state_ = on_set(state_, std::move(domain), behavior, clock_.now());
    return *state_;
  }
  Change look(Finding finding, LookError error = LookError::none, bool watched = false) {
    MailFromStep step = on_look(*state_, finding, error, watched, clock_.now(), random_);
    state_ = step.state;
    return step.change;
  }
  Change look_wrong() { return look(Finding::wrong, LookError::type_not_found); }
  Change look_unknown() { return look(Finding::unknown, LookError::dns_server_error); }

  void be_successful() {
    set();
    ASSERT_EQ(look(Finding::right), Change::succeeded);
  }
  void be_temporarily_failed() {
    be_successful();
    look_wrong();
    ASSERT_EQ(look_wrong(), Change::lost);
  }
  void be_failed() {
    set();
    clock_.advance(72h);
    ASSERT_EQ(look_wrong(), Change::failed);
  }
  // Looks whenever a look is due, until `change` happens or `most` has passed.
  std::chrono::milliseconds until(Change change, Finding finding, std::chrono::hours most) {
    const Time start = clock_.now();
    while (state_->timer.next_look && clock_.now() - start <= most) {
      clock_.set(std::max(clock_.now(), *state_->timer.next_look));
      if (look(finding, LookError::type_not_found) == change) break;
    }
    return clock_.now() - start;
  }
  std::chrono::milliseconds wait() const { return *state_->timer.next_look - clock_.now(); }

  ManualClock clock_;
  SeededRandom random_{1};
  std::optional<MailFromState> state_;
};

// --- spec 2.3, row by row ---

TEST_F(MailFromLife, NoneBecomesPendingWhenSetAndTheWindowOpens) {
  const MailFromState state = set("bounce.example.com", BehaviorOnMxFailure::reject);
  EXPECT_EQ(state.domain, "bounce.example.com");
  EXPECT_EQ(state.status, MailFromStatus::pending);
  EXPECT_EQ(state.behavior, BehaviorOnMxFailure::reject);
  EXPECT_EQ(state.timer.window_opened, clock_.now());
  EXPECT_EQ(state.timer.next_look, clock_.now()) << "the first look is due at once";
  EXPECT_EQ(state.status_since, clock_.now());
}

TEST_F(MailFromLife, PendingBecomesSuccessWhenTheOneRightMxIsSeen) {
  set();
  clock_.advance(5s);
  EXPECT_EQ(look(Finding::right), Change::succeeded);
  EXPECT_EQ(state_->status, MailFromStatus::success);
  EXPECT_EQ(state_->timer.window_opened, std::nullopt);
  EXPECT_EQ(state_->timer.last_success, clock_.now());
  EXPECT_EQ(state_->status_since, clock_.now());
}

TEST_F(MailFromLife, PendingBecomesFailedWhen72HoursAreOver) {
  set();
  EXPECT_EQ(until(Change::failed, Finding::wrong, 80h), 72h);
  EXPECT_EQ(state_->status, MailFromStatus::failed);
}

TEST_F(MailFromLife, PendingBecomesFailedAlsoWhenNothingCouldBeFoundOut) {
  set();
  EXPECT_EQ(until(Change::failed, Finding::unknown, 80h), 72h);
  EXPECT_EQ(state_->status, MailFromStatus::failed);
}

TEST_F(MailFromLife, ARightLookAfterTheWindowStillSucceeds) {
  set();
  clock_.advance(73h);
  EXPECT_EQ(look(Finding::right), Change::succeeded);
}

TEST_F(MailFromLife, OneMillisecondBeforeTheWindowEndsItIsStillPending) {
  set();
  clock_.advance(72h - 1ms);
  EXPECT_EQ(look_wrong(), Change::none);
  EXPECT_EQ(state_->status, MailFromStatus::pending);
  EXPECT_EQ(wait(), 1ms) << "the end of the window is a look of its own";
}

TEST_F(MailFromLife, SuccessBecomesTemporaryFailureWhenTheMxIsMissingTwiceInARow) {
  be_successful();
  clock_.advance(30min);
  EXPECT_EQ(look_wrong(), Change::none);
  EXPECT_EQ(state_->status, MailFromStatus::success);
  EXPECT_EQ(wait(), 1min) << "and looks again soon";
  clock_.advance(1min);
  EXPECT_EQ(look_wrong(), Change::lost);
  EXPECT_EQ(state_->status, MailFromStatus::temporary_failure);
  EXPECT_EQ(state_->timer.window_opened, clock_.now()) << "a new window of 72 h";
}

TEST_F(MailFromLife, OneBadLookNeverChangesASuccess) {
  be_successful();
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(look_wrong(), Change::none);
    EXPECT_EQ(look(Finding::right), Change::none);
  }
  EXPECT_EQ(state_->status, MailFromStatus::success);
  EXPECT_EQ(state_->timer.bad_looks, 0u);
}

TEST_F(MailFromLife, ServerFailuresNeverChangeASuccess) {
  be_successful();
  for (int i = 0; i < 100; ++i) EXPECT_EQ(look_unknown(), Change::none);
  EXPECT_EQ(state_->status, MailFromStatus::success);
  EXPECT_EQ(state_->timer.last_error, LookError::dns_server_error);
  EXPECT_EQ(wait(), 5min);
}

TEST_F(MailFromLife, AServerFailureBetweenTwoBadLooksNeitherCountsNorForgives) {
  be_successful();
  EXPECT_EQ(look_wrong(), Change::none);
  EXPECT_EQ(look_unknown(), Change::none);
  EXPECT_EQ(look_wrong(), Change::lost);
}

TEST_F(MailFromLife, TemporaryFailureBecomesSuccessWhenTheMxIsSeen) {
  be_temporarily_failed();
  clock_.advance(71h);
  EXPECT_EQ(look(Finding::right), Change::restored);
  EXPECT_EQ(state_->status, MailFromStatus::success);
  EXPECT_EQ(state_->timer.bad_looks, 0u);
}

TEST_F(MailFromLife, TemporaryFailureBecomesFailedWhen72HoursAreOver) {
  be_temporarily_failed();
  EXPECT_EQ(until(Change::given_up, Finding::wrong, 80h), 72h);
  EXPECT_EQ(state_->status, MailFromStatus::failed);
}

TEST_F(MailFromLife, FailedIsNotLookedAtAnyMore) {
  be_failed();
  EXPECT_EQ(state_->timer.next_look, std::nullopt);
  const MailFromState before = *state_;
  EXPECT_EQ(look(Finding::right), Change::none);
  EXPECT_EQ(*state_, before);
}

TEST_F(MailFromLife, FailedBecomesPendingWhenTheSameNameIsSetAgain) {
  be_failed();
  clock_.advance(1h);
  set();
  EXPECT_EQ(state_->status, MailFromStatus::pending);
  EXPECT_EQ(state_->timer.window_opened, clock_.now());
  EXPECT_EQ(look(Finding::right), Change::succeeded);
}

TEST_F(MailFromLife, FailedBecomesPendingWhenAnotherNameIsSet) {
  be_failed();
  EXPECT_EQ(set("other.example.com").status, MailFromStatus::pending);
  EXPECT_EQ(state_->domain, "other.example.com");
}

TEST_F(MailFromLife, AnyStateBecomesPendingWhenAnotherNameIsSet) {
  be_successful();
  EXPECT_EQ(set("other.example.com").status, MailFromStatus::pending);
  state_.reset();
  be_temporarily_failed();
  EXPECT_EQ(set("other.example.com").status, MailFromStatus::pending);
  EXPECT_EQ(state_->timer.bad_looks, 0u);
  EXPECT_EQ(set("third.example.com").status, MailFromStatus::pending);
}

TEST_F(MailFromLife, SuccessStaysSuccessWhenTheSameNameIsSetAndTheBehaviourIsUpdated) {
  be_successful();
  const MailFromState before = *state_;
  clock_.advance(1h);
  set("Bounce.Example.COM", BehaviorOnMxFailure::reject);
  EXPECT_EQ(state_->status, MailFromStatus::success);
  EXPECT_EQ(state_->behavior, BehaviorOnMxFailure::reject);
  EXPECT_EQ(state_->timer, before.timer);
  EXPECT_EQ(state_->status_since, before.status_since);
}

TEST_F(MailFromLife, PendingOpensANewWindowWhenTheSameNameIsSetAgain) {
  set();
  clock_.advance(71h);
  set();
  EXPECT_EQ(until(Change::failed, Finding::wrong, 80h), 72h);
}

// --- the pace of DESIGN 4 ---

TEST_F(MailFromLife, PendingIsLookedAtEveryTwoSecondsWhileWatched) {
  set();
  for (const auto age : {0h, 1h, 10h, 71h}) {
    clock_.set(*state_->timer.window_opened + age);
    look(Finding::wrong, LookError::host_not_found, true);
    EXPECT_EQ(wait(), 2s) << age.count();
  }
}

TEST_F(MailFromLife, PendingSlowsDownAsTheWindowAges) {
  set();
  const std::pair<std::chrono::minutes, std::chrono::seconds> paces[] = {
      {0min, 15s}, {9min, 15s}, {10min, 60s}, {59min, 60s}, {60min, 300s}, {359min, 300s}, {360min, 900s}, {70h, 900s}};
  for (const auto& [age, pace] : paces) {
    clock_.set(*state_->timer.window_opened + age);
    look_wrong();
    EXPECT_EQ(wait(), pace) << age.count();
  }
}

TEST_F(MailFromLife, SuccessIsLookedAtEveryHalfHourJitteredByATenth) {
  be_successful();
  std::chrono::milliseconds least = 24h, most = 0h;
  for (int i = 0; i < 1000; ++i) {
    look(Finding::right, LookError::none, true);
    least = std::min(least, wait());
    most = std::max(most, wait());
  }
  EXPECT_GE(least, 27min);
  EXPECT_LE(most, 33min);
  EXPECT_LT(least, 28min);
  EXPECT_GT(most, 32min);
}

TEST_F(MailFromLife, AWatchedSuccessThatLooksBadIsConfirmedWithinSeconds) {
  be_successful();
  look(Finding::wrong, LookError::type_not_found, true);
  EXPECT_EQ(wait(), 2s);
}

// --- spec 2.4, row by row ---

TEST(EnvelopeChoiceAtSendTime, FollowsTheStoredStateAndBehaviour) {
  const auto choose = [](MailFromStatus status, BehaviorOnMxFailure behavior) {
    MailFromState state;
    state.status = status;
    state.behavior = behavior;
    return choose_envelope(state);
  };
  EXPECT_EQ(choose_envelope(std::nullopt), EnvelopeChoice::service_default);
  EXPECT_EQ(choose(MailFromStatus::success, BehaviorOnMxFailure::use_default), EnvelopeChoice::custom);
  EXPECT_EQ(choose(MailFromStatus::success, BehaviorOnMxFailure::reject), EnvelopeChoice::custom);
  for (const MailFromStatus status :
       {MailFromStatus::pending, MailFromStatus::temporary_failure, MailFromStatus::failed}) {
    EXPECT_EQ(choose(status, BehaviorOnMxFailure::use_default), EnvelopeChoice::service_default);
    EXPECT_EQ(choose(status, BehaviorOnMxFailure::reject), EnvelopeChoice::refuse);
  }
}

// --- spec 2.1: the name ---

TEST(MailFromName, LiesStrictlyBelowTheDomainOfTheIdentity) {
  EXPECT_TRUE(is_allowed_mail_from("bounce.example.com", "example.com"));
  EXPECT_TRUE(is_allowed_mail_from("a.b.example.com", "example.com"));
  EXPECT_FALSE(is_allowed_mail_from("example.com", "example.com")) << "the identity's own domain";
  EXPECT_FALSE(is_allowed_mail_from("bounce.example.com", "mail.example.com")) << "a sibling";
  EXPECT_FALSE(is_allowed_mail_from("badexample.com", "example.com")) << "labels, not letters";
  EXPECT_FALSE(is_allowed_mail_from("bounce.example.org", "example.com"));
}

}  // namespace
}  // namespace sesame::identity
