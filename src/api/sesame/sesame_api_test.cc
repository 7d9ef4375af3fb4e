#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "api/testing/api_house.h"
#include "base/text.h"

namespace sesame::api {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

class Messages : public ::testing::Test {
 protected:
  Messages() { house.verified_domain("example.com"); }

  std::string send(std::string_view to = "bob@example.net") {
    const json::object body{
        {"FromEmailAddress", "ann@example.com"},
        {"Destination", {{"ToAddresses", json::array{to}}}},
        {"Content", {{"Simple", {{"Subject", {{"Data", "Hi"}}}, {"Body", {{"Text", {{"Data", "Hello"}}}}}}}}}};
    const auto answer = house.call("POST", "/v2/email/outbound-emails", json::serialize(body));
    return std::string(answer.json.at("MessageId").as_string());
  }
  void defer_once(const std::string& id, std::string detail = R"({"reply":"451 4.7.1 later"})") {
    store::QueueStore& queue = *house.stores.stores.queue;
    const auto due = house.loop.run(queue.lease_due(house.clock.now(), 10)).value();
    ASSERT_EQ(due.size(), 1u);
    store::RecipientOutcome outcome;
    outcome.recipient_id = due[0].recipient_id;
    outcome.next_attempt = house.clock.now() + 5min;
    outcome.attempt = {house.clock.now(), "mx.example.net", "192.0.2.25", "", "TLSv1.3", 451, "4.7.1", "later"};
    store::Event event;
    event.account_id = ApiHouse::account;
    event.api_message_id = id;
    event.kind = store::EventKind::delivery_delay;
    event.at = house.clock.now();
    event.recipient = "bob@example.net";
    event.detail = std::move(detail);
    ASSERT_TRUE(house.loop.run(queue.record_outcomes({outcome}, {event})).has_value());
  }

  ApiHouse house;
};

TEST_F(Messages, ShowEnvelopeAttemptsAndEvents) {
  const std::string id = send();
  defer_once(id);
  auto answer = house.call("GET", "/v2/sesame/messages/" + id);
  ASSERT_EQ(answer.status, 200) << answer.response.body;
  for (auto& event : answer.json.at("events").as_array()) event.as_object()["sequence"] = 0;
  EXPECT_EQ(answer.json, json::parse(R"({
    "api_message_id": ")" + id + R"(", "accepted": "2026-01-01T00:00:00.000Z", "expires": "2026-01-01T14:00:00.000Z",
    "from": "ann@example.com", "subject": "Hi", "identity": "example.com", "accepted_through": "ses_v2",
    "finished": false, "configuration_set": null, "tags": {},
    "envelope": {"mail_from": ")" + id +
                                     R"(@svc.example", "recipients": ["bob@example.net"]},
    "recipients": [{
      "address": "bob@example.net", "state": "queued", "next_attempt": "2026-01-01T00:05:00.000Z", "held_by": null,
      "attempt_count": 1,
      "attempts": [{"at": "2026-01-01T00:00:00.000Z", "remote_host": "mx.example.net", "remote_ip": "192.0.2.25",
                    "source_ip": "", "tls": "TLSv1.3", "tls_problem": "",
                    "reply_code": 451, "status": "4.7.1", "text": "later"}]}],
    "events": [
      {"sequence": 0, "kind": "send", "at": "2026-01-01T00:00:00.000Z", "api_message_id": ")" +
                                     id + R"(",
       "recipient": "", "detail": {"mail_from": ")" +
                                     id + R"(@svc.example", "recipients": ["bob@example.net"],
                                   "identity": "example.com"}},
      {"sequence": 0, "kind": "delivery_delay", "at": "2026-01-01T00:00:00.000Z", "api_message_id": ")" +
                                     id + R"(",
       "recipient": "bob@example.net", "detail": {"reply": "451 4.7.1 later"}}]})"));
}

TEST_F(Messages, UnknownAndForeignOnesAreNotFound) {
  const std::string id = send();
  EXPECT_EQ(house.call("GET", "/v2/sesame/messages/nothing").error_type, "NotFoundException");
  for (const auto& [method, rest] : {std::pair{"GET", ""}, {"POST", "/retry"}, {"POST", "/drop"}}) {
    const auto answer = house.call(method, "/v2/sesame/messages/" + id + rest, "", ApiHouse::key_of_other_account());
    EXPECT_EQ(answer.status, 404) << rest;
  }
}

TEST_F(Messages, AreListedNewestFirstPageByPage) {
  const std::string first = send();
  const std::string second = send("cee@example.net");
  const auto page = house.call("GET", "/v2/sesame/messages?limit=1");
  ASSERT_EQ(page.json.at("messages").as_array().size(), 1u);
  EXPECT_EQ(page.json.at("messages").at(0).at("api_message_id").as_string(), second);
  const std::string token(page.json.at("next_token").as_string());
  const auto next = house.call("GET", "/v2/sesame/messages?next_token=" + token);
  EXPECT_EQ(next.json.at("messages").at(0).at("api_message_id").as_string(), first);
  EXPECT_TRUE(next.json.at("next_token").is_null());
}

TEST_F(Messages, AreFilteredByRecipientAndState) {
  send();
  const std::string second = send("cee+x@example.net");
  const auto found = house.call("GET", "/v2/sesame/messages?recipient=cee%2Bx%40example.net&state=queued");
  ASSERT_EQ(found.json.at("messages").as_array().size(), 1u);
  EXPECT_EQ(found.json.at("messages").at(0).at("api_message_id").as_string(), second);
  EXPECT_TRUE(house.call("GET", "/v2/sesame/messages?state=delivered").json.at("messages").as_array().empty());
}

TEST_F(Messages, FiltersThatMakeNoSenseAreRefused) {
  EXPECT_EQ(house.call("GET", "/v2/sesame/messages?state=lost").error_type, "BadRequestException");
  EXPECT_EQ(house.call("GET", "/v2/sesame/messages?limit=0").error_type, "BadRequestException");
  EXPECT_EQ(house.call("GET", "/v2/sesame/messages?limit=many").error_type, "SerializationException");
  EXPECT_EQ(house.call("GET", "/v2/sesame/messages?next_token=00").error_type, "InvalidNextTokenException");
}

TEST_F(Messages, RetryMakesTheQueuedDueAndWakesDelivery) {
  const std::string id = send();
  defer_once(id);
  const auto answer = house.call("POST", "/v2/sesame/messages/" + id + "/retry");
  EXPECT_EQ(answer.json, json::parse(R"({"recipients":1})"));
  EXPECT_EQ(house.delivery_wakes, 1);
  EXPECT_EQ(house.loop.run(house.stores.stores.queue->lease_due(house.clock.now(), 10)).value().size(), 1u);
}

TEST_F(Messages, DropGivesUpAndTellsWhy) {
  const std::string id = send();
  EXPECT_EQ(house.call("POST", "/v2/sesame/messages/" + id + "/drop").json, json::parse(R"({"recipients":1})"));
  const auto shown = house.call("GET", "/v2/sesame/messages/" + id);
  EXPECT_EQ(shown.json.at("finished"), true);
  EXPECT_EQ(shown.json.at("recipients").at(0).at("state"), "bounced");
  const auto& bounce = shown.json.at("events").as_array().back();
  EXPECT_EQ(bounce.at("kind"), "bounce");
  EXPECT_EQ(bounce.at("detail").at("diagnostic_code"), "x-sesame; dropped on request of AKIDEXAMPLE");
  EXPECT_EQ(house.call("POST", "/v2/sesame/messages/" + id + "/drop").json, json::parse(R"({"recipients":0})"));
}

TEST_F(Messages, EventsComeAfterASequence) {
  send();
  const auto all = house.call("GET", "/v2/sesame/events");
  ASSERT_EQ(all.json.at("events").as_array().size(), 1u);
  const auto last = all.json.at("last").as_int64();
  EXPECT_EQ(all.json.at("events").at(0).at("sequence").as_int64(), last);
  const auto none = house.call("GET", fmt::format("/v2/sesame/events?after={}", last));
  EXPECT_EQ(none.json, json::parse(fmt::format(R"({{"events":[],"last":{}}})", last)));
  const auto latest = house.call("GET", "/v2/sesame/events?after=latest");
  EXPECT_EQ(latest.json, none.json);
}

// An empty detail would tell that nothing is known; in truth the store is damaged, and somebody must hear of it.
TEST_F(Messages, ADetailThatIsNoJsonIsAnInternalFailure) {
  const std::string id = send();
  defer_once(id, "{\"reply\":\"451 bo\xeete pleine\"}");
  for (const std::string& target : {"/v2/sesame/messages/" + id, std::string("/v2/sesame/events")}) {
    const auto answer = house.call("GET", target);
    EXPECT_EQ(answer.status, 500) << target;
    EXPECT_EQ(answer.response.body.find("pleine"), std::string::npos);
  }
}

TEST_F(Messages, AWaitingReaderHearsOfANewEventAtOnce) {
  const auto request = house.signed_request("GET", "/v2/sesame/events?after=0&wait=25", "");
  auto waiting = [](Front& front, http::Request asked, http::Response& answer) -> net::Task<void> {
    answer = co_await front.handle(std::move(asked));
  };
  http::Response answer;
  answer.status = 0;
  house.loop.spawn(waiting(*house.front, request, answer));
  send();
  house.loop.run_all();
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(json::parse(answer.body).at("events").at(0).at("kind"), "send");
}

TEST_F(Messages, OtherAccountsEventsAreNotShown) {
  send();
  const auto answer = house.call("GET", "/v2/sesame/events", "", ApiHouse::key_of_other_account());
  EXPECT_TRUE(answer.json.at("events").as_array().empty());
}

TEST_F(Messages, WaitIsBounded) {
  EXPECT_EQ(house.call("GET", "/v2/sesame/events?wait=26").error_type, "BadRequestException");
  EXPECT_EQ(house.call("GET", "/v2/sesame/events?after=x").error_type, "SerializationException");
  EXPECT_EQ(house.call("GET", "/v2/sesame/events?after=99999999999999999999").error_type, "SerializationException");
}

TEST(Diagnosis, LooksNowWhenThereWasNoLook) {
  ApiHouse house;
  house.verified_domain("example.com");
  const auto first = house.call("GET", "/v2/sesame/identities/example.com/diagnosis");
  ASSERT_EQ(first.status, 200) << first.response.body;
  EXPECT_EQ(first.json.at("domain"), "example.com");
  EXPECT_TRUE(first.json.at("records").is_array());
  const auto look = house.call("POST", "/v2/sesame/identities/example.com/look");
  EXPECT_EQ(look.status, 200);
  EXPECT_EQ(look.json.at("domain"), "example.com");
}

TEST(Diagnosis, OfAnUnknownIdentityIsNotFound) {
  ApiHouse house;
  EXPECT_EQ(house.call("GET", "/v2/sesame/identities/nobody.example/diagnosis").error_type, "NotFoundException");
  EXPECT_EQ(house.call("POST", "/v2/sesame/identities/nobody.example/look").error_type, "NotFoundException");
}

TEST(Identities, AreListedWithTheStateOfAllTheirParts) {
  ApiHouse house;
  house.verified_domain("one.example");
  house.verified_address("ann@two.example");
  store::IdentityRecord one = house.record("one.example");
  one.mail_from = store::MailFromState{.domain = "bounce.one.example", .status = store::MailFromStatus::success};
  house.put(one);
  const auto all = house.call("GET", "/v2/sesame/identities");
  ASSERT_EQ(all.status, 200) << all.response.body;
  EXPECT_EQ(all.json.at("total"), 2);
  EXPECT_TRUE(all.json.at("next_token").is_null());
  const json::array& identities = all.json.at("identities").as_array();
  ASSERT_EQ(identities.size(), 2u);
  EXPECT_EQ(identities[0].at("identity"), "ann@two.example");
  EXPECT_TRUE(identities[0].at("dkim").is_null());
  EXPECT_EQ(identities[1].at("verification"), "success");
  EXPECT_EQ(identities[1].at("dkim").at("status"), "success");
  EXPECT_EQ(identities[1].at("mail_from").at("domain"), "bounce.one.example");
  EXPECT_EQ(identities[1].at("mail_from").at("status"), "success");
  EXPECT_TRUE(identities[1].at("dmarc").is_null());
  EXPECT_EQ(house.call("GET", "/v2/sesame/identities?kind=domain").json.at("identities").as_array().size(), 1u);
  EXPECT_EQ(house.call("GET", "/v2/sesame/identities?kind=dog").status, 400);
}

TEST(Identities, AreSearchedAndPagedWithoutLossOrRepetition) {
  ApiHouse house;
  const std::vector<std::string> names{"a1.example", "a2.example", "b1.example", "b2.example", "b3.example"};
  for (const std::string& name : names) house.verified_domain(name);
  for (const std::string& contains : {std::string(), std::string("B"), std::string("2.ex"), std::string("zz")}) {
    std::vector<std::string> wanted, seen;
    for (const std::string& name : names) {
      if (name.contains(ascii_lower(contains))) wanted.push_back(name);
    }
    std::string token;
    for (;;) {
      const auto page = house.call("GET", "/v2/sesame/identities?limit=2&contains=" + contains + token);
      ASSERT_EQ(page.status, 200) << page.response.body;
      const json::array& identities = page.json.at("identities").as_array();
      EXPECT_LE(identities.size(), 2u);
      for (const json::value& one : identities) seen.emplace_back(one.at("identity").as_string());
      if (page.json.at("next_token").is_null()) break;
      token = "&next_token=" + std::string(page.json.at("next_token").as_string());
    }
    EXPECT_EQ(seen, wanted) << contains;
  }
  EXPECT_EQ(house.call("GET", "/v2/sesame/identities?next_token=x").error_type, "InvalidNextTokenException");
}

TEST(SesameIdentities, ThoseThatDriftedAreListed) {
  ApiHouse house;
  house.verified_domain("fine.example");
  house.verified_domain("lost.example");
  store::IdentityRecord lost = house.record("lost.example");
  lost.verification = store::VerificationStatus::temporary_failure;
  house.put(lost);
  const auto answer = house.call("GET", "/v2/sesame/identities?drifted=true");
  ASSERT_EQ(answer.status, 200) << answer.response.body;
  ASSERT_EQ(answer.json.at("identities").as_array().size(), 1u);
  EXPECT_EQ(answer.json.at("identities").at(0).at("identity"), "lost.example");
  EXPECT_EQ(answer.json.at("total"), 2);
  EXPECT_EQ(house.call("GET", "/v2/sesame/identities?drifted=no").status, 400);
  EXPECT_EQ(house.call("GET", "/v2/sesame/identities?drifted=true&kind=domain").status, 400);
}

TEST(SesameIdentities, TheHistoryComesInPagesNewestFirst) {
  ApiHouse house;
  house.call("POST", "/v2/email/identities", R"({"EmailIdentity": "shop.example"})");
  for (const char* name : {"a.shop.example", "b.shop.example"}) {
    const json::object body{{"MailFromDomain", name}};
    EXPECT_EQ(house.call("PUT", "/v2/email/identities/shop.example/mail-from", json::serialize(body)).status, 200);
  }
  const auto page = house.call("GET", "/v2/sesame/identities/shop.example/history?limit=2");
  ASSERT_EQ(page.status, 200) << page.response.body;
  const json::array& entries = page.json.at("entries").as_array();
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(entries[0].at("before").at("domain"), "a.shop.example");
  EXPECT_EQ(entries[0].at("after").at("domain"), "b.shop.example");
  EXPECT_EQ(entries[0].at("at"), "2026-01-01T00:00:00.000Z");
  EXPECT_TRUE(entries[1].at("before").is_null());
  const auto rest = house.call("GET", "/v2/sesame/identities/shop.example/history?before=" +
                                          std::to_string(page.json.at("next_before").as_int64()));
  ASSERT_EQ(rest.json.at("entries").as_array().size(), 1u);
  EXPECT_EQ(rest.json.at("entries").at(0).at("subject"), "verification");
  EXPECT_TRUE(rest.json.at("next_before").is_null());
  EXPECT_EQ(house.call("GET", "/v2/sesame/identities/other.example/history").status, 404);
  EXPECT_EQ(
      house.call("GET", "/v2/sesame/identities/shop.example/history", "", ApiHouse::key_of_other_account()).status,
      404);
  EXPECT_EQ(house.call("GET", "/v2/sesame/identities/shop.example/history?before=0").status, 400);
}

TEST_F(Messages, AreCountedInTheStatistics) {
  send();
  const auto answer = house.call("GET", "/v2/sesame/statistics");
  ASSERT_EQ(answer.status, 200) << answer.response.body;
  ASSERT_EQ(answer.json.at("points").as_array().size(), 1u);
  EXPECT_EQ(answer.json.at("points").at(0).at("sends"), 1);
  EXPECT_EQ(answer.json.at("queue").at("recipients"), 1);
  EXPECT_EQ(answer.json.at("complete"), true);
  const auto by_identity = house.call("GET", "/v2/sesame/statistics?by=identity&days=14");
  EXPECT_EQ(by_identity.json.at("points").at(0).at("name"), "example.com");
  EXPECT_EQ(house.call("GET", "/v2/sesame/statistics?by=moon").status, 400);
  EXPECT_EQ(house.call("GET", "/v2/sesame/statistics?days=15").status, 400);
}

// Writes until it is told to stop.
class Reader final : public http::BodyWriter {
 public:
  explicit Reader(std::size_t pieces) : pieces_(pieces) {}
  net::Task<bool> write(std::string_view octets) override {
    text.append(octets);
    co_return --pieces_ > 0;
  }
  std::string text;

 private:
  std::size_t pieces_;
};

TEST(LiveDiagnosis, IsToldAtOnceAndEndsWhenTheIdentityHasGone) {
  ApiHouse house;
  house.verified_domain("example.com");
  ASSERT_EQ(house.call("GET", "/v2/sesame/identities/example.com/diagnosis").status, 200);
  const auto stream = house.call("GET", "/v2/sesame/identities/example.com/live");
  ASSERT_EQ(stream.status, 200);
  EXPECT_EQ(stream.response.headers.find("Content-Type"), "text/event-stream");
  ASSERT_TRUE(stream.response.stream);
  Reader one(1);
  house.loop.run(stream.response.stream(one));
  EXPECT_TRUE(one.text.starts_with("event: diagnosis\ndata: {")) << one.text;
  EXPECT_TRUE(one.text.ends_with("}\n\n"));
  ASSERT_TRUE(house.loop.run(house.stores.stores.control->delete_identity(ApiHouse::account, "example.com")));
  Reader rest(10);
  house.loop.run(stream.response.stream(rest));
  EXPECT_EQ(rest.text, "event: gone\ndata: {}\n\n");
  EXPECT_EQ(house.call("GET", "/v2/sesame/identities/example.com/live").status, 404);
}

TEST(LiveDiagnosis, EndsWhenTheServiceStops) {
  ApiHouse house;
  house.verified_domain("example.com");
  const auto stream = house.call("GET", "/v2/sesame/identities/example.com/live");
  house.feed.close();
  Reader reader(10);
  house.loop.run(stream.response.stream(reader));
  EXPECT_EQ(reader.text, "");
}

}  // namespace
}  // namespace sesame::api
