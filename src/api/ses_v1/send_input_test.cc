#include "api/ses_v1/send_input.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sesame::api::ses_v1 {
namespace {

using sigv4::Parameter;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

using Parameters = std::vector<Parameter>;

Parameters letter() {
  return {{"Source", "Ann <ann@example.com>"},
          {"Destination.ToAddresses.member.1", "b@example.net"},
          {"Message.Subject.Data", "Hi"},
          {"Message.Body.Text.Data", "Hello"}};
}

Parameters with(Parameters parameters, std::string name, std::string value) {
  std::erase_if(parameters, [&](const Parameter& p) { return p.name == name; });
  parameters.push_back({std::move(name), std::move(value)});
  return parameters;
}

Parameters without(Parameters parameters, std::string_view name) {
  std::erase_if(parameters, [&](const Parameter& p) { return p.name == name; });
  return parameters;
}

const submission::ComposedContent& composed(const QueryResult<submission::SubmissionRequest>& request) {
  return std::get<submission::ComposedContent>(request.value().content);
}

std::string refusal(const Parameters& parameters) {
  const auto request = read_send_email(parameters);
  return request ? "(accepted)" : request.error().message;
}

TEST(SendEmailForm, EveryMemberReachesThePipeline) {
  Parameters p = letter();
  p = with(p, "Destination.CcAddresses.member.1", "c@example.net");
  p = with(p, "Destination.BccAddresses.member.1", "d@example.net");
  p = with(p, "ReplyToAddresses.member.1", "reply@example.com");
  p = with(p, "ReturnPath", "bounces@example.com");
  p = with(p, "ConfigurationSetName", "set");
  p = with(p, "Tags.member.1.Name", "k");
  p = with(p, "Tags.member.1.Value", "v");
  p = with(p, "Message.Body.Html.Data", "<p>Hello</p>");
  const auto request = read_send_email(p);
  ASSERT_TRUE(request) << request.error().message;
  EXPECT_EQ(request->door, submission::Door::ses_v1);
  EXPECT_EQ(request->source, "Ann <ann@example.com>");
  EXPECT_EQ(request->feedback_address, "bounces@example.com");
  EXPECT_EQ(request->configuration_set, "set");
  EXPECT_THAT(request->tags, ElementsAre(Pair("k", "v")));
  EXPECT_FALSE(request->recipients);
  EXPECT_THAT(composed(request).to, ElementsAre("b@example.net"));
  EXPECT_THAT(composed(request).cc, ElementsAre("c@example.net"));
  EXPECT_THAT(composed(request).bcc, ElementsAre("d@example.net"));
  EXPECT_THAT(composed(request).reply_to, ElementsAre("reply@example.com"));
  EXPECT_EQ(composed(request).subject, "Hi");
  EXPECT_EQ(composed(request).text, "Hello");
  EXPECT_EQ(composed(request).html, "<p>Hello</p>");
}

TEST(SendEmailForm, WhatSdksWriteForEmptyListsAndTextsIsNothing) {
  Parameters p = letter();
  for (const char* name :
       {"ReplyToAddresses", "ReturnPath", "Tags", "ConfigurationSetName", "SourceArn", "Destination.CcAddresses"}) {
    p = with(p, name, "");
  }
  const auto request = read_send_email(p);
  ASSERT_TRUE(request) << request.error().message;
  EXPECT_EQ(request->feedback_address, "");
  EXPECT_FALSE(request->configuration_set);
  EXPECT_THAT(request->tags, IsEmpty());
  EXPECT_THAT(composed(request).cc, IsEmpty());
}

TEST(SendEmailForm, EachRequiredMemberIsNamedWhenMissing) {
  const auto null_at = [](std::string_view path) {
    return "1 validation error detected: Value null at '" + std::string(path) +
           "' failed to satisfy constraint: Member must not be null";
  };
  EXPECT_EQ(refusal(without(letter(), "Source")), null_at("source"));
  EXPECT_EQ(refusal(without(letter(), "Destination.ToAddresses.member.1")), null_at("destination"));
  EXPECT_EQ(refusal(without(letter(), "Message.Subject.Data")), null_at("message.subject"));
  EXPECT_EQ(refusal(without(letter(), "Message.Body.Text.Data")), null_at("message.body"));
  EXPECT_EQ(refusal(with(without(letter(), "Message.Body.Text.Data"), "Message.Body.Text.Charset", "UTF-8")),
            null_at("message.body.text.data"));
  EXPECT_EQ(refusal(with(letter(), "Tags.member.1.Name", "k")), null_at("tags.1.member.value"));
  EXPECT_TRUE(refusal({}).starts_with("3 validation errors detected: "));
}

TEST(SendEmailForm, EmptySubjectAndBodyAreTexts) {
  const auto request = read_send_email(with(with(letter(), "Message.Subject.Data", ""), "Message.Body.Text.Data", ""));
  ASSERT_TRUE(request) << request.error().message;
  EXPECT_EQ(composed(request).subject, "");
  EXPECT_EQ(composed(request).text, "");
}

TEST(SendEmailForm, Utf8StaysWhateverCharsetTheMessageIsToHave) {
  const std::string umlauts =
      "Gr\xc3\xbc\xc3\x9f"
      "e";
  for (const char* charset : {"", "UTF-8", "iso-8859-1", "UTF-16"}) {
    const Parameters p = with(letter(), "Message.Body.Text.Data", umlauts);
    const auto request = read_send_email(with(p, "Message.Body.Text.Charset", charset));
    ASSERT_TRUE(request) << charset;
    EXPECT_EQ(composed(request).text, umlauts) << charset;
  }
}

TEST(SendEmailForm, OctetsInTheNamedCharsetAreConverted) {
  Parameters p = with(letter(), "Message.Subject.Data",
                      "Gr\xfc\xdf"
                      "e");
  p = with(p, "Message.Subject.Charset", "ISO-8859-1");
  p = with(p, "Message.Body.Html.Data", "\x83\x65\x83\x58\x83\x67");
  p = with(p, "Message.Body.Html.Charset", "Shift_JIS");
  const auto request = read_send_email(p);
  ASSERT_TRUE(request) << request.error().message;
  EXPECT_EQ(composed(request).subject,
            "Gr\xc3\xbc\xc3\x9f"
            "e");
  EXPECT_EQ(composed(request).html, "\xe3\x83\x86\xe3\x82\xb9\xe3\x83\x88");
}

TEST(SendEmailForm, OctetsOfNoCharsetBecomeReplacementCharacters) {
  const auto request = read_send_email(with(letter(), "Message.Subject.Data", "a\xff"));
  ASSERT_TRUE(request);
  EXPECT_EQ(composed(request).subject, "a\xef\xbf\xbd");
}

TEST(SendEmailForm, UnknownCharsetIsRefusedEvenForAscii) {
  const auto request = read_send_email(with(letter(), "Message.Body.Text.Charset", "klingon//IGNORE"));
  ASSERT_FALSE(request);
  EXPECT_EQ(request.error(), (QueryError{ErrorCode::invalid_parameter_value,
                                         "Unknown charset 'klingon//IGNORE' (message.body.text.charset)."}));
}

TEST(SendRawEmailForm, OctetsArriveAndDestinationsAreTheEnvelope) {
  const auto request = read_send_raw_email(Parameters{{"RawMessage.Data", "RnJvbTogYUBiCgA="},
                                                      {"Source", "ann@example.com"},
                                                      {"Destinations.member.1", "b@example.net"},
                                                      {"Tags.member.1.Name", "k"},
                                                      {"Tags.member.1.Value", "v"}});
  ASSERT_TRUE(request) << request.error().message;
  EXPECT_EQ(std::get<submission::RawContent>(request->content).octets, std::string("From: a@b\n\0", 11));
  EXPECT_EQ(request->source, "ann@example.com");
  EXPECT_THAT(request->recipients.value(), ElementsAre("b@example.net"));
  EXPECT_THAT(request->tags, ElementsAre(Pair("k", "v")));
}

TEST(SendRawEmailForm, EmptyDestinationsLeaveTheEnvelopeToTheHeader) {
  const auto request =
      read_send_raw_email(Parameters{{"RawMessage.Data", "YQ=="}, {"Destinations", ""}, {"Source", ""}});
  ASSERT_TRUE(request) << request.error().message;
  EXPECT_FALSE(request->recipients);
  EXPECT_EQ(request->source, "");
}

TEST(SendRawEmailForm, MessageMustBeThereAndBeBase64) {
  const auto missing = read_send_raw_email(Parameters{});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().message,
            "1 validation error detected: Value null at 'rawMessage' failed to satisfy constraint: Member must not be "
            "null");
  const auto bad = read_send_raw_email(Parameters{{"RawMessage.Data", "From: a@b"}});
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error(),
            (QueryError{ErrorCode::malformed_input, "Value at 'rawMessage.data' cannot be read: not valid base64"}));
}

}  // namespace
}  // namespace sesame::api::ses_v1
