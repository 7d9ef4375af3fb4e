#include "identity/dkim_keys.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "base/text.h"
#include "mailauth/dkim/key.h"

namespace sesame::identity {
namespace {

const KeyOwner owner{"123456789012", "example.com"};

TEST(DkimKeys, EasyDkimIsThreeTokensTheLastOfThemOfAnEd25519Key) {
  SeededRandom random(7);
  const DkimKeySet set = make_easy_dkim_keys(owner, 1024, random, Time{});
  ASSERT_EQ(set.keys.size(), 3u);
  std::set<std::string> tokens;
  for (const store::DkimKey& key : set.keys) {
    EXPECT_THAT(key.selector, testing::MatchesRegex("[a-z0-9]+"));
    EXPECT_EQ(key.selector.size(), 32u);
    EXPECT_EQ(key.identity, "example.com");
    tokens.insert(key.selector);
  }
  EXPECT_EQ(tokens.size(), 3u);
  EXPECT_EQ(set.bits, 1024u);
  EXPECT_EQ(set.keys[0].bits, 1024u);
  EXPECT_EQ(set.keys[1].public_key, set.keys[0].public_key);
  EXPECT_EQ(set.keys[2].bits, mailauth::dkim::ed25519_bits);
  const auto restored = mailauth::dkim::SigningKey::from_der(set.keys[0].private_key.reveal());
  ASSERT_TRUE(restored);
  EXPECT_EQ(restored->public_key(), set.keys[0].public_key);
}

TEST(DkimKeys, OwnKeyIsImportedUnderItsSelector) {
  const auto mine = mailauth::dkim::SigningKey::generate_rsa(1024);
  const auto set = import_own_key(owner, "my-key1", base64_encode(mine.private_key().reveal()), Time{});
  ASSERT_TRUE(set);
  EXPECT_EQ(set->origin, store::DkimOrigin::external);
  EXPECT_THAT(set->selectors(), testing::ElementsAre("my-key1"));
  EXPECT_EQ(set->keys[0].public_key, mine.public_key());
  EXPECT_EQ(set->bits, 1024u);
}

TEST(DkimKeys, SelectorIsOneLabel) {
  for (const char* good : {"a", "A1", "a-b", "2024"}) EXPECT_TRUE(is_valid_selector(good)) << good;
  EXPECT_TRUE(is_valid_selector(std::string(63, 'a')));
  EXPECT_FALSE(is_valid_selector(std::string(64, 'a')));
  for (const char* bad : {"", "-a", "a-", "a.b", "a_b", "a b", "\xc3\xbc"}) EXPECT_FALSE(is_valid_selector(bad)) << bad;
}

TEST(DkimKeys, WhatIsNoKeyIsRefused) {
  const auto code = [](const std::string& selector, const std::string& key) {
    const auto set = import_own_key(owner, selector, key, Time{});
    return set ? IdentityErrc::unavailable : set.error().code;
  };
  EXPECT_EQ(code("sel", "not base64!"), IdentityErrc::invalid_dkim_key);
  EXPECT_EQ(code("sel", "AAAA"), IdentityErrc::invalid_dkim_key);
  EXPECT_EQ(code("sel", ""), IdentityErrc::invalid_dkim_key);
  EXPECT_EQ(code("sel", std::string(20481, 'A')), IdentityErrc::invalid_dkim_key);
  EXPECT_EQ(code("s.l", "AAAA"), IdentityErrc::invalid_selector);
}

}  // namespace
}  // namespace sesame::identity
