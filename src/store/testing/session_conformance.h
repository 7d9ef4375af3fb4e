// store/testing/session_conformance.h: sessions of the console, as every engine must keep them.
#pragma once

#include "store/testing/conformance.h"

namespace sesame::store {

template <class Harness>
class SessionConformance : public Conformance<Harness> {
 protected:
  static constexpr const char* account = "111122223333";
  static constexpr const char* other_account = "444455556666";

  static ConsoleSession session(const std::string& token, std::int64_t used_ms = 10) {
    return {.token_sha256 = token,
            .account_id = account,
            .access_key_id = "",
            .created = from_unix_ms(used_ms),
            .last_used = from_unix_ms(used_ms),
            .expires = from_unix_ms(used_ms + 1000)};
  }
  void have(ConsoleSession session) { this->get(this->sessions().create_session(std::move(session))); }
  bool is_there(const std::string& token, std::int64_t now_ms = 20) {
    const auto failure = this->failure(this->sessions().find_session(token, from_unix_ms(now_ms)));
    if (failure) EXPECT_EQ(*failure, StoreErrc::not_found);
    return !failure;
  }
};

TYPED_TEST_SUITE_P(SessionConformance);

TYPED_TEST_P(SessionConformance, SessionOutlivesTheProcess) {
  this->have(this->session("a"));
  this->reopen();
  EXPECT_EQ(this->get(this->sessions().find_session("a", from_unix_ms(20))), this->session("a"));
  EXPECT_EQ(this->failure(this->sessions().create_session(this->session("a"))), StoreErrc::already_exists);
}

TYPED_TEST_P(SessionConformance, ExpiresAtItsTimeUnlessItIsUsed) {
  this->have(this->session("a"));
  EXPECT_TRUE(this->is_there("a", 1009));
  EXPECT_FALSE(this->is_there("a", 1010));
  this->get(this->sessions().touch_session("a", from_unix_ms(500), from_unix_ms(1500)));
  EXPECT_TRUE(this->is_there("a", 1010));
  EXPECT_EQ(this->get(this->sessions().find_session("a", from_unix_ms(600))).last_used, from_unix_ms(500));
}

TYPED_TEST_P(SessionConformance, SignInClearsAwayWhatHasExpired) {
  this->have(this->session("old"));
  this->have(this->session("new", 5000));
  EXPECT_FALSE(this->is_there("old", 20));
  EXPECT_TRUE(this->is_there("new", 5001));
}

TYPED_TEST_P(SessionConformance, EndsWithItsAccessKey) {
  this->get(this->control().create_credential({"KEY", this->account, Secret("s"), "", from_unix_ms(1)}));
  ConsoleSession with_key = this->session("a");
  with_key.access_key_id = "KEY";
  this->have(with_key);
  EXPECT_TRUE(this->is_there("a"));
  this->get(this->control().delete_credential("KEY"));
  EXPECT_FALSE(this->is_there("a"));
}

TYPED_TEST_P(SessionConformance, SignOutEndsOneOrAllOthersOfTheAccount) {
  for (const char* token : {"a", "b", "c", "d"}) this->have(this->session(token));
  ConsoleSession foreign = this->session("x");
  foreign.account_id = this->other_account;
  this->have(foreign);
  this->get(this->sessions().end_session("a"));
  this->get(this->sessions().end_session("a"));
  EXPECT_FALSE(this->is_there("a"));
  EXPECT_EQ(this->get(this->sessions().end_sessions(this->account, "b")), 2u);
  EXPECT_TRUE(this->is_there("b"));
  EXPECT_FALSE(this->is_there("c"));
  EXPECT_TRUE(this->is_there("x"));
  EXPECT_EQ(this->get(this->sessions().end_sessions(this->account, "")), 1u);
  EXPECT_FALSE(this->is_there("b"));
}

TYPED_TEST_P(SessionConformance, OneMoreThanThereMayBeEndsTheOneUsedLongestAgo) {
  for (std::size_t i = 0; i < SessionStore::max_sessions; ++i) {
    this->have(this->session("s" + std::to_string(i), 10 + std::int64_t(i)));
  }
  EXPECT_TRUE(this->is_there("s0"));
  this->have(this->session("one more", 300));
  EXPECT_FALSE(this->is_there("s0"));
  EXPECT_TRUE(this->is_there("s1"));
  EXPECT_TRUE(this->is_there("one more", 301));
}

REGISTER_TYPED_TEST_SUITE_P(SessionConformance, SessionOutlivesTheProcess, ExpiresAtItsTimeUnlessItIsUsed,
                            SignInClearsAwayWhatHasExpired, EndsWithItsAccessKey, SignOutEndsOneOrAllOthersOfTheAccount,
                            OneMoreThanThereMayBeEndsTheOneUsedLongestAgo);

}  // namespace sesame::store
