#include "delivery/fair_share.h"

#include <gtest/gtest.h>

#include <deque>
#include <string>

namespace sesame::delivery {
namespace {

using Shares = FairShare<char, std::deque<int>>;

std::string order(Shares& shares, std::size_t turns, double cost = 1) {
  std::string served;
  for (std::size_t i = 0; i < turns && !shares.empty(); ++i) {
    std::deque<int>& child = shares.next();
    served += static_cast<char>(child.front());
    child.pop_front();
    shares.served(cost);
  }
  return served;
}

void put(Shares& shares, char key, int count, double weight = 1) {
  for (int i = 0; i < count; ++i) shares.at(key, weight).push_back(key);
}

TEST(FairShare, EqualsTakeTurns) {
  Shares shares;
  put(shares, 'a', 100);
  put(shares, 'b', 3);
  EXPECT_EQ(order(shares, 8), "abababaa");
}

TEST(FairShare, WhoComesLateIsServedAtOnceAndGetsNothingForTheTimeBefore) {
  Shares shares;
  put(shares, 'a', 100);
  order(shares, 50);
  put(shares, 'b', 10);
  const std::string served = order(shares, 6);
  EXPECT_LE(served.find('b'), 1u);
  EXPECT_EQ(std::count(served.begin(), served.end(), 'b'), 3);
}

TEST(FairShare, WeightsSayHowOften) {
  Shares shares;
  put(shares, 'a', 100, 1);
  put(shares, 'b', 100, 4);
  const std::string served = order(shares, 50);
  EXPECT_EQ(std::count(served.begin(), served.end(), 'b'), 40);
}

TEST(FairShare, AnEmptyChildGoes) {
  Shares shares;
  put(shares, 'a', 1);
  EXPECT_EQ(shares.size(), 1u);
  EXPECT_EQ(order(shares, 5), "a");
  EXPECT_TRUE(shares.empty());
  EXPECT_EQ(shares.find('a'), nullptr);
}

TEST(FairShare, SharesNest) {
  FairShare<char, Shares> accounts;
  for (int i = 0; i < 100; ++i) accounts.at('x').at('a').push_back('a');
  for (int i = 0; i < 100; ++i) accounts.at('x').at('b').push_back('b');
  for (int i = 0; i < 100; ++i) accounts.at('y').at('c').push_back('c');
  std::string served;
  for (int i = 0; i < 40; ++i) {
    Shares& account = accounts.next();
    served += order(account, 1);
    accounts.served(1);
  }
  EXPECT_EQ(std::count(served.begin(), served.end(), 'c'), 20);
  EXPECT_EQ(std::count(served.begin(), served.end(), 'a'), 10);
}

}  // namespace
}  // namespace sesame::delivery
