// The suppression list through SES API v2 (spec 3.5).
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "api/testing/api_house.h"
#include "events/notification.h"

namespace sesame::api {
namespace {

namespace json = boost::json;

constexpr const char* addresses = "/v2/email/suppression/addresses";

class SuppressionList : public ::testing::Test {
 protected:
  ApiAnswer put(const std::string& address, const std::string& reason = "BOUNCE") {
    return house.call("PUT", addresses, R"({"EmailAddress":")" + address + R"(","Reason":")" + reason + "\"}");
  }
  std::vector<std::string> listed(const std::string& query = "") {
    const auto answer = house.call("GET", std::string(addresses) + query);
    EXPECT_EQ(answer.status, 200) << answer.response.body;
    std::vector<std::string> found;
    for (const json::value& entry : answer.json.at("SuppressedDestinationSummaries").as_array()) {
      found.emplace_back(entry.at("EmailAddress").as_string());
    }
    return found;
  }
  static void expect_refused(const ApiAnswer& answer, int status, std::string_view type) {
    EXPECT_EQ(answer.status, status);
    EXPECT_EQ(answer.error_type, type);
  }

  ApiHouse house;
};

using Addresses = std::vector<std::string>;

TEST_F(SuppressionList, AddressIsPutShownAndDeleted) {
  ASSERT_EQ(put(" Ann@Example.NET ", "COMPLAINT").status, 200);
  const auto shown = house.call("GET", std::string(addresses) + "/Ann%40EXAMPLE.net");
  ASSERT_EQ(shown.status, 200) << shown.response.body;
  const auto& destination = shown.json.at("SuppressedDestination");
  EXPECT_EQ(destination.at("EmailAddress"), "Ann@example.net");
  EXPECT_EQ(destination.at("Reason"), "COMPLAINT");
  EXPECT_TRUE(destination.at("LastUpdateTime").is_number());
  EXPECT_FALSE(destination.as_object().contains("Attributes"));
  expect_refused(house.call("GET", std::string(addresses) + "/ann%40example.net"), 404, "NotFoundException");
  EXPECT_EQ(house.call("DELETE", std::string(addresses) + "/Ann%40example.net").status, 200);
  expect_refused(house.call("DELETE", std::string(addresses) + "/Ann%40example.net"), 404, "NotFoundException");
}

TEST_F(SuppressionList, WhatIsNoAddressOrReasonIsRefused) {
  expect_refused(put("nobody"), 400, "BadRequestException");
  expect_refused(put("Ann <ann@example.net>"), 400, "BadRequestException");
  expect_refused(put("a@example.net", "SPITE"), 400, "BadRequestException");
  expect_refused(house.call("PUT", addresses, "{}"), 400, "BadRequestException");
  EXPECT_TRUE(listed().empty());
}

TEST_F(SuppressionList, ListIsFilteredByReasonAndTime) {
  put("a@example.net", "BOUNCE");
  house.clock.advance(std::chrono::hours(1));
  put("b@example.net", "COMPLAINT");
  EXPECT_EQ(listed(), (Addresses{"a@example.net", "b@example.net"}));
  EXPECT_EQ(listed("?Reason=COMPLAINT"), (Addresses{"b@example.net"}));
  EXPECT_EQ(listed("?Reason=COMPLAINT&Reason=BOUNCE").size(), 2u);
  const auto seconds = [&](std::chrono::minutes before) {
    return std::to_string(to_unix_ms(house.clock.now() - before) / 1000);
  };
  EXPECT_EQ(listed("?StartDate=" + seconds(std::chrono::minutes(30))), (Addresses{"b@example.net"}));
  EXPECT_EQ(listed("?EndDate=" + seconds(std::chrono::minutes(30))), (Addresses{"a@example.net"}));
  EXPECT_TRUE(listed("?StartDate=2999-01-01T00%3A00%3A00Z").empty());
  EXPECT_EQ(listed("?StartDate=1970-01-01T02%3A00%3A00.5%2B02%3A00").size(), 2u);
  const auto get = [&](const std::string& query) { return house.call("GET", std::string(addresses) + query); };
  expect_refused(get("?Reason=SPITE"), 400, "BadRequestException");
  expect_refused(get("?StartDate=yesterday"), 400, "SerializationException");
  expect_refused(get("?StartDate=2026-02-30T00%3A00%3A00Z"), 400, "SerializationException");
  expect_refused(get("?PageSize=1001"), 400, "BadRequestException");
}

TEST_F(SuppressionList, ListComesInPagesOfItsOwnAccount) {
  for (const char* address : {"a@example.net", "b@example.net", "c@example.net"}) put(address);
  const auto first = house.call("GET", std::string(addresses) + "?PageSize=2");
  const std::string token(first.json.at("NextToken").as_string());
  EXPECT_EQ(listed("?PageSize=2&NextToken=" + token), (Addresses{"c@example.net"}));
  const auto theirs = house.call("GET", addresses, "", ApiHouse::key_of_other_account());
  EXPECT_TRUE(theirs.json.at("SuppressedDestinationSummaries").as_array().empty());
  expect_refused(
      house.call("GET", std::string(addresses) + "?NextToken=" + token, "", ApiHouse::key_of_other_account()), 400,
      "InvalidNextTokenException");
}

TEST_F(SuppressionList, WhatABounceListedNamesItsMessage) {
  house.verified_domain("example.com");
  const auto sent = house.call("POST", "/v2/email/outbound-emails", R"({"FromEmailAddress":"a@example.com",
      "Destination":{"ToAddresses":["b@example.net"]},
      "Content":{"Simple":{"Subject":{"Data":"x"},"Body":{"Text":{"Data":"x"}}}}})");
  const std::string id(sent.json.at("MessageId").as_string());
  store::Event bounce{.account_id = ApiHouse::account,
                      .api_message_id = id,
                      .kind = store::EventKind::bounce,
                      .at = house.clock.now(),
                      .recipient = "b@example.net",
                      .detail = "{}"};
  bounce.suppresses = store::SuppressionReason::bounce;
  ASSERT_TRUE(house.loop.run(house.stores.stores.queue->append_events({bounce})));
  const auto shown = house.call("GET", std::string(addresses) + "/b%40example.net").json;
  const auto& attributes = shown.at("SuppressedDestination").at("Attributes");
  EXPECT_EQ(attributes.at("MessageId").as_string(), id);
  const auto events = house.loop.run(house.stores.stores.queue->events_of(id)).value();
  EXPECT_EQ(attributes.at("FeedbackId").as_string(), events::feedback_id(events.back()));
}

}  // namespace
}  // namespace sesame::api
