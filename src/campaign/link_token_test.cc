#include "campaign/link_token.h"

#include <gtest/gtest.h>

#include "net/testing/run_task.h"
#include "store/testing/temp_stores.h"

namespace sesame::campaign {
namespace {

constexpr const char* id = "0100019c1234abcd-01234567-89ab-4cde-8f01-23456789abcd-000000";

LinkClaim click() { return {LinkKind::click, id, {"https://shop.example/?a=1", "colour", "red"}}; }

TEST(LinkTokens, WhatWasWrittenIsRead) {
  const LinkTokens tokens(Secret("key"));
  for (const LinkClaim& claim :
       {click(), LinkClaim{LinkKind::open, id, {}}, LinkClaim{LinkKind::click, id, {"", ""}}}) {
    const auto token = tokens.write(claim);
    ASSERT_TRUE(token);
    EXPECT_EQ(token->find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
              std::string::npos);
    EXPECT_EQ(tokens.read(*token), claim);
  }
}

TEST(LinkTokens, NothingElseIsRead) {
  const LinkTokens tokens(Secret("key"));
  const std::string token = tokens.write(click()).value();
  for (std::size_t i = 0; i < token.size(); ++i) {
    std::string changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_EQ(tokens.read(changed), std::nullopt) << i;
    EXPECT_EQ(tokens.read(token.substr(0, i)), std::nullopt) << i;
  }
  EXPECT_EQ(tokens.read(token + "A"), std::nullopt);
  EXPECT_EQ(tokens.read(token + "="), std::nullopt);
  EXPECT_EQ(LinkTokens(Secret("other")).read(token), std::nullopt);
}

TEST(LinkTokens, WhatIsNoIdOrTooLongGetsNone) {
  const LinkTokens tokens(Secret("key"));
  LinkClaim claim = click();
  claim.api_message_id = "0100019c1234ABCD-01234567-89ab-4cde-8f01-23456789abcd-000000";
  EXPECT_EQ(tokens.write(claim), std::nullopt);
  claim.api_message_id = "id";
  EXPECT_EQ(tokens.write(claim), std::nullopt);
  claim = click();
  claim.fields[0] = std::string(max_token_characters, 'x');
  EXPECT_EQ(tokens.write(claim), std::nullopt);
}

TEST(LinkTokens, KeyIsMadeOnceAndKept) {
  store::TempStores temp;
  SecureRandom random;
  const auto first = net::run_task(LinkTokens::load(*temp.stores.control, random));
  ASSERT_TRUE(first);
  const std::string token = first->write(click()).value();
  temp.reopen();
  const auto second = net::run_task(LinkTokens::load(*temp.stores.control, random));
  ASSERT_TRUE(second);
  EXPECT_EQ(second->read(token), click());
}

}  // namespace
}  // namespace sesame::campaign
