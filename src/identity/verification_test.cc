// Named after spec/ses.md 1.2 and the rows of 1.3.
#include "identity/verification.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "identity/governing.h"

namespace sesame::identity {
namespace {

using namespace std::chrono_literals;
using store::DkimOrigin;
using store::LookError;
using store::VerificationStatus;
using testing::ElementsAre;
using testing::IsEmpty;

const std::vector<std::string> tokens{"one", "two", "three"};

class VerificationLife : public testing::Test {
 protected:
  VerificationLife() {
    identity_.name = "example.com";
    identity_.verification = VerificationStatus::not_started;
  }
  void dkim() { start_dkim(identity_, DkimOrigin::service, tokens, 2048, clock_.now()); }
  void new_keys(std::string selector) {
    start_dkim(identity_, DkimOrigin::external, {std::move(selector)}, 2048, clock_.now());
  }
  void txt() { start_txt(identity_, "token", clock_.now()); }

  std::vector<Told> apply(Findings findings, bool watched = false) {
    Applied applied = apply_findings(identity_, findings, watched, clock_.now(), random_);
    identity_ = applied.identity;
    return applied.changes;
  }
  std::vector<Told> look_dkim(Finding finding) { return apply({.dkim = Observed{finding, error_of(finding)}}); }
  std::vector<Told> look_txt(Finding finding) { return apply({.txt = Observed{finding, error_of(finding)}}); }
  static LookError error_of(Finding finding) {
    return finding == Finding::right   ? LookError::none
           : finding == Finding::wrong ? LookError::host_not_found
                                       : LookError::dns_server_error;
  }
  VerificationStatus status() const { return identity_.verification; }

  ManualClock clock_;
  SeededRandom random_{1};
  store::IdentityRecord identity_;
};

constexpr Told dkim_succeeded{Subject::dkim, Change::succeeded};
constexpr Told dkim_lost{Subject::dkim, Change::lost};

// --- spec 1.2 ---

TEST_F(VerificationLife, ANewDomainIsPendingAndLookedAtAtOnce) {
  dkim();
  EXPECT_EQ(status(), VerificationStatus::pending);
  EXPECT_EQ(identity_.dkim->status, VerificationStatus::pending);
  EXPECT_EQ(identity_.next_look, clock_.now());
}

TEST_F(VerificationLife, DkimAloneIsEnough) {
  dkim();
  txt();
  EXPECT_THAT(look_dkim(Finding::right), ElementsAre(dkim_succeeded));
  EXPECT_EQ(status(), VerificationStatus::success);
  EXPECT_EQ(txt_status(identity_), VerificationStatus::pending);
}

TEST_F(VerificationLife, TheTxtTokenAloneIsEnough) {
  txt();
  EXPECT_EQ(status(), VerificationStatus::pending);
  EXPECT_THAT(look_txt(Finding::right), ElementsAre(Told{Subject::domain, Change::succeeded}));
  EXPECT_EQ(status(), VerificationStatus::success);
  EXPECT_EQ(txt_status(identity_), VerificationStatus::success);
}

TEST_F(VerificationLife, TheSearchEndsAfter72Hours) {
  dkim();
  clock_.advance(72h - 1ms);
  EXPECT_THAT(look_dkim(Finding::wrong), IsEmpty());
  clock_.advance(1ms);
  EXPECT_THAT(look_dkim(Finding::unknown), ElementsAre(Told{Subject::dkim, Change::failed}));
  EXPECT_EQ(status(), VerificationStatus::failed);
  EXPECT_EQ(identity_.next_look, std::nullopt) << "no more look-ups";
}

TEST_F(VerificationLife, TheSearchForTheTxtTokenEndsAfter72Hours) {
  txt();
  clock_.advance(72h);
  EXPECT_THAT(look_txt(Finding::wrong), ElementsAre(Told{Subject::domain, Change::failed}));
  EXPECT_EQ(status(), VerificationStatus::failed);
  EXPECT_EQ(txt_status(identity_), VerificationStatus::failed);
}

TEST_F(VerificationLife, OneWayMayFailWhileTheOtherIsSearched) {
  dkim();
  clock_.advance(10h);
  txt();
  clock_.advance(62h);
  EXPECT_THAT(look_dkim(Finding::wrong), ElementsAre(Told{Subject::dkim, Change::failed}));
  EXPECT_EQ(status(), VerificationStatus::pending);
}

TEST_F(VerificationLife, NewTokensPutDkimBackToPendingButSendingGoesOn) {
  dkim();
  look_dkim(Finding::right);
  start_dkim(identity_, DkimOrigin::service, {"four", "five", "six"}, 1024, clock_.now());
  EXPECT_EQ(identity_.dkim->status, VerificationStatus::pending);
  EXPECT_EQ(status(), VerificationStatus::success);
  EXPECT_TRUE(may_send(identity_));
  EXPECT_FALSE(signs(identity_));
  clock_.advance(72h);
  look_dkim(Finding::wrong);
  EXPECT_EQ(status(), VerificationStatus::failed) << "but not for ever";
}

TEST_F(VerificationLife, NewKeysEvery71HoursDoNotKeepADomainVerified) {
  dkim();
  look_dkim(Finding::right);
  new_keys("four");
  clock_.advance(71h);
  EXPECT_THAT(look_dkim(Finding::wrong), IsEmpty());
  new_keys("five");
  EXPECT_TRUE(may_send(identity_));
  EXPECT_EQ(identity_.next_look, clock_.now()) << "the new keys are looked for at once";
  look_dkim(Finding::wrong);
  clock_.advance(1h);
  EXPECT_THAT(look_dkim(Finding::wrong), ElementsAre(Told{Subject::dkim, Change::failed}));
  EXPECT_EQ(status(), VerificationStatus::failed);
}

TEST_F(VerificationLife, NewKeysWithinTheGraceDoNotProlongIt) {
  dkim();
  look_dkim(Finding::right);
  look_dkim(Finding::wrong);
  look_dkim(Finding::wrong);
  clock_.advance(71h);
  new_keys("four");
  EXPECT_EQ(status(), VerificationStatus::temporary_failure);
  clock_.advance(1h);
  look_dkim(Finding::unknown);
  EXPECT_EQ(status(), VerificationStatus::failed);
}

TEST_F(VerificationLife, NewKeysAfterTheWindowEndTheVerificationThoughNobodyLooked) {
  dkim();
  look_dkim(Finding::right);
  new_keys("four");
  clock_.advance(72h);
  new_keys("five");
  EXPECT_EQ(status(), VerificationStatus::pending);
  EXPECT_FALSE(may_send(identity_));
  EXPECT_EQ(identity_.dkim->timer.window_opened, clock_.now()) << "searched for as for a new domain";
}

TEST_F(VerificationLife, KeysFoundGiveTheNextOnesAWindowOfTheirOwn) {
  dkim();
  look_dkim(Finding::right);
  new_keys("four");
  clock_.advance(71h);
  look_dkim(Finding::right);
  new_keys("five");
  EXPECT_EQ(identity_.dkim->timer.window_opened, clock_.now());
}

TEST_F(VerificationLife, NewKeysOfADomainThatItsTxtVerifiesHaveAWindowOfTheirOwn) {
  dkim();
  txt();
  look_txt(Finding::right);
  clock_.advance(71h);
  new_keys("four");
  EXPECT_EQ(identity_.dkim->timer.window_opened, clock_.now());
}

TEST_F(VerificationLife, AFailedSearchCanBeStartedAgain) {
  dkim();
  clock_.advance(72h);
  look_dkim(Finding::wrong);
  restart_dkim(identity_, clock_.now());
  EXPECT_EQ(status(), VerificationStatus::pending);
  EXPECT_THAT(look_dkim(Finding::right), ElementsAre(dkim_succeeded));
}

TEST_F(VerificationLife, KeyLengthChangesAtMostOnceADayButForAFirstDowngrade) {
  dkim();
  const auto change = [&](std::uint32_t bits) { return may_change_key_bits(*identity_.dkim, bits, clock_.now()); };
  EXPECT_EQ(change(2048), KeyChange::same_length);
  EXPECT_EQ(change(1024), KeyChange::allowed);
  start_dkim(identity_, DkimOrigin::service, tokens, 1024, clock_.now());
  EXPECT_EQ(change(1024), KeyChange::same_length);
  EXPECT_EQ(change(2048), KeyChange::too_soon);
  clock_.advance(24h - 1ms);
  EXPECT_EQ(change(2048), KeyChange::too_soon);
  clock_.advance(1ms);
  EXPECT_EQ(change(2048), KeyChange::allowed);
}

// --- spec 1.3, row by row ---

TEST_F(VerificationLife, TxtGoneAtAReviewMeansAWarningAnd72HoursOfGrace) {
  txt();
  look_txt(Finding::right);
  EXPECT_THAT(look_txt(Finding::wrong), IsEmpty()) << "one bad look changes nothing";
  EXPECT_THAT(look_txt(Finding::wrong), ElementsAre(Told{Subject::domain, Change::lost}));
  EXPECT_EQ(status(), VerificationStatus::temporary_failure);
  EXPECT_TRUE(may_send(identity_));
  EXPECT_EQ(identity_.txt_timer.window_opened, clock_.now());
}

TEST_F(VerificationLife, TxtRestoredWithinTheGraceCancelsTheWarningAndNothingIsLost) {
  txt();
  look_txt(Finding::right);
  look_txt(Finding::wrong);
  look_txt(Finding::wrong);
  clock_.advance(71h);
  EXPECT_THAT(look_txt(Finding::right), ElementsAre(Told{Subject::domain, Change::restored}));
  EXPECT_EQ(status(), VerificationStatus::success);
}

TEST_F(VerificationLife, TxtNotRestoredIsRevokedAndSendingStops) {
  txt();
  look_txt(Finding::right);
  look_txt(Finding::wrong);
  look_txt(Finding::wrong);
  clock_.advance(72h);
  EXPECT_THAT(look_txt(Finding::wrong), ElementsAre(Told{Subject::domain, Change::given_up}));
  EXPECT_EQ(status(), VerificationStatus::failed);
  EXPECT_FALSE(may_send(identity_));
  start_txt(identity_, "token", clock_.now());
  EXPECT_EQ(status(), VerificationStatus::pending) << "restart as for a new domain";
}

TEST_F(VerificationLife, TxtGoneWhileDkimVerifiesIsNobodysConcern) {
  dkim();
  txt();
  look_dkim(Finding::right);
  EXPECT_THAT(look_txt(Finding::right), IsEmpty());
  look_txt(Finding::wrong);
  EXPECT_THAT(look_txt(Finding::wrong), IsEmpty());
  EXPECT_EQ(status(), VerificationStatus::success);
}

TEST_F(VerificationLife, DkimRecordsGoneMeansAWarningThenSigningStopsAndSetUpMustRestart) {
  dkim();
  look_dkim(Finding::right);
  EXPECT_TRUE(signs(identity_));
  look_dkim(Finding::wrong);
  EXPECT_THAT(look_dkim(Finding::wrong), ElementsAre(dkim_lost));
  EXPECT_EQ(identity_.dkim->status, VerificationStatus::temporary_failure);
  EXPECT_TRUE(signs(identity_));
  EXPECT_TRUE(may_send(identity_));
  clock_.advance(72h);
  EXPECT_THAT(look_dkim(Finding::wrong), ElementsAre(Told{Subject::dkim, Change::given_up}));
  EXPECT_EQ(identity_.dkim->status, VerificationStatus::failed);
  EXPECT_FALSE(signs(identity_));
  EXPECT_FALSE(may_send(identity_));
  EXPECT_THAT(look_dkim(Finding::right), IsEmpty()) << "not looked at any more";
}

TEST_F(VerificationLife, DkimRestoredWithinTheGraceCancelsTheWarning) {
  dkim();
  look_dkim(Finding::right);
  look_dkim(Finding::wrong);
  look_dkim(Finding::wrong);
  clock_.advance(72h - 1ms);
  EXPECT_THAT(look_dkim(Finding::right), ElementsAre(Told{Subject::dkim, Change::restored}));
  EXPECT_EQ(status(), VerificationStatus::success);
}

TEST_F(VerificationLife, DkimRevokedLeavesADomainThatItsTxtVerifies) {
  dkim();
  txt();
  look_dkim(Finding::right);
  look_txt(Finding::right);
  look_dkim(Finding::wrong);
  look_dkim(Finding::wrong);
  clock_.advance(72h);
  look_dkim(Finding::wrong);
  EXPECT_EQ(status(), VerificationStatus::success);
  EXPECT_FALSE(signs(identity_));
}

TEST_F(VerificationLife, ANewSearchWithinTheGraceDoesNotOutliveTheRevocation) {
  dkim();
  look_dkim(Finding::right);
  look_dkim(Finding::wrong);
  look_dkim(Finding::wrong);
  clock_.advance(60h);
  txt();
  EXPECT_TRUE(may_send(identity_));
  clock_.advance(12h);
  look_dkim(Finding::wrong);
  EXPECT_EQ(status(), VerificationStatus::pending);
}

TEST_F(VerificationLife, ReviewsComeEveryTwelveHoursOrSo) {
  dkim();
  look_dkim(Finding::right);
  const auto wait = *identity_.next_look - clock_.now();
  EXPECT_GE(wait, 648min);
  EXPECT_LE(wait, 792min);
}

TEST_F(VerificationLife, AnAddressIsVerifiedByItsLinkAndNeverReviewed) {
  identity_.kind = store::IdentityKind::email_address;
  identity_.name = "jane@example.com";
  start_link(identity_, clock_.now());
  EXPECT_EQ(status(), VerificationStatus::pending);
  EXPECT_EQ(identity_.next_look, clock_.now() + 24h);
  confirm_link(identity_, clock_.now());
  EXPECT_EQ(status(), VerificationStatus::success);
  EXPECT_EQ(identity_.next_look, std::nullopt);
  start_link(identity_, clock_.now());
  EXPECT_EQ(status(), VerificationStatus::success) << "another link takes nothing away";
}

TEST_F(VerificationLife, AnUnfollowedLinkFailsAfter24HoursAndCanBeMailedAgain) {
  identity_.kind = store::IdentityKind::email_address;
  identity_.name = "jane@example.com";
  start_link(identity_, clock_.now());
  clock_.advance(24h - 1ms);
  EXPECT_THAT(apply({}), IsEmpty());
  clock_.advance(1ms);
  EXPECT_THAT(apply({}), ElementsAre(Told{Subject::address, Change::failed}));
  EXPECT_EQ(status(), VerificationStatus::failed);
  EXPECT_EQ(identity_.next_look, std::nullopt);
  start_link(identity_, clock_.now());
  EXPECT_EQ(status(), VerificationStatus::pending);
}

// --- timers together ---

TEST_F(VerificationLife, TheNextLookIsTheEarliestOfAllTimers) {
  dkim();
  look_dkim(Finding::right);
  clock_.advance(1h);
  identity_.mail_from.emplace().timer = open_search(clock_.now());
  settle(identity_);
  EXPECT_EQ(identity_.next_look, clock_.now());
  EXPECT_TRUE(due_parts(identity_, clock_.now()).mail_from);
  EXPECT_FALSE(due_parts(identity_, clock_.now()).dkim);
}

TEST_F(VerificationLife, LookersOnPullOnlySearchesForward) {
  dkim();
  clock_.advance(7h);
  look_dkim(Finding::wrong);
  EXPECT_EQ(identity_.next_look, clock_.now() + 15min);
  EXPECT_TRUE(has_suspense(identity_));
  EXPECT_TRUE(pull_looks_forward(identity_, clock_.now() + 2s));
  EXPECT_EQ(identity_.next_look, clock_.now() + 2s);
  EXPECT_FALSE(pull_looks_forward(identity_, clock_.now() + 2s)) << "there is nothing to write again";
  look_dkim(Finding::right);
  EXPECT_FALSE(has_suspense(identity_));
  EXPECT_FALSE(pull_looks_forward(identity_, clock_.now() + 2s));
}

TEST_F(VerificationLife, FindingsAboutWhatWasSetAnewMeanwhileAreDropped) {
  dkim();
  txt();
  identity_.mail_from.emplace().domain = "bounce.example.com";
  const store::IdentityRecord asked = identity_;
  const Findings all{.dkim = Observed{}, .txt = Observed{}, .mail_from = Observed{}, .soa = std::nullopt};
  EXPECT_TRUE(still_asked(asked, identity_, all).mail_from);
  EXPECT_TRUE(still_asked(asked, identity_, all).dkim);
  identity_.mail_from->domain = "other.example.com";
  identity_.dkim->selectors = {"new"};
  identity_.txt_token = "new";
  const Findings left = still_asked(asked, identity_, all);
  EXPECT_FALSE(left.mail_from);
  EXPECT_FALSE(left.dkim);
  EXPECT_FALSE(left.txt);
}

TEST_F(VerificationLife, ALookForAnOwnKeyDoesNotConfirmTheKeyThatReplacedItAtItsSelector) {
  new_keys("mine");
  const store::IdentityRecord asked = identity_;
  const Findings right{.dkim = Observed{Finding::right, LookError::none}};
  clock_.advance(1s);
  EXPECT_TRUE(still_asked(asked, identity_, right).dkim);
  new_keys("mine");
  EXPECT_FALSE(still_asked(asked, identity_, right).dkim);
}

TEST_F(VerificationLife, LooksSideBySideCountAsOneBadLook) {
  dkim();
  look_dkim(Finding::right);
  clock_.advance(12h);
  const store::IdentityRecord asked = identity_;
  const Findings wrong{.dkim = Observed{Finding::wrong, LookError::host_not_found}};
  const Findings right{.dkim = Observed{Finding::right, LookError::none}};
  apply(still_asked(asked, identity_, wrong));
  EXPECT_FALSE(still_asked(asked, identity_, wrong).dkim) << "began before the other was applied";
  EXPECT_TRUE(still_asked(asked, identity_, right).dkim) << "good news is always welcome";
}

}  // namespace
}  // namespace sesame::identity
