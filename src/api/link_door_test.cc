#include "api/link_door.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "api/testing/api_house.h"

namespace sesame::api {
namespace {

using store::EventKind;

class LinksInMail : public ::testing::Test {
 protected:
  LinksInMail() {
    house.verified_domain("example.com");
    house.call("POST", "/v2/email/configuration-sets", R"({"ConfigurationSetName":"set"})");
    house.call(
        "POST", "/v2/email/configuration-sets/set/event-destinations",
        R"({"EventDestinationName":"d","EventDestination":{"Enabled":true,"MatchingEventTypes":["OPEN","CLICK"],)"
        R"("WebhookDestination":{"Url":"https://h.example/"}}})");
    sent = house.call("POST", "/v2/email/outbound-emails",
                      R"({"FromEmailAddress":"a@example.com","Destination":{"ToAddresses":["b@x.example"]},)"
                      R"("ConfigurationSetName":"set","Content":{"Simple":{"Subject":{"Data":"s"},"Body":{"Html":)"
                      R"({"Data":"<a href='https://x.example/' ses:tags='k:v'>"}}}}})");
    id = sent.json.at("MessageId").as_string();
  }
  // The paths in the mail: link, then pixel.
  std::vector<std::string> paths() {
    const auto octets = house.loop.run(house.stores.stores.queue->content(house.queued().front().queue_id)).value();
    std::string text = *octets;
    for (auto soft = text.find("=\r\n"); soft != text.npos; soft = text.find("=\r\n")) text.erase(soft, 3);
    std::vector<std::string> found;
    for (auto at = text.find("/t/"); at != text.npos; at = text.find("/t/", at + 1)) {
      found.push_back(text.substr(at, text.find('"', at) - at));
    }
    return found;
  }
  http::Response visit(std::string target, std::string method = "GET") {
    http::Request request;
    request.method = std::move(method);
    request.target = std::move(target);
    request.headers = {{"Host", "links.example"}, {"User-Agent", "Reader\x01/1"}};
    request.remote = {net::asio::ip::make_address("192.0.2.9"), 40000};
    return house.send(std::move(request)).response;
  }
  std::vector<store::Event> visits() {
    std::vector<store::Event> events = house.loop.run(house.stores.stores.queue->events_of(id)).value();
    std::erase_if(events, [](const auto& event) { return event.kind == EventKind::send; });
    return events;
  }

  ApiHouse house;
  ApiAnswer sent;
  std::string id;
};

TEST_F(LinksInMail, VisitIsAnEventOfTheMessage) {
  ASSERT_EQ(paths().size(), 2u);
  const auto generation = house.feed.generation();
  const auto click = visit(paths()[0]);
  EXPECT_EQ(click.status, 302);
  EXPECT_EQ(click.headers.find("Location"), "https://x.example/");
  EXPECT_EQ(click.headers.find("Cache-Control"), "no-store");
  const auto open = visit(paths()[1]);
  EXPECT_EQ(open.status, 200);
  EXPECT_EQ(open.body.size(), 43u);
  EXPECT_TRUE(open.body.starts_with("GIF89a") && open.body.ends_with(";"));
  EXPECT_EQ(house.feed.generation(), generation + 2);
  const auto events = visits();
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0].kind, EventKind::click);
  EXPECT_EQ(events[0].account_id, ApiHouse::account);
  EXPECT_EQ(boost::json::parse(events[0].detail),
            boost::json::parse(R"({"ip":"192.0.2.9","user_agent":"Reader /1","url":"https://x.example/",)"
                               R"("tags":{"k":["v"]}})"));
  EXPECT_EQ(events[1].kind, EventKind::open);
  EXPECT_EQ(boost::json::parse(events[1].detail), boost::json::parse(R"({"ip":"192.0.2.9","user_agent":"Reader /1"})"));
}

TEST_F(LinksInMail, OnlyGetCounts) {
  EXPECT_EQ(visit(paths()[0], "HEAD").headers.find("Location"), "https://x.example/");
  EXPECT_EQ(visit(paths()[0], "POST").status, 405);
  EXPECT_TRUE(visits().empty());
}

TEST_F(LinksInMail, WhatTheServiceDidNotWriteLeadsNowhere) {
  const std::string path = paths()[0];
  EXPECT_EQ(visit(path.substr(0, path.size() - 1)).status, 404);
  EXPECT_EQ(visit("/t/https%3A%2F%2Fevil.example").status, 404);
  const campaign::LinkTokens others(Secret("other"));
  const auto token = others.write({campaign::LinkKind::click, id, {"https://evil.example/"}});
  ASSERT_TRUE(token);
  EXPECT_EQ(visit("/t/" + *token).status, 404);
  EXPECT_TRUE(visits().empty());
}

TEST_F(LinksInMail, OldAndForgottenMessagesAreNotCountedButLinksStayGood) {
  house.clock.advance(campaign::visits_count_for + std::chrono::seconds(1));
  EXPECT_EQ(visit(paths()[0]).status, 302);
  EXPECT_TRUE(visits().empty());
  const campaign::LinkTokens tokens(Secret("house"));
  const auto token = tokens.write({campaign::LinkKind::click,
                                   "0100019c1234abcd-01234567-89ab-4cde-8f01-23456789abcd-000000",
                                   {"https://x.example/"}});
  ASSERT_TRUE(token);
  EXPECT_EQ(visit("/t/" + *token).status, 302);
}

TEST_F(LinksInMail, ManyVisitsOfOneMessageAreCountedAtAPace) {
  const std::string path = paths()[1];
  for (int i = 0; i < 30; ++i) EXPECT_EQ(visit(path).status, 200);
  EXPECT_EQ(visits().size(), 20u);
  house.clock.advance(std::chrono::seconds(10));
  visit(path);
  visit(path);
  EXPECT_EQ(visits().size(), 21u);
}

}  // namespace
}  // namespace sesame::api
