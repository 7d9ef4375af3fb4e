#include "api/ses_v1/error.h"

#include <gtest/gtest.h>

namespace sesame::api::ses_v1 {
namespace {

std::string wire(const QueryError& error) {
  const WireForm form = wire_form(error.code);
  return std::to_string(form.http_status) + " " + std::string(form.code);
}

std::string of(identity::IdentityErrc code) { return wire(to_query_error(identity::IdentityError{code, "text"})); }
std::string of(submission::SubmissionErrc code) {
  return wire(to_query_error(submission::SubmissionError{code, "text", ""}));
}
std::string of(store::StoreErrc code) { return wire(to_query_error(store::StoreError{code, "secret detail"}, "test")); }

TEST(SesV1Errors, IdentityErrors) {
  using enum identity::IdentityErrc;
  for (const auto code : {not_found, invalid_name, invalid_mail_from, mail_from_not_below, invalid_dkim_key,
                          invalid_selector, key_change_refused, not_a_domain}) {
    EXPECT_EQ(of(code), "400 InvalidParameterValue");
  }
  EXPECT_EQ(of(already_exists), "400 AlreadyExists");
  EXPECT_EQ(of(limit_exceeded), "400 LimitExceeded");
  EXPECT_EQ(of(concurrent_change), "400 Throttling");
  EXPECT_EQ(of(unavailable), "503 ServiceUnavailable");
}

TEST(SesV1Errors, SubmissionErrors) {
  using enum submission::SubmissionErrc;
  EXPECT_EQ(of(sender_not_verified), "400 MessageRejected");
  EXPECT_EQ(of(mail_from_not_verified), "400 MailFromDomainNotVerifiedException");
  for (const auto code : {invalid_parameter, invalid_content, message_too_large, too_many_recipients}) {
    EXPECT_EQ(of(code), "400 InvalidParameterValue");
  }
  EXPECT_EQ(of(configuration_set_missing), "400 ConfigurationSetDoesNotExist");
  EXPECT_EQ(of(queue_full), "400 Throttling");
  EXPECT_EQ(of(unavailable), "503 ServiceUnavailable");
}

TEST(SesV1Errors, StoreErrorsTellNoDetail) {
  using enum store::StoreErrc;
  for (const auto code : {full, unavailable, conflict}) EXPECT_EQ(of(code), "503 ServiceUnavailable");
  for (const auto code : {not_found, already_exists, corrupt}) EXPECT_EQ(of(code), "500 InternalFailure");
  EXPECT_FALSE(to_query_error(store::StoreError{corrupt, "secret detail"}, "test").message.contains("secret"));
}

TEST(SesV1Errors, RequestErrors) {
  EXPECT_EQ(wire({ErrorCode::validation_error, ""}), "400 ValidationError");
  EXPECT_EQ(wire({ErrorCode::malformed_input, ""}), "400 MalformedInput");
  EXPECT_EQ(wire({ErrorCode::missing_action, ""}), "400 MissingAction");
  EXPECT_EQ(wire({ErrorCode::invalid_action, ""}), "400 InvalidAction");
}

TEST(SesV1Errors, MemberIsNamedWhenTheTextDoesNotNameIt) {
  using submission::SubmissionErrc;
  EXPECT_EQ(to_query_error({SubmissionErrc::invalid_parameter, "Missing final '@domain'", "ToAddresses"}).message,
            "Missing final '@domain' (ToAddresses)");
  EXPECT_EQ(to_query_error({SubmissionErrc::invalid_content, "Missing required header 'From'.", "From"}).message,
            "Missing required header 'From'.");
}

TEST(SesV1Errors, ResponseIsTheErrorDocumentOfSes) {
  const http::Response response = to_response({ErrorCode::message_rejected, "a < b"}, "id-1");
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(response.headers.find("Content-Type"), "text/xml");
  EXPECT_EQ(response.body,
            "<ErrorResponse xmlns=\"http://ses.amazonaws.com/doc/2010-12-01/\">\n"
            "  <Error>\n"
            "    <Type>Sender</Type>\n"
            "    <Code>MessageRejected</Code>\n"
            "    <Message>a &lt; b</Message>\n"
            "  </Error>\n"
            "  <RequestId>id-1</RequestId>\n"
            "</ErrorResponse>\n");
}

}  // namespace
}  // namespace sesame::api::ses_v1
