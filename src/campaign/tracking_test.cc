#include "campaign/tracking.h"

#include <gtest/gtest.h>

namespace sesame::campaign {
namespace {

constexpr const char* id = "0100019c1234abcd-01234567-89ab-4cde-8f01-23456789abcd-000000";
constexpr const char* message =
    "Content-Type: text/html\r\n\r\n<a ses:tags=\"k:v\" href=\"http://a.example/\">a</a>"
    "<a href=\"https://b.example/\">b</a>\r\n";

class TrackingTest : public testing::Test {
 protected:
  std::string tracked(const Tracked& wanted, std::string_view octets = message) {
    std::string text = tracking.track(octets, id, wanted);
    for (auto soft = text.find("=\r\n"); soft != text.npos; soft = text.find("=\r\n")) text.erase(soft, 3);
    return text;
  }
  // What stands in the links before their tokens, in order, and the claims behind them.
  std::vector<std::string> bases(const std::string& text) {
    std::vector<std::string> found;
    claims.clear();
    for (auto at = text.find("/t/"); at != text.npos; at = text.find("/t/", at + 1)) {
      const auto begin = text.rfind('"', at) + 1;
      found.push_back(text.substr(begin, at - begin));
      const auto end = text.find('"', at);
      const auto claim = tracking.tokens().read(text.substr(at + 3, end - at - 3));
      EXPECT_TRUE(claim) << text;
      if (claim) claims.push_back(*claim);
    }
    return found;
  }

  Tracking tracking{LinkTokens(Secret("key")), "http://mail.example:8025"};
  std::vector<LinkClaim> claims;
};

using Bases = std::vector<std::string>;

TEST_F(TrackingTest, LinksAndPixelCarryTheirMessageUnderTheKey) {
  const std::string text = tracked({.opens = true, .clicks = true, .options = {}});
  EXPECT_EQ(bases(text), Bases(3, "http://mail.example:8025"));
  ASSERT_EQ(claims.size(), 3u);
  EXPECT_EQ(claims[0], (LinkClaim{LinkKind::click, id, {"http://a.example/", "k", "v"}}));
  EXPECT_EQ(claims[1], (LinkClaim{LinkKind::click, id, {"https://b.example/"}}));
  EXPECT_EQ(claims[2], (LinkClaim{LinkKind::open, id, {}}));
}

TEST_F(TrackingTest, OnlyWhatIsWantedIsDone) {
  EXPECT_EQ(bases(tracked({.opens = true, .clicks = false, .options = {}})).size(), 1u);
  EXPECT_EQ(bases(tracked({.opens = false, .clicks = true, .options = {}})).size(), 2u);
  const std::string plain = "Content-Type: text/plain\r\n\r\nhttp://a.example/ {{ses:openTracker}}\r\n";
  EXPECT_EQ(tracked({.opens = true, .clicks = true, .options = {}}, plain), plain);
}

TEST_F(TrackingTest, RedirectDomainHasTheSchemeItsPolicyDemands) {
  const auto with = [&](store::HttpsPolicy policy) {
    return bases(tracked({.opens = true, .clicks = true, .options = {"l.example", policy}}));
  };
  EXPECT_EQ(with(store::HttpsPolicy::optional), (Bases{"http://l.example", "https://l.example", "http://l.example"}));
  EXPECT_EQ(with(store::HttpsPolicy::require_open_only),
            (Bases{"http://l.example", "https://l.example", "https://l.example"}));
  EXPECT_EQ(with(store::HttpsPolicy::require), Bases(3, "https://l.example"));
}

TEST_F(TrackingTest, AMessageHasOnePixel) {
  const std::string two =
      "Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/html\r\n\r\none\r\n--x\r\n"
      "Content-Type: text/html\r\n\r\ntwo {{ses:openTracker}}\r\n--x--\r\n";
  const std::string text = tracked({.opens = true, .clicks = false, .options = {}}, two);
  EXPECT_EQ(bases(text).size(), 1u);
  EXPECT_FALSE(text.contains("openTracker"));
}

TEST(TrackedBy, DestinationsThatAreOnDecide) {
  EXPECT_FALSE(tracked_by(nullptr).any());
  store::ConfigurationSet set;
  set.tracking.redirect_domain = "l.example";
  EXPECT_FALSE(tracked_by(&set).any());
  set.event_destinations = {{"a", true, {store::EventKind::click}, {}}, {"b", false, {store::EventKind::open}, {}}};
  EXPECT_TRUE(tracked_by(&set).clicks);
  EXPECT_FALSE(tracked_by(&set).opens);
  EXPECT_EQ(tracked_by(&set).options, set.tracking);
}

}  // namespace
}  // namespace sesame::campaign
