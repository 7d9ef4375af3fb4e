#include "api/sesame/topics_api.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "api/testing/topics_house.h"
#include "net/testing/run_task.h"

namespace sesame::api {
namespace {

class TopicsApiTest : public testing::Test {
 protected:
  struct Answer {
    int status = 0;
    boost::json::value json;
  };

  Answer call(std::string method, std::vector<std::string> path, std::string body = "",
              const std::string& account = TopicsHouse::account) {
    Call call;
    call.caller.account_id = account;
    call.method = std::move(method);
    call.segments = {"v2", "sesame"};
    for (std::string& element : path) call.segments.push_back(std::move(element));
    call.body = std::move(body);
    const http::Response response = net::run_task(api_.handle(std::move(call)));
    return {response.status, boost::json::parse(response.body)};
  }

  TopicsHouse house_;
  const std::string& topic_ = house_.topic;
  TopicsApi api_{house_.topics};
};

TEST_F(TopicsApiTest, ATopicIsMadeSubscribedToAndDeleted) {
  const Answer made = call("POST", {"topics"}, R"({"name": "one", "display_name": "One"})");
  EXPECT_EQ(made.status, 200);
  EXPECT_EQ(made.json.at("arn").as_string(), topic_);
  EXPECT_EQ(made.json.at("name"), "one");
  EXPECT_EQ(made.json.at("display_name"), "One");
  const Answer subscribed = call("POST", {"topics", topic_, "subscriptions"}, R"({"endpoint": "http://192.0.2.1/x"})");
  EXPECT_EQ(subscribed.status, 200);
  EXPECT_EQ(subscribed.json.at("confirmed"), false);

  const Answer shown = call("GET", {"topics", topic_});
  EXPECT_EQ(shown.json.at("pending"), 1);
  EXPECT_EQ(shown.json.at("subscriptions").at(0), subscribed.json);
  const std::string arn(subscribed.json.at("arn").as_string());
  EXPECT_EQ(call("DELETE", {"subscriptions", arn}).status, 200);
  EXPECT_TRUE(call("GET", {"topics", topic_}).json.at("subscriptions").as_array().empty());
  EXPECT_EQ(call("DELETE", {"topics", topic_}).status, 200);
  EXPECT_TRUE(call("GET", {"topics"}).json.at("topics").as_array().empty());
}

TEST_F(TopicsApiTest, WhatBelongsToAnotherAccountDoesNotExist) {
  call("POST", {"topics"}, R"({"name": "one"})");
  EXPECT_EQ(call("GET", {"topics", topic_}, "", "000000000002").status, 404);
  EXPECT_EQ(
      call("POST", {"topics", topic_, "subscriptions"}, R"({"endpoint": "http://192.0.2.1/x"})", "000000000002").status,
      404);
  call("DELETE", {"topics", topic_}, "", "000000000002");
  EXPECT_EQ(call("GET", {"topics"}).json.at("topics").as_array().size(), 1u);
}

TEST_F(TopicsApiTest, RefusalsSayWhatIsWrong) {
  call("POST", {"topics"}, R"({"name": "one"})");
  const auto refused = [&](std::vector<std::string> path, const char* body) {
    const Answer answer = call("POST", std::move(path), body);
    EXPECT_EQ(answer.status, 400) << body;
    return answer.json.is_object() ? std::string(answer.json.at("message").as_string()) : "";
  };
  EXPECT_THAT(refused({"topics"}, "{}"), testing::HasSubstr("name"));
  EXPECT_THAT(refused({"topics"}, R"({"name": "a b"})"), testing::HasSubstr("Topic Name"));
  EXPECT_THAT(refused({"topics", topic_, "subscriptions"}, R"({"endpoint": "ftp://a.example/"})"),
              testing::HasSubstr("protocol"));
  EXPECT_THAT(refused({"topics", topic_, "subscriptions"}, R"({"endpoint": "http://[::1]/"})"),
              testing::HasSubstr("not a public address"));
  EXPECT_EQ(call("GET", {"topics", "arn:aws:sns:us-east-1:000000000001:none"}).status, 404);
}

}  // namespace
}  // namespace sesame::api
