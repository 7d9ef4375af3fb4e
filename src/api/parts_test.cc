// The small parts: error table, XML text, page tokens, paths.
#include <gtest/gtest.h>

#include "api/answers.h"
#include "api/error.h"
#include "api/page_token.h"
#include "api/router.h"
#include "base/text.h"

namespace sesame::api {
namespace {

TEST(ErrorTable, EveryNameHasTheStatusOfTheServiceModel) {
  const std::vector<std::tuple<ErrorName, std::string_view, int>> table{
      {ErrorName::already_exists, "AlreadyExistsException", 400},
      {ErrorName::bad_request, "BadRequestException", 400},
      {ErrorName::concurrent_modification, "ConcurrentModificationException", 500},
      {ErrorName::internal_failure, "InternalServiceErrorException", 500},
      {ErrorName::invalid_next_token, "InvalidNextTokenException", 400},
      {ErrorName::limit_exceeded, "LimitExceededException", 400},
      {ErrorName::mail_from_domain_not_verified, "MailFromDomainNotVerifiedException", 400},
      {ErrorName::message_rejected, "MessageRejected", 400},  // no suffix
      {ErrorName::not_found, "NotFoundException", 404},
      {ErrorName::serialization, "SerializationException", 400},
      {ErrorName::too_many_requests, "TooManyRequestsException", 429},
      {ErrorName::unknown_operation, "UnknownOperationException", 404}};
  for (const auto& [name, type, status] : table) {
    EXPECT_EQ(form_of(name).type, type);
    EXPECT_EQ(form_of(name).http_status, status) << type;
  }
}

TEST(ErrorTable, AnErrorIsAHeaderAndALowerCaseMessage) {
  const http::Response response = to_response({ErrorName::not_found, "No \"such\" thing"});
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(response.headers.find("x-amzn-ErrorType"), "NotFoundException");
  EXPECT_EQ(response.headers.find("Content-Type"), "application/json");
  EXPECT_EQ(response.body, R"({"message":"No \"such\" thing"})");
  EXPECT_EQ(to_response({ErrorName::bad_request, std::nullopt}).body, R"({"message":null})");
}

TEST(ErrorTable, RefusalsOfThePipelineNameTheMemberInTheWordsOfV2) {
  using submission::SubmissionErrc;
  EXPECT_EQ(to_api_error(submission::SubmissionError{SubmissionErrc::invalid_parameter, "Illegal address", "Source"}),
            (ApiError{ErrorName::bad_request, "Illegal address (FromEmailAddress)"}));
  EXPECT_EQ(to_api_error(submission::SubmissionError{SubmissionErrc::invalid_content, "Missing required header 'From'.",
                                                     "From"}),
            (ApiError{ErrorName::bad_request, "Missing required header 'From'."}));
  EXPECT_EQ(to_api_error(submission::SubmissionError{SubmissionErrc::queue_full, "Insufficient system storage", ""}),
            (ApiError{ErrorName::too_many_requests, "Insufficient system storage"}));
}

TEST(ErrorTable, StoreDetailsStayInTheLog) {
  const ApiError error =
      to_api_error(store::StoreError{store::StoreErrc::unavailable, "disk /dev/sda is gone"}, "Message x");
  EXPECT_EQ(error.name, ErrorName::internal_failure);
  EXPECT_EQ(error.message->find("disk"), std::string::npos);
}

TEST(XmlText, MarkupAndWhatXmlCannotHoldAreReplaced) {
  EXPECT_EQ(xml_escape("<a b=\"c\">'&'</a>"), "&lt;a b=&quot;c&quot;&gt;&apos;&amp;&apos;&lt;/a&gt;");
  EXPECT_EQ(xml_escape(std::string_view("a\0b\x1b", 4)),
            "a\xef\xbf\xbd"
            "b\xef\xbf\xbd");
  EXPECT_EQ(xml_escape("\xff"), "\xef\xbf\xbd");
  EXPECT_EQ(xml_escape("\xef\xbf\xbf"), "\xef\xbf\xbd");
  EXPECT_EQ(xml_escape("é\t\n\r"), "é\t\n&#xD;");
}

TEST(QueryError, HasTheShapeClientsParse) {
  const http::Response response = query_error(403, "InvalidClientTokenId", "a < b", ses_namespace, "id-1");
  EXPECT_EQ(response.status, 403);
  EXPECT_EQ(response.headers.find("Content-Type"), "text/xml");
  EXPECT_EQ(response.body,
            "<ErrorResponse xmlns=\"http://ses.amazonaws.com/doc/2010-12-01/\">\n  <Error>\n"
            "    <Type>Sender</Type>\n    <Code>InvalidClientTokenId</Code>\n    <Message>a &lt; b</Message>\n"
            "  </Error>\n  <RequestId>id-1</RequestId>\n</ErrorResponse>\n");
}

TEST(PageToken, GivesThePositionBack) {
  for (const std::string& position : {std::string(), std::string("example.com"), std::string("a\0b", 3)}) {
    const std::string token = make_page_token("list", "1", position);
    EXPECT_EQ(read_page_token("list", "1", token), position);
    EXPECT_EQ(percent_encode(token), token);
  }
}

TEST(PageToken, AnyChangeIsTold) {
  const std::string token = make_page_token("list", "1", "example.com");
  for (std::size_t i = 0; i < token.size(); ++i) {
    std::string changed = token;
    changed[i] = changed[i] == '0' ? '1' : '0';
    EXPECT_EQ(read_page_token("list", "1", changed), std::nullopt) << i;
    EXPECT_EQ(read_page_token("list", "1", token.substr(0, i)), std::nullopt) << i;
  }
  EXPECT_EQ(read_page_token("other", "1", token), std::nullopt);
  EXPECT_EQ(read_page_token("list", "2", token), std::nullopt);
  EXPECT_EQ(read_page_token("list", "1", ascii_upper(token)), std::nullopt);
  EXPECT_EQ(read_page_token("list", "1", "not hex"), std::nullopt);
  EXPECT_EQ(read_page_token("list", "1", std::string(100'000, 'a')), std::nullopt);
}

TEST(Path, SegmentsInBracesAreArguments) {
  const std::vector<std::string> segments{"v2", "identities", "a@b.example", "dkim"};
  EXPECT_EQ(match_path("/v2/identities/{name}/dkim", segments), Arguments{"a@b.example"});
  EXPECT_EQ(match_path("/v2/identities/{name}", segments), std::nullopt);
  EXPECT_EQ(match_path("/v2/identities/{name}/mail-from", segments), std::nullopt);
  EXPECT_EQ(match_path("/v2/identities/{name}/dkim/more", segments), std::nullopt);
}

TEST(Path, AnEmptySegmentIsNoArgument) {
  const std::vector<std::string> segments{"v2", "identities", ""};
  EXPECT_EQ(match_path("/v2/identities/{name}", segments), std::nullopt);
}

TEST(Path, AnEncodedSlashStaysWithinItsSegment) {
  const std::vector<std::string> segments{"v2", "identities", "a/dkim"};
  EXPECT_EQ(match_path("/v2/identities/{name}", segments), Arguments{"a/dkim"});
  EXPECT_EQ(match_path("/v2/identities/{name}/dkim", segments), std::nullopt);
}

}  // namespace
}  // namespace sesame::api
