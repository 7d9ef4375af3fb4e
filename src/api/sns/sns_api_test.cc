#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/sns/input.h"
#include "api/sns/sns_api.h"
#include "api/testing/topics_house.h"
#include "net/testing/run_task.h"

namespace sesame::api {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;

std::vector<sigv4::Parameter> parameters(std::string_view form) {
  std::vector<sigv4::Parameter> list;
  for (auto& [name, value] : http::parse_form(form).value_or(http::Parameters{})) {
    list.push_back({std::move(name), std::move(value)});
  }
  return list;
}

template <class T>
std::string refusal(const sns::SnsResult<T>& result) {
  return result ? "taken" : result.error().message;
}

TEST(SnsInput, EntriesComeInTheOrderOfTheirNumbers) {
  const auto entries = sns::read_entries(
      parameters("A.entry.10.key=b&A.entry.10.value=2&A.entry.2.key=a&A.entry.2.value="), "A", "key", "value");
  ASSERT_TRUE(entries);
  EXPECT_THAT(*entries, ElementsAre(Pair("a", ""), Pair("b", "2")));
}

TEST(SnsInput, HalfAnEntryIsRefused) {
  for (const char* form :
       {"A.entry.1.key=a", "A.entry.1.value=a", "A.entry.0.key=a&A.entry.0.value=b",
        "A.entry.x.key=a&A.entry.x.value=b", "A.entry.1.key=a&A.entry.1.value=b&A.entry.2.key=a&A.entry.2.value=c"}) {
    EXPECT_FALSE(sns::read_entries(parameters(form), "A", "key", "value")) << form;
  }
}

TEST(SnsInput, TopicAttributesAreThoseThatAreKept) {
  const auto read =
      sns::read_create_topic(parameters("Name=n&Attributes.entry.1.key=SignatureVersion&Attributes.entry.1.value=2"
                                        "&Attributes.entry.2.key=DisplayName&Attributes.entry.2.value=D"));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->attributes.signature_version, 2);
  EXPECT_EQ(read->attributes.display_name, "D");
  EXPECT_EQ(refusal(sns::read_create_topic(
                parameters("Name=n&Attributes.entry.1.key=DeliveryPolicy&Attributes.entry.1.value={}"))),
            "Invalid parameter: AttributeName");
  EXPECT_FALSE(
      sns::read_create_topic(parameters("Name=n&Attributes.entry.1.key=FifoTopic&Attributes.entry.1.value=true")));
  EXPECT_FALSE(sns::read_create_topic(parameters("")));
}

TEST(SnsInput, PublishNamesOneTopic) {
  EXPECT_TRUE(sns::read_publish(parameters("TopicArn=t&Message=m")));
  EXPECT_EQ(sns::read_publish(parameters("TargetArn=t&Message=m"))->topic_arn, "t");
  EXPECT_FALSE(sns::read_publish(parameters("TopicArn=t&TargetArn=t&Message=m")));
  EXPECT_FALSE(sns::read_publish(parameters("PhoneNumber=1&Message=m")));
  EXPECT_FALSE(sns::read_publish(parameters("TopicArn=t")));
}

TEST(SnsInput, StructuredMessageNeedsADefault) {
  const auto read = sns::read_publish(
      parameters("TopicArn=t&MessageStructure=json&Message=%7B%22default%22%3A%22d%22%2C%22http%22%3A%22h%22%7D"));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->message, "d");
  EXPECT_EQ(read->by_protocol.at("http"), "h");
  EXPECT_FALSE(sns::read_publish(parameters("TopicArn=t&MessageStructure=json&Message=%7B%7D")));
  EXPECT_FALSE(sns::read_publish(parameters("TopicArn=t&MessageStructure=json&Message=x")));
}

TEST(SnsInput, MessageAttributesHaveATypeThatFits) {
  const auto read = sns::read_publish(
      parameters("TopicArn=t&Message=m&MessageAttributes.entry.1.Name=a&MessageAttributes.entry.1.Value.DataType=Binary"
                 "&MessageAttributes.entry.1.Value.BinaryValue=AQI%3D"));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->attributes.at("a").at("Value"), "AQI=");
  for (const char* wrong :
       {"Name=a&MessageAttributes.entry.1.Value.DataType=Binary",
        "Name=a&MessageAttributes.entry.1.Value.DataType=Set&MessageAttributes.entry.1.Value.StringValue=x",
        "Value.DataType=String&MessageAttributes.entry.1.Value.StringValue=x"}) {
    EXPECT_FALSE(sns::read_publish(parameters(std::string("TopicArn=t&Message=m&MessageAttributes.entry.1.") + wrong)))
        << wrong;
  }
}

class SnsApiTest : public testing::Test {
 protected:
  struct Answer {
    int status;
    std::string body;
  };

  Answer call(std::string_view form, const std::string& account = TopicsHouse::account) {
    Call call;
    call.caller.account_id = account;
    call.request_id = "request";
    call.method = "POST";
    call.segments = {""};
    call.parameters = parameters(form);
    http::Response response = net::run_task(api_.handle(std::move(call)));
    return {response.status, std::move(response.body)};
  }
  Answer get(const std::string& target) {
    http::Request request;
    request.method = "GET";
    request.target = target;
    const auto parsed = http::parse_target(target);
    if (!parsed || !public_.takes(request, *parsed)) return {0, "not taken"};
    http::Response response = net::run_task(public_.handle(std::move(request), *parsed, "request"));
    return {response.status, std::move(response.body)};
  }
  std::string token() {
    const auto waiting = net::run_task(house_.stores.stores.outbox->waiting_destinations());
    const auto ready =
        net::run_task(house_.stores.stores.outbox->ready(waiting->at(0).destination, house_.clock.now(), 1));
    return publish::read_payload(ready->at(0).entry.payload)->message;
  }

  TopicsHouse house_;
  const std::string& topic_ = house_.topic;
  const publish::SigningKey key_ = publish::SigningKey::generate("sns.svc.example");
  SnsApi api_{house_.topics};
  SnsPublic public_{house_.topics, key_};
};

TEST_F(SnsApiTest, CreatingATopicTwiceGivesTheSameArn) {
  const Answer answer = call("Action=CreateTopic&Name=one");
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.body, HasSubstr("<CreateTopicResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\">"));
  EXPECT_THAT(answer.body, HasSubstr("<TopicArn>" + topic_ + "</TopicArn>"));
  EXPECT_EQ(call("Action=CreateTopic&Name=one").body, answer.body);
  const Answer other =
      call("Action=CreateTopic&Name=one&Attributes.entry.1.key=DisplayName&Attributes.entry.1.value=x");
  EXPECT_THAT(other.body, HasSubstr("already exists with different attributes"));
}

TEST_F(SnsApiTest, ATopicOfAnotherAccountDoesNotExist) {
  call("Action=CreateTopic&Name=one");
  const Answer answer = call("Action=GetTopicAttributes&TopicArn=" + topic_, "000000000002");
  EXPECT_EQ(answer.status, 404);
  EXPECT_THAT(answer.body, HasSubstr("<Code>NotFound</Code>"));
  EXPECT_THAT(answer.body, HasSubstr("<Message>Topic does not exist</Message>"));
  EXPECT_EQ(call("Action=Publish&Message=m&TopicArn=" + topic_, "000000000002").status, 404);
  call("Action=DeleteTopic&TopicArn=" + topic_, "000000000002");
  EXPECT_EQ(call("Action=GetTopicAttributes&TopicArn=" + topic_).status, 200);
}

TEST_F(SnsApiTest, WhoeverHasTheTokenConfirmsWithoutASignature) {
  call("Action=CreateTopic&Name=one");
  const std::string subscribe = "Action=Subscribe&Protocol=http&Endpoint=http%3A%2F%2F192.0.2.1%2Fx&TopicArn=" + topic_;
  EXPECT_THAT(call(subscribe).body, HasSubstr("<SubscriptionArn>pending confirmation</SubscriptionArn>"));
  EXPECT_THAT(call("Action=ListSubscriptions").body, HasSubstr("PendingConfirmation"));
  EXPECT_EQ(get("/?Action=ConfirmSubscription&Token=false&TopicArn=" + topic_).status, 400);
  const Answer confirmed = get("/?Action=ConfirmSubscription&TopicArn=" + topic_ + "&Token=" + token());
  EXPECT_EQ(confirmed.status, 200);
  const auto at = confirmed.body.find(topic_ + ":");
  ASSERT_NE(at, std::string::npos);
  const std::string arn = confirmed.body.substr(at, topic_.size() + 37);
  EXPECT_THAT(call(subscribe).body, HasSubstr(arn));  // confirmed: stays as it is
  EXPECT_EQ(get("/?Action=Unsubscribe&SubscriptionArn=" + arn).status, 200);
  EXPECT_THAT(call("Action=ListSubscriptions").body, Not(HasSubstr(arn)));
}

TEST_F(SnsApiTest, UnsubscribingCanBeLeftToTheAccount) {
  call("Action=CreateTopic&Name=one");
  call("Action=Subscribe&Protocol=http&Endpoint=http%3A%2F%2F192.0.2.1%2Fx&TopicArn=" + topic_);
  const std::string body =
      call("Action=ConfirmSubscription&AuthenticateOnUnsubscribe=true&TopicArn=" + topic_ + "&Token=" + token()).body;
  const std::string arn = body.substr(body.find(topic_ + ":"), topic_.size() + 37);
  EXPECT_EQ(get("/?Action=Unsubscribe&SubscriptionArn=" + arn).status, 403);
  EXPECT_EQ(call("Action=Unsubscribe&SubscriptionArn=" + arn, "000000000002").status, 404);
  EXPECT_EQ(call("Action=Unsubscribe&SubscriptionArn=" + arn).status, 200);
}

TEST_F(SnsApiTest, OnlyWhatNeedsNoSignatureIsTakenWithoutOne) {
  EXPECT_EQ(get("/?Action=CreateTopic&Name=one").body, "not taken");
  EXPECT_EQ(get("/?Action=Unsubscribe&X-Amz-Signature=x").body, "not taken");
  EXPECT_EQ(get("/v2/email").body, "not taken");
  EXPECT_EQ(get(key_.path()).body, key_.certificate());
}

TEST_F(SnsApiTest, RefusalsHaveTheCodesOfSns) {
  call("Action=CreateTopic&Name=one");
  const auto code = [&](const std::string& form) {
    const std::string body = call(form).body;
    const auto begin = body.find("<Code>") + 6;
    return body.substr(begin, body.find("</Code>") - begin);
  };
  EXPECT_EQ(code("Action=Nonsense"), "InvalidAction");
  EXPECT_EQ(code("Version=2010-03-31"), "MissingAction");
  EXPECT_EQ(code("Action=CreateTopic&Name=a%20b"), "InvalidParameter");
  EXPECT_EQ(code("Action=CreateTopic"), "ValidationError");
  EXPECT_EQ(code("Action=Subscribe&Protocol=sqs&Endpoint=arn&TopicArn=" + topic_), "InvalidParameter");
  EXPECT_EQ(code("Action=Subscribe&Protocol=http&Endpoint=http%3A%2F%2F%5B%3A%3A1%5D%2F&TopicArn=" + topic_),
            "InvalidParameter");  // may not be contacted
  EXPECT_EQ(code("Action=Publish&Message=m&Subject=%0A&TopicArn=" + topic_), "InvalidParameter");
  EXPECT_EQ(code("Action=SetTopicAttributes&AttributeName=Policy&AttributeValue=x&TopicArn=" + topic_),
            "InvalidParameter");
  EXPECT_EQ(code("Action=ListTopics&NextToken=x"), "InvalidParameter");
}

}  // namespace
}  // namespace sesame::api
