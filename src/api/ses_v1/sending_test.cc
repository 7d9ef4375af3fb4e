// Sending through SES API v1 (spec 3.2, 4.2).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/ses_v1/testing/ses_v1_house.h"
#include "base/text.h"

namespace sesame::api {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::string_view letter =
    "Action=SendEmail&Source=ann%40example.com&Destination.ToAddresses.member.1=b%40example.net"
    "&Message.Subject.Data=Hi&Message.Body.Text.Data=Hello";

class SesV1Sending : public testing::Test {
 protected:
  SesV1Sending() { house.verified_domain("example.com"); }

  V1Answer send(std::string_view more = "") { return house.call(std::string(letter).append(more)); }
  V1Answer send_raw(std::string_view message, std::string_view more = "") {
    return house.call("Action=SendRawEmail&RawMessage.Data=" + percent_encode(base64_encode(message)) +
                      std::string(more));
  }
  std::string refused(const V1Answer& answer) {
    EXPECT_EQ(answer.status, 400);
    EXPECT_TRUE(house.queued().empty());
    return answer.code() + ": " + answer.message();
  }

  SesV1House house;
};

TEST_F(SesV1Sending, MessageIsQueuedUnderTheIdAnswered) {
  const V1Answer answer = send("&ReturnPath=bounces%40example.com&Tags.member.1.Name=k&Tags.member.1.Value=v");
  ASSERT_EQ(answer.status, 200) << answer.body;
  ASSERT_EQ(house.queued().size(), 1u);
  const store::NewMessage message = house.queued().front().message;
  EXPECT_EQ(answer.at("SendEmailResponse.SendEmailResult.MessageId"), message.api_message_id);
  EXPECT_EQ(message.account_id, SesV1House::account);
  EXPECT_EQ(message.accepted_through, "ses_v1");
  EXPECT_EQ(message.source_ip, "192.0.2.7");
  EXPECT_EQ(message.feedback_address, "bounces@example.com");
  EXPECT_THAT(message.tags, ElementsAre(testing::Pair("k", "v")));
  EXPECT_THAT(message.envelope.recipients, ElementsAre("b@example.net"));
  const std::string content = house.content_of(house.queued().front());
  EXPECT_THAT(content, HasSubstr("Subject: Hi\r\n"));
  EXPECT_THAT(content, HasSubstr("From: ann@example.com\r\n"));
}

// Decoded on the worker pool.
TEST_F(SesV1Sending, ALargeRawMessageIsQueuedOctetForOctet) {
  std::string body;
  while (body.size() < 200'000) body += "line " + std::to_string(body.size()) + "\r\n";
  const V1Answer answer = send_raw("From: ann@example.com\r\nTo: b@example.net\r\nSubject: Raw\r\n\r\n" + body);
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_TRUE(house.content_of(house.queued().front()).ends_with("\r\n\r\n" + body));
  EXPECT_EQ(send_raw("To: b@example.net\r\n\r\n" + body).code(), "InvalidParameterValue");
}

TEST_F(SesV1Sending, RawMessageIsQueuedForItsDestinations) {
  const V1Answer answer = send_raw("From: ann@example.com\r\nTo: list@example.net\r\nSubject: Raw\r\n\r\nHello\r\n",
                                   "&Destinations.member.1=b%40example.net");
  ASSERT_EQ(answer.status, 200) << answer.body;
  const store::MessageRecord queued = house.queued().front();
  EXPECT_EQ(answer.at("SendRawEmailResponse.SendRawEmailResult.MessageId"), queued.message.api_message_id);
  EXPECT_THAT(queued.message.envelope.recipients, ElementsAre("b@example.net"));
  EXPECT_EQ(queued.message.feedback_address, "ann@example.com");
  EXPECT_THAT(house.content_of(queued), HasSubstr("To: list@example.net\r\n"));
}

TEST_F(SesV1Sending, RawMessageWithoutDestinationsGoesToItsHeaders) {
  ASSERT_EQ(send_raw("From: ann@example.com\r\nTo: a@example.net\r\nBcc: b@example.net\r\n\r\nHello\r\n").status, 200);
  EXPECT_THAT(house.queued().front().message.envelope.recipients, ElementsAre("a@example.net", "b@example.net"));
}

TEST_F(SesV1Sending, UnverifiedSendersAreRejectedByName) {
  EXPECT_EQ(refused(house.call("Action=SendEmail&Source=ann%40other.example&ReturnPath=x%40third.example"
                               "&Destination.ToAddresses.member.1=b%40example.net&Message.Subject.Data=Hi"
                               "&Message.Body.Text.Data=Hello")),
            "MessageRejected: Email address is not verified. The following identities failed the check in region "
            "US-EAST-1: ann@other.example, x@third.example");
}

TEST_F(SesV1Sending, BadRecipientRefusesTheWholeMessage) {
  EXPECT_EQ(refused(send("&Destination.CcAddresses.member.1=nobody")),
            "InvalidParameterValue: Missing final '@domain' (CcAddresses)");
}

TEST_F(SesV1Sending, MessageWithoutRecipientsIsRefused) {
  EXPECT_THAT(refused(house.call("Action=SendEmail&Source=ann%40example.com&Destination=&Message.Subject.Data=Hi"
                                 "&Message.Body.Text.Data=Hello")),
              testing::StartsWith("InvalidParameterValue: "));
}

TEST_F(SesV1Sending, FiftyOneRecipientsAreRefused) {
  std::string more;
  for (int i = 2; i <= 51; ++i) {
    more += "&Destination.ToAddresses.member." + std::to_string(i) + "=b" + std::to_string(i) + "%40example.net";
  }
  EXPECT_EQ(refused(send(more)), "InvalidParameterValue: Recipient count exceeds 50.");
}

TEST_F(SesV1Sending, LineBreakInTheSubjectIsRefused) {
  std::string form(letter);
  form.replace(form.find("Data=Hi"), 7, "Data=Hi%0D%0ABcc%3A+x%40example.net");
  EXPECT_THAT(refused(house.call(form)),
              testing::AllOf(testing::StartsWith("InvalidParameterValue: "), HasSubstr("Subject")));
}

TEST_F(SesV1Sending, UnknownConfigurationSetIsRefused) {
  EXPECT_EQ(refused(send("&ConfigurationSetName=nope")),
            "ConfigurationSetDoesNotExist: Configuration set <nope> does not exist.");
}

TEST_F(SesV1Sending, BadTagIsRefused) {
  EXPECT_THAT(refused(send("&Tags.member.1.Name=a+b&Tags.member.1.Value=v")),
              testing::StartsWith("InvalidParameterValue: "));
}

TEST_F(SesV1Sending, RawMessageWithoutFromIsRefused) {
  EXPECT_EQ(refused(send_raw("To: b@example.net\r\n\r\nHello\r\n")),
            "InvalidParameterValue: Missing required header 'From'.");
}

TEST_F(SesV1Sending, RawMessageOverTenMebibytesIsRefused) {
  const std::string line = std::string(900, 'x') + "\r\n";
  std::string message = "From: ann@example.com\r\nTo: b@example.net\r\n\r\n";
  while (message.size() <= 10u << 20) message += line;
  EXPECT_THAT(refused(send_raw(message)),
              testing::StartsWith("InvalidParameterValue: Message length is more than 10485760 bytes long"));
}

TEST_F(SesV1Sending, RawMessageThatIsNoBase64IsRefused) {
  EXPECT_EQ(refused(house.call("Action=SendRawEmail&RawMessage.Data=From%3A")),
            "MalformedInput: Value at 'rawMessage.data' cannot be read: not valid base64");
}

}  // namespace
}  // namespace sesame::api
