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

  Tracking tracking{LinkTokens(Secret("key")), "http://mail.example:8025", "svc.example"};
  std::vector<LinkClaim> claims;
};

using Bases = std::vector<std::string>;

TEST_F(TrackingTest, LinksAndPixelCarryTheirMessageUnderTheKey) {
  const std::string text = tracked({.opens = true, .clicks = true, .options = {}, .unsubscribe = {}});
  EXPECT_EQ(bases(text), Bases(3, "http://mail.example:8025"));
  ASSERT_EQ(claims.size(), 3u);
  EXPECT_EQ(claims[0], (LinkClaim{LinkKind::click, id, {"http://a.example/", "k", "v"}}));
  EXPECT_EQ(claims[1], (LinkClaim{LinkKind::click, id, {"https://b.example/"}}));
  EXPECT_EQ(claims[2], (LinkClaim{LinkKind::open, id, {}}));
}

TEST_F(TrackingTest, OnlyWhatIsWantedIsDone) {
  EXPECT_EQ(bases(tracked({.opens = true, .clicks = false, .options = {}, .unsubscribe = {}})).size(), 1u);
  EXPECT_EQ(bases(tracked({.opens = false, .clicks = true, .options = {}, .unsubscribe = {}})).size(), 2u);
  const std::string plain = "Content-Type: text/plain\r\n\r\nhttp://a.example/ {{ses:openTracker}}\r\n";
  EXPECT_EQ(tracked({.opens = true, .clicks = true, .options = {}, .unsubscribe = {}}, plain), plain);
}

TEST_F(TrackingTest, RedirectDomainHasTheSchemeItsPolicyDemands) {
  const auto with = [&](store::HttpsPolicy policy) {
    return bases(tracked({.opens = true, .clicks = true, .options = {"l.example", policy}, .unsubscribe = {}}));
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
  const std::string text = tracked({.opens = true, .clicks = false, .options = {}, .unsubscribe = {}}, two);
  EXPECT_EQ(bases(text).size(), 1u);
  EXPECT_FALSE(text.contains("openTracker"));
}

TEST_F(TrackingTest, MailToAListTellsHowToUnsubscribe) {
  const std::string marks =
      "List-Unsubscribe: <mailto:own@x.example>\r\nContent-Type: multipart/alternative; boundary=x\r\n\r\n"
      "--x\r\nContent-Type: text/plain\r\n\r\n{{amazonSESUnsubscribeUrl}}\r\n--x\r\nContent-Type: text/html\r\n\r\n"
      "<a href=\"{{amazonSESUnsubscribeUrl}}\">a</a>{{amazonSESUnsubscribeUrl}}\r\n--x--\r\n";
  const UnsubscribeLink link{"111122223333", "news", "weekly", "b@x.example"};
  const std::string text = tracked({.opens = false, .clicks = true, .options = {{}, {}}, .unsubscribe = link}, marks);
  EXPECT_FALSE(text.contains("own@x.example"));
  EXPECT_TRUE(text.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"));
  std::size_t links = 0;
  for (auto at = text.find("/u/"); at != text.npos; at = text.find("/u/", at + 1)) ++links;
  EXPECT_EQ(links, 3u) << text;
  EXPECT_FALSE(text.contains("/t/")) << "the way out is not tracked";
  EXPECT_TRUE(text.contains("{{amazonSESUnsubscribeUrl}}")) << "two are replaced";
  const auto begin = text.find("/u/", text.find("href=")) + 3;
  const auto claim = tracking.tokens().read(text.substr(begin, text.find('"', begin) - begin));
  ASSERT_TRUE(claim);
  const auto read = unsubscribe_link(*claim);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->account_id, link.account_id);
  EXPECT_EQ(read->list, "news");
  EXPECT_EQ(read->topic, "weekly");
  EXPECT_EQ(read->address, "b@x.example");
}

TEST_F(TrackingTest, MailToAListMayBeLeftByOneClickOrByMail) {
  const UnsubscribeLink link{"111122223333", "news", std::nullopt, "b@x.example"};
  const Tracked wanted{.opens = false, .clicks = false, .options = {}, .unsubscribe = link};
  const std::string text = tracking.track("To: b@x.example\r\n\r\nx\r\n", id, wanted);
  const std::string section = text.substr(0, text.find("\r\n\r\n") + 2);
  EXPECT_TRUE(section.contains(std::string("<mailto:u-") + id + "@svc.example?subject=unsubscribe>")) << section;
  EXPECT_LT(section.find("/u/"), section.find("mailto:"));
  const auto found = tracking.unsubscribe_link_in(section, id);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->list, "news");
  EXPECT_EQ(found->topic, std::nullopt);
  EXPECT_EQ(found->address, "b@x.example");

  std::string other(id);
  other[20] = '0';
  EXPECT_FALSE(tracking.unsubscribe_link_in(section, other)) << "the link of another message";
  const Tracking stranger(LinkTokens(Secret("another")), "http://mail.example:8025", "");
  EXPECT_FALSE(stranger.unsubscribe_link_in(section, id));
  EXPECT_FALSE(stranger.track("To: b@x.example\r\n\r\nx\r\n", id, wanted).contains("mailto:"));
  EXPECT_FALSE(tracking.unsubscribe_link_in("List-Unsubscribe: <https://x.example/u/x>\r\n", id));
  EXPECT_FALSE(tracking.unsubscribe_link_in("Subject: x\r\n", id));
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
