// Golden texts in the shape that spec 3.4 records.
#include "events/notification.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace sesame::events {
namespace {

using store::EventKind;

store::MessageRecord some_message() {
  store::MessageRecord record;
  store::NewMessage& message = record.message;
  message.api_message_id = "0100019b76daa800-id-000000";
  message.account_id = "000000000000";
  message.identity = "example.com";
  message.author_address = "ann@example.com";
  message.configuration_set = "cs";
  message.tags = {{"k", "v"}, {"k", "w"}, {"campaign", "spring"}};
  message.operation = "SendEmail";
  message.caller = "AKIDEXAMPLE";
  message.source_ip = "192.0.2.1";
  message.accepted = from_unix_ms(1767225600000);
  message.expires = from_unix_ms(1767276000000);
  message.envelope.recipients = {"b@example.net"};
  message.header_section =
      "From: Ann <ann@example.com>\r\nTo: b@example.net\r\nSubject: =?UTF-8?Q?Gr=C3=BC=C3=9Fe?=\r\n"
      "Feedback-ID: ::1.us-east-1.x:Sesame\r\nX-Folded: one\r\n two\r\n";
  store::RecipientRecord recipient;
  recipient.forward_path = "b@example.net";
  store::Attempt attempt;
  attempt.source_ip = "192.0.2.9";
  recipient.attempts = {attempt};
  record.recipients = {recipient};
  return record;
}

store::Event event_of(EventKind kind, std::string recipient, std::string detail) {
  store::Event event;
  event.sequence = 7;
  event.account_id = "000000000000";
  event.api_message_id = "0100019b76daa800-id-000000";
  event.kind = kind;
  event.at = from_unix_ms(1767225600546);
  event.recipient = std::move(recipient);
  event.detail = std::move(detail);
  return event;
}

NotificationOptions options(Wrapping wrapping, bool with_headers = false) {
  return {
      .wrapping = wrapping, .with_headers = with_headers, .region = "us-east-1", .reporting_mta = "mail.svc.example"};
}

std::string told(const store::Event& event, const NotificationOptions& how,
                 const store::MessageRecord& message = some_message()) {
  const auto json = notification_json(event, message, how);
  return json ? *json : "error: " + json.error();
}

constexpr const char* delivery_detail =
    R"({"remote_host":"mx.example.net","remote_ip":"192.0.2.7","reply":"250 2.0.0 OK","tls":"","processing_ms":546})";

#define MAIL_HEAD                                                                       \
  R"("mail":{"timestamp":"2026-01-01T00:00:00.000Z","source":"Ann <ann@example.com>",)" \
  R"("sourceArn":"arn:aws:ses:us-east-1:000000000000:identity/example.com",)"
#define MAIL_REST \
  R"("sendingAccountId":"000000000000","messageId":"0100019b76daa800-id-000000","destination":["b@example.net"])"
#define MAIL_HEADERS                                                                                   \
  R"(,"headersTruncated":false,"headers":[{"name":"From","value":"Ann <ann@example.com>"},)"           \
  R"({"name":"To","value":"b@example.net"},{"name":"Subject","value":"=?UTF-8?Q?Gr=C3=BC=C3=9Fe?="},)" \
  R"({"name":"X-Folded","value":"one two"}],)"                                                         \
  R"("commonHeaders":{"from":["Ann <ann@example.com>"],"to":["b@example.net"],"cc":[],)"               \
  R"("messageId":"0100019b76daa800-id-000000","subject":"Grüße"})"
#define TAGS(outgoing)                                                                                      \
  R"(,"tags":{"ses:operation":["SendEmail"],"ses:configuration-set":["cs"],"ses:source-ip":["192.0.2.1"],)" \
  R"("ses:from-domain":["example.com"],"ses:caller-identity":["AKIDEXAMPLE"],)" outgoing                    \
  R"("k":["v","w"],"campaign":["spring"]}})"
#define OUTGOING R"("ses:outgoing-ip":["192.0.2.9"],)"

TEST(ConfigurationEvent, Send) {
  EXPECT_EQ(told(event_of(EventKind::send, "", R"({"recipients":["b@example.net"]})"),
                 options(Wrapping::configuration_event)),
            R"({"eventType":"Send",)" MAIL_HEAD MAIL_REST MAIL_HEADERS TAGS("") R"(,"send":{}})");
}

TEST(ConfigurationEvent, Delivery) {
  EXPECT_EQ(
      told(event_of(EventKind::delivery, "b@example.net", delivery_detail), options(Wrapping::configuration_event)),
      R"({"eventType":"Delivery",)" MAIL_HEAD MAIL_REST MAIL_HEADERS TAGS(
          OUTGOING) R"(,"delivery":{"timestamp":"2026-01-01T00:00:00.546Z","processingTimeMillis":546,)"
                    R"("recipients":["b@example.net"],"smtpResponse":"250 2.0.0 OK","reportingMTA":"mail.svc.example",)"
                    R"("remoteMtaIp":"192.0.2.7"}})");
}

TEST(ConfigurationEvent, Reject) {
  EXPECT_EQ(
      told(event_of(EventKind::reject, "", R"({"reason":"Bad content"})"), options(Wrapping::configuration_event)),
      R"({"eventType":"Reject",)" MAIL_HEAD MAIL_REST MAIL_HEADERS TAGS("") R"(,"reject":{"reason":"Bad content"}})");
}

TEST(ConfigurationEvent, DeliveryDelayOfASession) {
  EXPECT_EQ(
      told(event_of(EventKind::delivery_delay, "b@example.net",
                    R"({"remote_host":"mx","remote_ip":"192.0.2.7","reply":"452 4.2.2 Full","status":"4.2.2"})"),
           options(Wrapping::configuration_event)),
      R"({"eventType":"DeliveryDelay",)" MAIL_HEAD MAIL_REST MAIL_HEADERS TAGS(
          OUTGOING) R"(,"deliveryDelay":{"delayType":"MailboxFull","delayedRecipients":[{"emailAddress":"b@example.net",)"
                    R"("status":"4.2.2","diagnosticCode":"452 4.2.2 Full"}],"expirationTime":"2026-01-01T14:00:00.000Z",)"
                    R"("reportingMTA":"mail.svc.example","timestamp":"2026-01-01T00:00:00.546Z"}})");
}

constexpr const char* bounce_detail =
    R"({"source":"dsn","bounce_type":"Permanent","bounce_subtype":"NoEmail","action":"failed","status":"5.1.1",)"
    R"("diagnostic_code":"smtp; 550 5.1.1 Gone","reporting_mta":"dns; mx.example.net","remote_ip":""})";

TEST(IdentityFeedback, BounceWithoutHeaders) {
  const store::Event event = event_of(EventKind::bounce, "b@example.net", bounce_detail);
  EXPECT_EQ(told(event, options(Wrapping::identity_feedback)),
            R"({"notificationType":"Bounce","bounce":{"bounceType":"Permanent","bounceSubType":"NoEmail",)"
            R"("bouncedRecipients":[{"emailAddress":"b@example.net","action":"failed","status":"5.1.1",)"
            R"("diagnosticCode":"smtp; 550 5.1.1 Gone"}],"timestamp":"2026-01-01T00:00:00.546Z","feedbackId":")" +
                feedback_id(event) +
                R"(","reportingMTA":"dns; mx.example.net"},)" MAIL_HEAD
                R"("sourceIp":"192.0.2.1","callerIdentity":"AKIDEXAMPLE",)" MAIL_REST "}}");
}

TEST(IdentityFeedback, DeliveryWithHeaders) {
  EXPECT_EQ(
      told(event_of(EventKind::delivery, "b@example.net", delivery_detail), options(Wrapping::identity_feedback, true)),
      R"({"notificationType":"Delivery",)" MAIL_HEAD
      R"("sourceIp":"192.0.2.1","callerIdentity":"AKIDEXAMPLE",)" MAIL_REST MAIL_HEADERS
      R"(},"delivery":{"timestamp":"2026-01-01T00:00:00.546Z","processingTimeMillis":546,)"
      R"("recipients":["b@example.net"],"smtpResponse":"250 2.0.0 OK","reportingMTA":"mail.svc.example",)"
      R"("remoteMtaIp":"192.0.2.7"}})");
}

TEST(IdentityFeedback, ComplaintThatNamesNobodyListsAllWhoGotTheMessage) {
  store::MessageRecord message = some_message();
  message.message.envelope.recipients = {"b@example.net", "c@example.net", "gone@example.net"};
  message.recipients[0].state = store::RecipientState::delivered;
  message.recipients.push_back(message.recipients[0]);
  message.recipients[1].forward_path = "c@example.net";
  message.recipients.push_back(message.recipients[0]);
  message.recipients[2].forward_path = "gone@example.net";
  message.recipients[2].state = store::RecipientState::suppressed;
  const store::Event event =
      event_of(EventKind::complaint, "", R"({"feedback_type":"abuse","user_agent":"Button/1","arrival_date":""})");
  const std::string json = told(event, options(Wrapping::identity_feedback), message);
  EXPECT_TRUE(json.starts_with(
      R"({"notificationType":"Complaint","complaint":{"complainedRecipients":[{"emailAddress":"b@example.net"},)"
      R"({"emailAddress":"c@example.net"}],"timestamp":"2026-01-01T00:00:00.546Z","feedbackId":")" +
      feedback_id(event) +
      R"(","complaintSubType":null,"userAgent":"Button/1","complaintFeedbackType":"abuse"},"mail":{)"))
      << json;
}

TEST(IdentityFeedback, ComplaintOfAProviderListsWhoGotTheMessageThere) {
  store::MessageRecord message = some_message();
  message.recipients[0].state = store::RecipientState::delivered;
  for (const char* other : {"c@Provider.example", "d@notprovider.example"}) {
    message.recipients.push_back(message.recipients[0]);
    message.recipients.back().forward_path = other;
  }
  const auto complained = [&](const std::string& reporter) {
    const std::string detail = R"({"feedback_type":"abuse","user_agent":"","reporter":")" + reporter + "\"}";
    const std::string json =
        told(event_of(EventKind::complaint, "", detail), options(Wrapping::identity_feedback), message);
    const auto begin = json.find('[');
    return json.substr(begin, json.find(']') + 1 - begin);
  };
  const std::string everybody =
      R"([{"emailAddress":"b@example.net"},{"emailAddress":"c@Provider.example"},{"emailAddress":"d@notprovider.example"}])";
  EXPECT_EQ(complained("provider.example"), R"([{"emailAddress":"c@Provider.example"}])");
  EXPECT_EQ(complained("arf.mail.provider.example"), R"([{"emailAddress":"c@Provider.example"}])");
  EXPECT_EQ(complained("elsewhere.example"), everybody);
  EXPECT_EQ(complained(""), everybody);
}

TEST(IdentityFeedback, BounceThatNamesNobodyAccusesNobody) {
  const std::string json = told(event_of(EventKind::bounce, "", bounce_detail), options(Wrapping::identity_feedback));
  EXPECT_TRUE(json.contains(R"("bouncedRecipients":[],)")) << json;
}

TEST(ConfigurationEvent, OpeningsAndClicksTellWhoFollowedWhat) {
  const std::string tail = R"(,"timestamp":"2026-01-01T00:00:00.546Z","userAgent":"Mail/1")";
  const auto told_of = [](EventKind kind, std::string detail) {
    return told(event_of(kind, "", std::move(detail)), options(Wrapping::configuration_event));
  };
  const std::string open = told_of(EventKind::open, R"({"ip":"192.0.2.3","user_agent":"Mail/1"})");
  EXPECT_TRUE(open.starts_with(R"({"eventType":"Open","mail":{)")) << open;
  EXPECT_TRUE(open.ends_with(R"(,"open":{"ipAddress":"192.0.2.3")" + tail + "}}")) << open;
  const std::string link = R"({"ip":"192.0.2.3","user_agent":"Mail/1","url":"https://x.example/","tags":)";
  const std::string click = told_of(EventKind::click, link + R"({"k":["v","w"]}})");
  EXPECT_TRUE(click.starts_with(R"({"eventType":"Click","mail":{)")) << click;
  EXPECT_TRUE(click.ends_with(R"(,"click":{"ipAddress":"192.0.2.3")" + tail +
                              R"(,"link":"https://x.example/","linkTags":{"k":["v","w"]}}})"))
      << click;
  EXPECT_TRUE(told_of(EventKind::click, link + "{}}").ends_with(R"("linkTags":null}})"));
}

TEST(ConfigurationEvent, SubscriptionTellsWhatWasAndWhatIs) {
  const std::string json =
      told(event_of(EventKind::subscription, "b@example.net",
                    R"({"contact_list":"news","source":"UnsubscribeHeader",)"
                    R"("new":{"unsubscribe_all":false,"topics":[{"topic":"t","status":"opt_out"}]},)"
                    R"("old":{"unsubscribe_all":false,"topics":[{"topic":"t","status":"opt_in"}]}})"),
           options(Wrapping::configuration_event));
  EXPECT_TRUE(json.starts_with(R"({"eventType":"Subscription","mail":{)")) << json;
  EXPECT_TRUE(json.ends_with(
      R"(,"subscription":{"contactList":"news","timestamp":"2026-01-01T00:00:00.546Z","source":"UnsubscribeHeader",)"
      R"("newTopicPreferences":{"unsubscribeAll":false,)"
      R"("topicSubscriptionStatus":[{"topicName":"t","subscriptionStatus":"OptOut"}]},)"
      R"("oldTopicPreferences":{"unsubscribeAll":false,)"
      R"("topicSubscriptionStatus":[{"topicName":"t","subscriptionStatus":"OptIn"}]}}})"))
      << json;
}

TEST(ConfigurationEvent, RenderingFailureNamesTemplateAndReason) {
  const std::string json = told(event_of(EventKind::rendering_failure, "", R"({"template":"t","error":"why"})"),
                                options(Wrapping::configuration_event));
  EXPECT_TRUE(json.starts_with(R"({"eventType":"Rendering Failure","mail":{)")) << json;
  EXPECT_TRUE(json.ends_with(R"(,"failure":{"templateName":"t","errorMessage":"why"}})")) << json;
}

TEST(Notification, AutomaticReplyIsTheTransientBounceOfSes) {
  const std::string json = told(event_of(EventKind::auto_reply, "b@example.net", R"({"subject":"away"})"),
                                options(Wrapping::configuration_event));
  EXPECT_TRUE(json.starts_with(R"({"eventType":"Bounce","bounce":{"bounceType":"Transient","bounceSubType":"General",)"
                               R"("bouncedRecipients":[{"emailAddress":"b@example.net"}],)"))
      << json;
}

TEST(Notification, MessageIdsAndFeedbackIdsHaveOneForm) {
  const std::string id = feedback_id(event_of(EventKind::bounce, "b@example.net", "{}"));
  EXPECT_EQ(id.size(), 60u);
  EXPECT_TRUE(id.starts_with("0100019b76daaa22-")) << id;
  EXPECT_TRUE(id.ends_with("-000000"));
  EXPECT_EQ(id, feedback_id(event_of(EventKind::bounce, "b@example.net", "{}")));
}

TEST(Notification, HeadersThatAreNoUtf8AreMadeSo) {
  store::MessageRecord message = some_message();
  message.message.header_section = "From: a@b.example\r\nX-Raw: \xff\x01\r\nSubject: \xe4\r\n";
  message.message.header_section_cut = true;
  const std::string json = told(event_of(EventKind::send, "", "{}"), options(Wrapping::configuration_event), message);
  EXPECT_TRUE(boost::json::parse(json).is_object());
  EXPECT_TRUE(json.contains(R"("headersTruncated":true)"));
  EXPECT_TRUE(json.contains(R"({"name":"X-Raw","value":"� "})")) << json;
}

TEST(Notification, DamagedDetailIsAnErrorThatNamesTheEvent) {
  EXPECT_EQ(told(event_of(EventKind::bounce, "", "[]"), options(Wrapping::configuration_event)),
            "error: event 7: its detail is not a JSON object");
}

TEST(Notification, AnAutomaticReplyCountsAsABounce) {
  EXPECT_EQ(told_as(EventKind::auto_reply), EventKind::bounce);
  EXPECT_EQ(feedback_kind(EventKind::auto_reply), store::FeedbackKind::bounce);
  EXPECT_EQ(feedback_kind(EventKind::delivery), store::FeedbackKind::delivery);
  EXPECT_EQ(feedback_kind(EventKind::send), std::nullopt);
}

}  // namespace
}  // namespace sesame::events
