#include "delivery/pause_book.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sesame::delivery {
namespace {

using store::PauseScope;

store::DueRecipient mail(std::string account = "1", std::string identity = "example.com") {
  store::DueRecipient recipient;
  recipient.account_id = std::move(account);
  recipient.identity = std::move(identity);
  recipient.configuration_set = "news";
  return recipient;
}

store::Pause pause(PauseScope scope, std::string value) {
  return {.account_id = "1", .scope = scope, .value = std::move(value), .since = {}, .note = ""};
}

const std::vector<MxHost> hosts{{"mx1.provider.example", {}, 10}, {"mx2.provider.example", {}, 20}};

TEST(PauseBook, FindsWhatEachScopeHolds) {
  const std::pair<PauseScope, std::string> holding[] = {{PauseScope::account, ""},
                                                        {PauseScope::identity, "example.com"},
                                                        {PauseScope::configuration_set, "news"},
                                                        {PauseScope::domain, "example.net"},
                                                        {PauseScope::mx, "mx2.provider.example"},
                                                        {PauseScope::mx, "*.provider.example"}};
  for (const auto& [scope, value] : holding) {
    PauseBook book;
    book.replace({pause(scope, value)});
    EXPECT_NE(book.find(mail(), "example.net", hosts), nullptr) << value;
    EXPECT_EQ(book.find(mail("2"), "example.net", hosts), nullptr) << value;  // another account's mail
  }
}

TEST(PauseBook, HoldsNothingElse) {
  PauseBook book;
  EXPECT_EQ(book.find(mail(), "example.net", hosts), nullptr);
  book.replace({pause(PauseScope::identity, "other.example"), pause(PauseScope::configuration_set, "other"),
                pause(PauseScope::domain, "example.org"), pause(PauseScope::mx, "*.other.example")});
  EXPECT_EQ(book.find(mail(), "example.net", hosts), nullptr);
  EXPECT_EQ(book.find(mail(), "example.net", {}), nullptr);
}

TEST(PauseBook, GivesBackWhatAPauseHeldWhenItEnds) {
  PauseBook book;
  book.replace({pause(PauseScope::domain, "example.net"), pause(PauseScope::identity, "example.com")});
  book.hold(*book.find(mail("1", "x"), "example.net", {}), 7);
  book.hold(*book.find(mail("1", "x"), "example.net", {}), 8);
  book.hold(*book.find(mail(), "example.org", {}), 9);
  EXPECT_EQ(book.held(), 3u);
  EXPECT_THAT(book.replace({pause(PauseScope::identity, "example.com")}), testing::ElementsAre(7, 8));
  EXPECT_THAT(book.all_held(), testing::ElementsAre(9));
  EXPECT_EQ(book.held(), 1u);
}

}  // namespace
}  // namespace sesame::delivery
