// The console's paths and its sessions as a browser uses them, on the APIs and stores of api/testing.
#include "console/console.h"

#include <gmock/gmock.h>

#include <boost/json/serialize.hpp>

#include "api/testing/api_house.h"

namespace sesame::console {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;
using api::ApiAnswer;
using testing::HasSubstr;

constexpr std::array<Asset, 1> files{{{"index.html", "text/html", "\"1\"", false, "the page", "", ""}}};
constexpr const char* good_password = "a long enough password";

class ConsoleTest : public testing::Test {
 protected:
  explicit ConsoleTest(bool secure = false)
      : sessions(*house.stores.stores.sessions, house.clock, random, {secure, "us-east-1"}),
        sign_in({*house.stores.stores.control, random, workers.executor()}),
        console(sessions, sign_in, files, {api::ApiHouse::account, "us-east-1", "svc.example", true}) {
    house.front->accept_sessions(sessions);
    house.front->mount_public(console);
  }

  struct Browser {
    std::string cookie, csrf;
    std::string address = "192.0.2.7";
  };

  ApiAnswer ask(const Browser& browser, std::string method, std::string target, const json::value& body = nullptr) {
    http::Request request;
    request.method = std::move(method);
    request.target = std::move(target);
    request.headers = {{"Host", "localhost:8025"}};
    if (!body.is_null()) request.body = json::serialize(body);
    if (!browser.cookie.empty()) request.headers.add("Cookie", "theme=dark; " + browser.cookie);
    if (!browser.csrf.empty()) request.headers.add("X-Sesame-Csrf", browser.csrf);
    request.remote = {net::asio::ip::make_address(browser.address), 40000};
    return house.send(std::move(request));
  }

  // What a browser keeps of an answer that signs in.
  static Browser kept(const ApiAnswer& answer) {
    EXPECT_EQ(answer.status, 200) << answer.response.body;
    Browser browser;
    const std::string field(answer.response.headers.find("Set-Cookie").value_or(""));
    browser.cookie = field.substr(0, field.find(';'));
    browser.csrf = std::string(answer.json.at("csrf_token").as_string());
    return browser;
  }

  static json::object key() {
    return {{"access_key_id", api::TestKey{}.access_key_id}, {"secret_access_key", api::TestKey{}.secret}};
  }
  static Browser stranger() { return {.cookie = "", .csrf = "any"}; }
  Browser signed_in() { return kept(ask(stranger(), "POST", "/console/api/session", key())); }
  ApiAnswer set_up(const std::string& token, const std::string& password = good_password) {
    return ask(stranger(), "POST", "/console/api/setup", json::object{{"token", token}, {"password", password}});
  }
  Browser operator_signed_in() { return kept(set_up(std::string(sign_in.make_setup_token().reveal()))); }
  ApiAnswer with_password(const std::string& password, const Browser& browser = stranger()) {
    return ask(browser, "POST", "/console/api/session", json::object{{"password", password}});
  }
  int account_status(const Browser& browser) { return ask(browser, "GET", "/v2/email/account").status; }

  SecureRandom random;
  net::WorkerPool workers{1};
  api::ApiHouse house;
  Sessions sessions;
  SignIn sign_in;
  Console console;
};

struct SecureConsoleTest : ConsoleTest {
  SecureConsoleTest() : ConsoleTest(true) {}
};

TEST_F(ConsoleTest, FilesArePublicAndCarryThePolicy) {
  const auto page = ask({}, "GET", "/console/");
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.response.body, "the page");
  EXPECT_THAT(std::string(page.response.headers.find("Content-Security-Policy").value_or("")),
              testing::AllOf(HasSubstr("script-src 'self';"), HasSubstr("frame-ancestors 'none'"),
                             testing::Not(HasSubstr("unsafe"))));
  EXPECT_EQ(ask({}, "GET", "/console/../../etc/passwd").status, 404);
  EXPECT_EQ(ask({}, "POST", "/console/").status, 405);
  EXPECT_EQ(ask({}, "GET", "/console").response.headers.find("Location"), "/console/");
}

TEST_F(ConsoleTest, AProgramWithoutFilesSaysHowToGetThem) {
  Console bare(sessions, sign_in, {}, {});
  http::Request request;
  request.method = "GET";
  const auto target = http::parse_target("/console/");
  ASSERT_TRUE(target);
  const auto page = house.loop.run(bare.handle(request, *target, ""));
  EXPECT_EQ(page.status, 501);
  EXPECT_THAT(page.body, HasSubstr("make build"));
}

TEST_F(ConsoleTest, AnAccessKeySignsInAndTheSessionCallsTheApi) {
  EXPECT_EQ(ask({}, "GET", "/console/api/session").json.at("signed_in"), false);
  const auto answer = ask(stranger(), "POST", "/console/api/session", key());
  EXPECT_THAT(std::string(answer.response.headers.find("Set-Cookie").value_or("")),
              testing::AllOf(HasSubstr("HttpOnly"), HasSubstr("SameSite=Strict"), testing::Not(HasSubstr("Secure"))));
  const Browser browser = kept(answer);
  const auto session = ask(browser, "GET", "/console/api/session");
  EXPECT_EQ(session.json.at("signed_in"), true);
  EXPECT_EQ(session.json.at("access_key_id"), "AKIDEXAMPLE");
  EXPECT_EQ(session.json.at("csrf_token"), json::value(browser.csrf));
  EXPECT_EQ(account_status(browser), 200);
  const auto created = ask(browser, "POST", "/v2/email/identities", json::object{{"EmailIdentity", "example.com"}});
  EXPECT_EQ(created.status, 200) << created.response.body;
  EXPECT_EQ(house.record("example.com").account_id, api::ApiHouse::account);
}

TEST_F(SecureConsoleTest, ByHttpsTheCookieGoesNowhereElse) {
  const auto answer = ask(stranger(), "POST", "/console/api/session", key());
  EXPECT_THAT(std::string(answer.response.headers.find("Set-Cookie").value_or("")),
              testing::AllOf(testing::StartsWith("__Host-"), HasSubstr("; Secure"), HasSubstr("Path=/;"),
                             testing::Not(HasSubstr("Domain"))));
  EXPECT_EQ(account_status(kept(answer)), 200);
}

TEST_F(ConsoleTest, AWrongSecretAndAnUnknownKeyAreRefusedAlike) {
  json::object wrong = key(), unknown = key();
  wrong["secret_access_key"] = "wrong";
  unknown["access_key_id"] = "NOBODY";
  const auto first = ask(stranger(), "POST", "/console/api/session", wrong);
  const auto second = ask(stranger(), "POST", "/console/api/session", unknown);
  EXPECT_EQ(first.status, 401);
  EXPECT_EQ(first.response.body, second.response.body);
  EXPECT_FALSE(first.response.headers.contains("Set-Cookie"));
  EXPECT_EQ(ask(stranger(), "POST", "/console/api/session", json::object{}).status, 400);
}

TEST_F(ConsoleTest, WhatChangesSomethingNeedsTheTokenOfThatSession) {
  const Browser one = signed_in(), other = signed_in();
  for (const std::string& csrf : {std::string(), std::string("guess"), other.csrf}) {
    const Browser forged{one.cookie, csrf};
    const auto refused = ask(forged, "POST", "/v2/email/identities", json::object{{"EmailIdentity", "example.com"}});
    EXPECT_EQ(refused.status, 403);
    EXPECT_EQ(refused.error_type, "CsrfTokenException");
    EXPECT_EQ(ask(forged, "DELETE", "/console/api/session").status, 403);
  }
  EXPECT_EQ(account_status({one.cookie, ""}), 200) << "reading needs none";
  EXPECT_EQ(ask({}, "POST", "/console/api/session", key()).status, 403) << "nor may other origins sign somebody in";
}

TEST_F(ConsoleTest, WithoutASessionASignatureIsAskedFor) {
  EXPECT_EQ(ask({}, "GET", "/v2/email/account").error_type, "MissingAuthenticationTokenException");
  const Browser forged{"sesame_session=" + std::string(64, 'a'), "x"};
  EXPECT_EQ(ask(forged, "GET", "/v2/email/account").error_type, "SessionEndedException");
}

TEST_F(ConsoleTest, ASignatureDecidesEvenBesideACookie) {
  const Browser browser = signed_in();
  auto request = house.signed_request("GET", "/v2/email/account", "", {"AKIDEXAMPLE", "wrong", "us-east-1", "ses"});
  request.headers.add("Cookie", browser.cookie);
  EXPECT_EQ(house.send(request).status, 403);
}

TEST_F(ConsoleTest, TheQueryApiTakesSignaturesOnly) { EXPECT_EQ(ask(signed_in(), "POST", "/").status, 403); }

TEST_F(ConsoleTest, SigningOutEndsTheSession) {
  const Browser browser = signed_in(), other = signed_in();
  const auto out = ask(browser, "DELETE", "/console/api/session");
  EXPECT_EQ(out.status, 200);
  EXPECT_THAT(std::string(out.response.headers.find("Set-Cookie").value_or("")), HasSubstr("Max-Age=0"));
  EXPECT_EQ(account_status(browser), 401);
  EXPECT_EQ(account_status(other), 200);
}

TEST_F(ConsoleTest, SigningOutOthersLeavesThisSession) {
  const Browser browser = signed_in(), other = signed_in();
  EXPECT_EQ(ask(browser, "DELETE", "/console/api/session?others=1").json.at("ended"), 1);
  EXPECT_EQ(account_status(browser), 200);
  EXPECT_EQ(account_status(other), 401);
}

TEST_F(ConsoleTest, EndsWhenNotUsedForTwelveHoursAndAfterSevenDaysAnyway) {
  const Browser idle = signed_in();
  house.clock.advance(12h);
  EXPECT_EQ(account_status(idle), 401);
  const Browser busy = signed_in();
  for (int day = 0; day < 13; ++day) {
    house.clock.advance(11h);
    EXPECT_EQ(account_status(busy), 200) << day;
  }
  house.clock.advance(7 * 24h - 13 * 11h);
  EXPECT_EQ(account_status(busy), 401);
}

TEST_F(ConsoleTest, EndsWithItsAccessKey) {
  const Browser browser = signed_in();
  ASSERT_TRUE(house.loop.run(house.stores.stores.control->delete_credential(api::TestKey{}.access_key_id)));
  EXPECT_EQ(account_status(browser), 401);
}

TEST_F(ConsoleTest, TheSetupLinkSetsThePasswordOnce) {
  EXPECT_EQ(ask({}, "GET", "/console/api/session").json.at("password_set"), false);
  const std::string token(sign_in.make_setup_token().reveal());
  EXPECT_EQ(set_up("not the token").status, 401);
  const auto short_one = set_up(token, "short");
  EXPECT_EQ(short_one.status, 400);
  EXPECT_EQ(short_one.message(), "The password needs at least 12 characters.");
  const Browser browser = kept(set_up(token));
  EXPECT_EQ(account_status(browser), 200);
  EXPECT_EQ(set_up(token, "another good password").status, 401);
  EXPECT_EQ(ask({}, "GET", "/console/api/session").json.at("password_set"), true);
  EXPECT_EQ(account_status(kept(with_password(good_password))), 200);
  EXPECT_EQ(with_password("another good password").status, 401);
}

TEST_F(ConsoleTest, ANewerLinkReplacesTheOneBefore) {
  const std::string old(sign_in.make_setup_token().reveal());
  const std::string latest(sign_in.make_setup_token().reveal());
  EXPECT_EQ(set_up(old).status, 401);
  EXPECT_EQ(set_up(latest).status, 200);
}

TEST_F(ConsoleTest, APasswordIsChangedByWhoKnowsItAndEndsOtherSessions) {
  const Browser browser = operator_signed_in();
  const Browser other = kept(with_password(good_password));
  const auto change = [&](const Browser& who, const char* current) {
    return ask(who, "PUT", "/console/api/password",
               json::object{{"current_password", current}, {"new_password", "the next password"}});
  };
  EXPECT_EQ(change(browser, "guess guess guess").status, 400);
  EXPECT_EQ(change(browser, good_password).status, 200);
  EXPECT_EQ(account_status(browser), 200);
  EXPECT_EQ(account_status(other), 401);
  EXPECT_EQ(with_password(good_password).status, 401);
  EXPECT_EQ(with_password("the next password").status, 200);
  EXPECT_EQ(change(signed_in(), "").status, 200) << "an access key is proof enough";
}

TEST_F(ConsoleTest, AnotherAccountsKeyDoesNotChangeTheOperatorsPassword) {
  const api::TestKey other = api::ApiHouse::key_of_other_account();
  const Browser browser =
      kept(ask(stranger(), "POST", "/console/api/session",
               json::object{{"access_key_id", other.access_key_id}, {"secret_access_key", other.secret}}));
  EXPECT_EQ(ask(browser, "PUT", "/console/api/password", json::object{{"new_password", good_password}}).status, 403);
}

TEST_F(ConsoleTest, ManyWrongAttemptsFromANetworkAreStopped) {
  json::object wrong = key();
  wrong["secret_access_key"] = "wrong";
  for (int i = 0; i < 10; ++i) EXPECT_EQ(ask(stranger(), "POST", "/console/api/session", wrong).status, 401);
  const auto refused = ask(stranger(), "POST", "/console/api/session", key());
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.response.headers.find("Retry-After"), "60");
  Browser elsewhere = stranger();
  elsewhere.address = "198.51.100.7";
  EXPECT_EQ(ask(elsewhere, "POST", "/console/api/session", key()).status, 200);
}

TEST_F(ConsoleTest, GoodAttemptsAreNotCounted) {
  for (int i = 0; i < 30; ++i) EXPECT_EQ(ask(stranger(), "POST", "/console/api/session", key()).status, 200);
}

TEST_F(ConsoleTest, ARequestThatIsNotUnderstoodIsRefused) {
  http::Request request;
  request.method = "POST";
  request.target = "/console/api/session";
  request.headers = {{"X-Sesame-Csrf", "x"}};
  request.body = "not json";
  EXPECT_EQ(house.send(request).status, 400);
  request.body = std::string(Console::max_body_octets + 1, ' ');
  EXPECT_EQ(house.send(request).status, 413);
  EXPECT_EQ(ask({}, "PATCH", "/console/api/session").status, 405);
  EXPECT_EQ(ask({}, "GET", "/console/api/nothing").status, 404);
}

}  // namespace
}  // namespace sesame::console
