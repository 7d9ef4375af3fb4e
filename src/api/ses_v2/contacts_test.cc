// Contact lists, mail to them and the way out (spec 4.4).
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "api/testing/api_house.h"

namespace sesame::api {
namespace {

namespace json = boost::json;
using store::EventKind;
using store::RecipientState;

constexpr const char* lists = "/v2/email/contact-lists";
constexpr const char* contacts = "/v2/email/contact-lists/news/contacts";

class Contacts : public ::testing::Test {
 protected:
  Contacts() { house.verified_domain("example.com"); }

  ApiAnswer make_list(std::string_view name = "news") {
    return house.call("POST", lists,
                      R"({"ContactListName":")" + std::string(name) +
                          R"(","Description":"d","Topics":[{"TopicName":"weekly","DisplayName":"Weekly",)"
                          R"("DefaultSubscriptionStatus":"OPT_IN"},{"TopicName":"daily","DisplayName":"Daily",)"
                          R"("DefaultSubscriptionStatus":"OPT_OUT"}]})");
  }
  ApiAnswer send(std::string_view to, std::string_view options, std::string_view html = "{{amazonSESUnsubscribeUrl}}") {
    return house.call("POST", "/v2/email/outbound-emails",
                      R"({"FromEmailAddress":"a@example.com","Destination":{"ToAddresses":)" + std::string(to) +
                          R"(},"ListManagementOptions":)" + std::string(options) +
                          R"(,"Content":{"Simple":{"Subject":{"Data":"s"},"Body":{"Html":{"Data":")" +
                          std::string(html) +
                          R"("}},"Headers":[{"Name":"List-Unsubscribe","Value":"<mailto:own@x>"}]}}})");
  }
  std::string last_content() {
    const auto octets = house.loop.run(house.stores.stores.queue->content(house.queued().front().queue_id)).value();
    std::string text = *octets;
    for (auto soft = text.find("=\r\n"); soft != text.npos; soft = text.find("=\r\n")) text.erase(soft, 3);
    for (auto fold = text.find("\r\n "); fold != text.npos; fold = text.find("\r\n ")) text.erase(fold, 2);
    return text;
  }
  // The path of the link in the List-Unsubscribe field of the last message.
  std::string way_out() {
    const std::string text = last_content();
    const auto begin = text.find("/u/", text.find("List-Unsubscribe: "));
    return text.substr(begin, text.find('>', begin) - begin);
  }
  http::Response visit(std::string target, std::string method, std::string body = "") {
    http::Request request;
    request.method = std::move(method);
    request.target = std::move(target);
    request.body = std::move(body);
    request.headers = {{"Host", "x"}};
    return house.send(std::move(request)).response;
  }
  std::vector<store::Event> events_of(EventKind kind) {
    auto events = house.loop.run(house.stores.stores.queue->events_after(ApiHouse::account, 0, 1000)).value();
    std::erase_if(events, [&](const auto& event) { return event.kind != kind; });
    return events;
  }
  static void expect_refused(const ApiAnswer& answer, int status, std::string_view type, std::string_view message) {
    EXPECT_EQ(answer.status, status);
    EXPECT_EQ(answer.error_type, type);
    EXPECT_EQ(answer.message(), message);
  }

  ApiHouse house;
};

TEST_F(Contacts, ListIsMadeShownChangedAndDeleted) {
  ASSERT_EQ(make_list().status, 200);
  expect_refused(make_list(), 400, "AlreadyExistsException", "List with name: news already exists.");
  expect_refused(make_list("more"), 400, "LimitExceededException", "A maximum of 1 Lists allowed per account.");
  const auto shown = house.call("GET", "/v2/email/contact-lists/news").json;
  EXPECT_EQ(shown.at("Topics").at(1).at("DefaultSubscriptionStatus"), "OPT_OUT");
  EXPECT_EQ(shown.at("Description"), "d");
  EXPECT_EQ(house.call("GET", lists).json.at("ContactLists").at(0).at("ContactListName"), "news");
  EXPECT_EQ(house.call("PUT", "/v2/email/contact-lists/news", R"({"Description":"e"})").status, 200);
  EXPECT_TRUE(house.call("GET", "/v2/email/contact-lists/news").json.at("Topics").as_array().empty());
  EXPECT_EQ(house.call("DELETE", "/v2/email/contact-lists/news").status, 200);
  expect_refused(house.call("DELETE", "/v2/email/contact-lists/news"), 404, "NotFoundException",
                 "List with name: news doesn't exist.");
  EXPECT_EQ(make_list("a b").error_type, "BadRequestException");
}

TEST_F(Contacts, ContactIsMadeShownChangedListedAndDeleted) {
  expect_refused(house.call("POST", contacts, R"({"EmailAddress":"b@x.example"})"), 404, "NotFoundException",
                 "List with name: news doesn't exist.");
  make_list();
  ASSERT_EQ(house
                .call("POST", contacts,
                      R"({"EmailAddress":"b@X.example","AttributesData":"{}","TopicPreferences":)"
                      R"([{"TopicName":"weekly","SubscriptionStatus":"OPT_OUT"}]})")
                .status,
            200);
  EXPECT_EQ(house.call("POST", contacts, R"({"EmailAddress":"b@x.example"})").error_type, "AlreadyExistsException");
  EXPECT_EQ(house.call("POST", contacts, R"({"EmailAddress":"nobody"})").error_type, "BadRequestException");
  const std::string one = std::string(contacts) + "/b%40x.example";
  EXPECT_EQ(
      house.call("PUT", one, R"({"TopicPreferences":[{"TopicName":"daily","SubscriptionStatus":"OPT_IN"}]})").status,
      200);
  const auto shown = house.call("GET", one).json;
  EXPECT_EQ(shown.at("TopicPreferences"), json::parse(R"([{"TopicName":"daily","SubscriptionStatus":"OPT_IN"},)"
                                                      R"({"TopicName":"weekly","SubscriptionStatus":"OPT_OUT"}])"));
  EXPECT_EQ(shown.at("TopicDefaultPreferences").as_array().size(), 2u);
  EXPECT_EQ(shown.at("UnsubscribeAll"), false);
  EXPECT_EQ(shown.at("AttributesData"), "{}");
  EXPECT_EQ(
      house.call("PUT", one, R"({"TopicPreferences":[{"TopicName":"x","SubscriptionStatus":"OPT_IN"}]})").error_type,
      "NotFoundException");
  house.call("POST", contacts, R"({"EmailAddress":"c@x.example"})");
  const auto page = house.call("POST", std::string(contacts) + "/list", R"({"PageSize":1})").json;
  EXPECT_EQ(page.at("Contacts").at(0).at("EmailAddress"), "b@x.example");
  const std::string token(page.at("NextToken").as_string());
  const auto next = house.call("POST", std::string(contacts) + "/list", R"({"NextToken":")" + token + R"("})").json;
  EXPECT_EQ(next.at("Contacts").at(0).at("EmailAddress"), "c@x.example");
  const auto out = house
                       .call("POST", std::string(contacts) + "/list",
                             R"({"Filter":{"FilteredStatus":"OPT_OUT","TopicFilter":{"TopicName":"weekly"}}})")
                       .json;
  EXPECT_EQ(out.at("Contacts").as_array().size(), 1u);
  EXPECT_EQ(house.call("DELETE", one).status, 200);
  EXPECT_EQ(house.call("DELETE", one).error_type, "NotFoundException");
}

TEST_F(Contacts, MailToAListEnrolsAndSaysHowToLeave) {
  make_list();
  ASSERT_EQ(send(R"(["b@x.example"])", R"({"ContactListName":"news","TopicName":"weekly"})").status, 200);
  EXPECT_EQ(house.call("GET", std::string(contacts) + "/b%40x.example").status, 200);
  const std::string content = last_content();
  EXPECT_TRUE(content.contains("List-Unsubscribe: <http://127.0.0.1:8025/u/")) << content;
  EXPECT_TRUE(content.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"));
  EXPECT_FALSE(content.contains("mailto:own@x"));
  EXPECT_FALSE(content.contains("amazonSESUnsubscribeUrl"));
  ASSERT_EQ(send(R"(["b@x.example","c@x.example"])", R"({"ContactListName":"news"})").status, 200);
  EXPECT_TRUE(last_content().contains("mailto:own@x")) << "a link would be everybody's";
  expect_refused(send(R"(["b@x.example"])", R"({"ContactListName":"none"})"), 404, "NotFoundException",
                 "List with name: none doesn't exist.");
  expect_refused(send(R"(["b@x.example"])", R"({"ContactListName":"news","TopicName":"none"})"), 404,
                 "NotFoundException", "Topic none doesn't exist in list: news.");
}

TEST_F(Contacts, OneClickUnsubscribesOnceAndIsTold) {
  make_list();
  send(R"(["b@x.example"])", R"({"ContactListName":"news","TopicName":"weekly"})");
  const std::string link = way_out();
  const auto asked = visit(link, "GET");
  EXPECT_EQ(asked.status, 200);
  EXPECT_TRUE(asked.body.contains("Unsubscribe from weekly"));
  EXPECT_TRUE(events_of(EventKind::subscription).empty()) << "a GET changes nothing";
  EXPECT_EQ(visit(link, "POST", "List-Unsubscribe=One-Click").status, 200);
  EXPECT_EQ(visit(link, "POST", "List-Unsubscribe=One-Click").status, 200);
  const auto events = events_of(EventKind::subscription);
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].recipient, "b@x.example");
  EXPECT_EQ(events[0].api_message_id, house.queued().front().message.api_message_id);
  EXPECT_EQ(json::parse(events[0].detail), json::parse(R"({"contact_list":"news","source":"UnsubscribeHeader",
      "new":{"unsubscribe_all":false,"topics":[{"topic":"weekly","status":"opt_out"},{"topic":"daily","status":"opt_out"}]},
      "old":{"unsubscribe_all":false,"topics":[{"topic":"weekly","status":"opt_in"},{"topic":"daily","status":"opt_out"}]}})"));

  ASSERT_EQ(send(R"(["b@x.example"])", R"({"ContactListName":"news","TopicName":"weekly"})").status, 200);
  EXPECT_EQ(house.queued().front().recipients[0].state, RecipientState::suppressed);
  const auto bounces = events_of(EventKind::bounce);
  ASSERT_EQ(bounces.size(), 1u);
  EXPECT_EQ(json::parse(bounces[0].detail).at("bounce_subtype"), "UnsubscribedRecipient");
  send(R"(["b@x.example"])", R"({"ContactListName":"news"})");
  EXPECT_EQ(house.queued().front().recipients[0].state, RecipientState::queued) << "only the topic is not wanted";
}

TEST_F(Contacts, PageUnsubscribesFromEverything) {
  make_list();
  send(R"(["b@x.example"])", R"({"ContactListName":"news","TopicName":"weekly"})");
  const std::string link = way_out();
  EXPECT_EQ(visit(link, "POST", "from=page&choice=everything").status, 200);
  EXPECT_EQ(house.call("GET", std::string(contacts) + "/b%40x.example").json.at("UnsubscribeAll"), true);
  EXPECT_EQ(json::parse(events_of(EventKind::subscription).at(0).detail).at("source"), "UnsubscribePage");
  EXPECT_EQ(visit(link, "DELETE").status, 405);
  house.call("DELETE", "/v2/email/contact-lists/news");
  EXPECT_EQ(visit(link, "POST").status, 404);
  EXPECT_EQ(visit("/t/" + link.substr(3), "GET").status, 404) << "a link has one meaning";
}

}  // namespace
}  // namespace sesame::api
