#include "publish/envelope.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <boost/json.hpp>

#include "base/text.h"
#include "publish/destination_name.h"
#include "publish/retry.h"
#include "publish/signing_key.h"

namespace sesame::publish {
namespace {

TopicMessage some_message() {
  return {.message_id = "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
          .topic_arn = "arn:aws:sns:us-east-1:000000000000:one",
          .subject = "My \"subject\"",
          .message = "Hello\nworld",
          .at = from_unix_ms(1767225600001)};
}

// What the developer guide says is signed, spelled out.
constexpr const char* notification_text =
    "Message\nHello\nworld\nMessageId\n22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324\nSubject\nMy \"subject\"\n"
    "Timestamp\n2026-01-01T00:00:00.001Z\nTopicArn\narn:aws:sns:us-east-1:000000000000:one\nType\nNotification\n";

TEST(Envelope, NotificationIsTheDocumentOfTheGuide) {
  std::string signed_text;
  const Sign sign = [&](std::string_view text) {
    signed_text = text;
    return "c2ln";
  };
  EXPECT_EQ(notification_envelope(some_message(), 1, {"https://h/cert.pem", "https://h/?Action=Unsubscribe"}, sign),
            R"({
  "Type" : "Notification",
  "MessageId" : "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
  "TopicArn" : "arn:aws:sns:us-east-1:000000000000:one",
  "Subject" : "My \"subject\"",
  "Message" : "Hello\nworld",
  "Timestamp" : "2026-01-01T00:00:00.001Z",
  "SignatureVersion" : "1",
  "Signature" : "c2ln",
  "SigningCertURL" : "https://h/cert.pem",
  "UnsubscribeURL" : "https://h/?Action=Unsubscribe"
})");
  EXPECT_EQ(signed_text, notification_text);
}

TEST(Envelope, WithoutSubjectNothingIsSaidOrSignedAboutOne) {
  TopicMessage message = some_message();
  message.subject = "";
  std::string signed_text;
  const Sign sign = [&](std::string_view text) {
    signed_text = text;
    return "";
  };
  EXPECT_FALSE(notification_envelope(message, 2, {}, sign).contains("Subject"));
  EXPECT_FALSE(signed_text.contains("Subject"));
}

TEST(Envelope, ConfirmationSignsTokenAndUrl) {
  std::string signed_text;
  const Sign sign = [&](std::string_view text) {
    signed_text = text;
    return "";
  };
  const std::string json = confirmation_envelope(some_message(), "t0ken", 2, {"https://h/c.pem", "https://h/?s"}, sign);
  EXPECT_EQ(signed_text,
            "Message\nHello\nworld\nMessageId\n22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324\nSubscribeURL\nhttps://h/?s\n"
            "Timestamp\n2026-01-01T00:00:00.001Z\nToken\nt0ken\nTopicArn\narn:aws:sns:us-east-1:000000000000:one\n"
            "Type\nSubscriptionConfirmation\n");
  EXPECT_EQ(boost::json::parse(json).at("SignatureVersion"), "2");
  EXPECT_EQ(boost::json::parse(json).at("Token"), "t0ken");
}

TEST(Envelope, PayloadComesBack) {
  TopicMessage message = some_message();
  message.attributes["a"] = {{"Type", "String"}, {"Value", "b"}};
  const auto read = read_payload(to_payload(message));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->message_id, message.message_id);
  EXPECT_EQ(read->subject, message.subject);
  EXPECT_EQ(read->message, message.message);
  EXPECT_EQ(read->at, message.at);
  EXPECT_EQ(read->attributes, message.attributes);
  for (const char* damaged : {"", "[]", "{}", R"({"message_id":"","subject":"","message":"","at":"x"})"}) {
    EXPECT_FALSE(read_payload(damaged)) << damaged;
  }
}

TEST(Envelope, HeadersSayWhatItIs) {
  const http::Fields fields = envelope_headers(EnvelopeType::notification, some_message(), "arn:sub", true);
  EXPECT_EQ(fields.find("x-amz-sns-message-type"), "Notification");
  EXPECT_EQ(fields.find("x-amz-sns-subscription-arn"), "arn:sub");
  EXPECT_EQ(fields.find("x-amz-sns-rawdelivery"), "true");
  EXPECT_EQ(fields.find("Content-Type"), "text/plain; charset=UTF-8");
  const http::Fields asking =
      envelope_headers(EnvelopeType::subscription_confirmation, some_message(), "arn:sub", false);
  EXPECT_EQ(asking.find("x-amz-sns-message-type"), "SubscriptionConfirmation");
  EXPECT_FALSE(asking.contains("x-amz-sns-subscription-arn"));
}

// By another path than the signer's: the certificate's public key.
bool verifies(const std::string& certificate_pem, std::string_view text, const std::string& signature,
              const EVP_MD* digest) {
  BIO* bio = BIO_new_mem_buf(certificate_pem.data(), static_cast<int>(certificate_pem.size()));
  X509* certificate = PEM_read_bio_X509(bio, nullptr, nullptr, nullptr);
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  const std::string octets = base64_decode(signature).value_or("");
  const bool good = certificate != nullptr &&
                    EVP_DigestVerifyInit(context, nullptr, digest, nullptr, X509_get0_pubkey(certificate)) == 1 &&
                    EVP_DigestVerify(context, reinterpret_cast<const unsigned char*>(octets.data()), octets.size(),
                                     reinterpret_cast<const unsigned char*>(text.data()), text.size()) == 1;
  EVP_MD_CTX_free(context);
  X509_free(certificate);
  BIO_free_all(bio);
  return good;
}

TEST(SigningKey, SignsBothVersionsAndSurvivesBeingKept) {
  const SigningKey made = SigningKey::generate("sns.svc.example");
  const auto kept = SigningKey::from_pem(made.to_pem().reveal());
  ASSERT_TRUE(kept) << kept.error();
  EXPECT_EQ(kept->certificate(), made.certificate());
  EXPECT_EQ(kept->path(), made.path());
  EXPECT_TRUE(made.path().starts_with("/SimpleNotificationService-"));
  EXPECT_TRUE(made.path().ends_with(".pem"));
  EXPECT_TRUE(verifies(made.certificate(), "text", kept->sign("text", 1), EVP_sha1()));
  EXPECT_TRUE(verifies(made.certificate(), "text", kept->sign("text", 2), EVP_sha256()));
  EXPECT_FALSE(verifies(made.certificate(), "another", kept->sign("text", 2), EVP_sha256()));
  EXPECT_FALSE(SigningKey::from_pem(made.certificate()));
  EXPECT_FALSE(SigningKey::from_pem("damaged"));
}

TEST(PublishRetry, AnswersAboutTheMessageConcernItAlone) {
  EXPECT_EQ(judge(204).verdict, Verdict::taken);
  for (const int status : {400, 413, 415, 422}) EXPECT_EQ(judge(status).verdict, Verdict::entry_failed) << status;
  for (const int status : {101, 303, 401, 403, 404, 410, 429, 500, 503}) {
    EXPECT_EQ(judge(status).verdict, Verdict::destination_failed) << status;
  }
  const Attempted failed = judge(std::unexpected(PostError{PostErrc::refused_address, "why"}));
  EXPECT_EQ(failed.verdict, Verdict::destination_failed);
  EXPECT_EQ(failed.error, "why");
}

TEST(PublishRetry, PausesGrowToFiveMinutes) {
  SeededRandom random(1);
  const auto within = [&](std::uint32_t failures, int seconds) {
    const auto pause = pause_after(failures, random);
    const std::chrono::milliseconds least = std::chrono::seconds(seconds);
    return pause >= least && pause < least * 6 / 5;
  };
  EXPECT_TRUE(within(1, 1));
  EXPECT_TRUE(within(2, 2));
  EXPECT_TRUE(within(5, 16));
  EXPECT_TRUE(within(9, 256));
  EXPECT_TRUE(within(10, 300));
  EXPECT_TRUE(within(4'000'000'000u, 300));
}

TEST(DestinationName, WebhookComesBack) {
  const WebhookName name{"000000000001", "set", "hook"};
  EXPECT_EQ(to_string(name), "webhook/000000000001/set/hook");
  EXPECT_EQ(parse_webhook_name(to_string(name)), name);
  EXPECT_FALSE(parse_webhook_name("arn:aws:sns:us-east-1:1:t:u"));
  EXPECT_FALSE(parse_webhook_name("webhook/1/2"));
}

}  // namespace
}  // namespace sesame::publish
