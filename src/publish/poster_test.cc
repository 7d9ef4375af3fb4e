#include "publish/poster.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dns/testing/fake_resolver.h"
#include "net/special_address.h"
#include "net/testing/run_task.h"
#include "publish/testing/web_receiver.h"

namespace sesame::publish {
namespace {

using testing::HasSubstr;

bool is_loopback_one(const net::IpAddress& address) { return address == *net::parse_ip("127.0.0.1"); }
bool is_of_the_internet(const net::IpAddress& address) { return !net::is_special_purpose(address); }

class PosterTest : public testing::Test {
 protected:
  Result<int, PostError> post(const std::string& url, std::function<bool(const net::IpAddress&)> may_contact) {
    const Poster poster(dns_, {.may_contact = std::move(may_contact), .patience = std::chrono::seconds(5)});
    return net::run_task(poster.post(*http::parse_url(url), {{"X-Test", "yes"}}, "body"));
  }
  static http::Response redirect(int status, std::string location) {
    http::Response response = http::text_response(status, "elsewhere\n");
    response.headers.add("Location", std::move(location));
    return response;
  }
  std::string named(const std::string& name) const {
    std::string url = receiver_.url();
    return url.replace(url.find("127.0.0.1"), 9, name);
  }

  dns::FakeResolver dns_;
  WebReceiver receiver_;
};

TEST_F(PosterTest, PostsToTheAddressOfTheName) {
  dns_.add("hook.example", dns::RecordType::a, "127.0.0.1");
  const auto status = post(named("hook.example"), is_loopback_one);
  ASSERT_TRUE(status) << status.error().detail;
  EXPECT_EQ(*status, 200);
  const auto requests = receiver_.wait_for(1);
  ASSERT_EQ(requests.size(), 1u);
  EXPECT_EQ(requests[0].method, "POST");
  EXPECT_EQ(requests[0].body, "body");
  EXPECT_EQ(requests[0].headers.find("X-Test"), "yes");
  EXPECT_THAT(std::string(requests[0].headers.find("Host").value_or("")), HasSubstr("hook.example"));
}

TEST_F(PosterTest, StatusIsTheReceivers) {
  receiver_.answer_status(503);
  EXPECT_EQ(post(receiver_.url(), is_loopback_one), 503);
}

TEST_F(PosterTest, AnswerLongerThanIsReadIsTheReceiversAllTheSame) {
  receiver_.answer({http::text_response(200, std::string(max_answer_octets * 3, 'x'))});
  EXPECT_EQ(post(receiver_.url(), is_loopback_one), 200);
}

TEST_F(PosterTest, AddressOfTheOperatorsNetworkIsRefusedBeforeAnythingIsSent) {
  dns_.add("inner.example", dns::RecordType::a, "127.0.0.1");
  for (const std::string& url : {receiver_.url(), named("inner.example"), named("localhost"),
                                 std::string("http://[::1]:9/"), std::string("http://169.254.169.254/latest")}) {
    const auto refused = post(url, is_of_the_internet);
    ASSERT_FALSE(refused) << url;
    EXPECT_EQ(refused.error().code, PostErrc::refused_address) << url;
  }
  EXPECT_EQ(post(receiver_.url(), is_loopback_one), 200);
  EXPECT_EQ(receiver_.wait_for(1).size(), 1u);
}

TEST_F(PosterTest, NameThatLeadsBothOutsideAndInsideIsRefused) {
  dns_.add("both.example", dns::RecordType::a, "127.0.0.1");
  dns_.add("both.example", dns::RecordType::aaaa, "fd00::1");
  const auto refused = post(named("both.example"), is_loopback_one);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, PostErrc::refused_address);
}

TEST_F(PosterTest, RedirectToAnAddressThatMayNotBeContactedIsNotFollowed) {
  WebReceiver inner;
  std::string target = inner.url("/secret");
  target.replace(target.find("127.0.0.1"), 9, "127.0.0.2");
  receiver_.answer({redirect(307, target)});
  const auto refused = post(receiver_.url(), is_loopback_one);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, PostErrc::refused_address);
  EXPECT_THAT(refused.error().detail, HasSubstr("127.0.0.2"));
}

TEST_F(PosterTest, RedirectsAreFollowedAsPostsSoManyTimes) {
  receiver_.answer({redirect(302, "/second"), redirect(308, receiver_.url("/third"))});
  EXPECT_EQ(post(receiver_.url(), is_loopback_one), 200);
  const auto requests = receiver_.wait_for(3);
  ASSERT_EQ(requests.size(), 3u);
  EXPECT_EQ(requests[1].target, "/second");
  EXPECT_EQ(requests[2].target, "/third");
  EXPECT_EQ(requests[2].method, "POST");
  EXPECT_EQ(requests[2].body, "body");
}

TEST_F(PosterTest, EndlessRedirectsAndThoseWithoutATargetAreErrors) {
  for (int i = 0; i <= max_redirects; ++i) receiver_.answer({redirect(307, "/again")});
  const auto endless = post(receiver_.url(), is_loopback_one);
  ASSERT_FALSE(endless);
  EXPECT_EQ(endless.error().code, PostErrc::bad_redirect);
  receiver_.answer_status(301);
  const auto without = post(receiver_.url(), is_loopback_one);
  ASSERT_FALSE(without);
  EXPECT_EQ(without.error().code, PostErrc::bad_redirect);
}

TEST_F(PosterTest, UnknownNameHasNoAddress) {
  const auto unknown = post("http://nowhere.example/", is_loopback_one);
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, PostErrc::no_address);
}

}  // namespace
}  // namespace sesame::publish
