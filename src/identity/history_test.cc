#include "identity/history.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

namespace sesame::identity {
namespace {

namespace json = boost::json;
using Strings = std::vector<std::string>;

store::IdentityRecord domain(std::optional<store::MailFromStatus> mail_from = std::nullopt) {
  store::IdentityRecord identity;
  identity.name = "example.com";
  identity.verification = store::VerificationStatus::success;
  if (mail_from) identity.mail_from = store::MailFromState{.domain = "bounce.example.com", .status = *mail_from};
  return identity;
}

Look look_with(const Strings& found, RecordStatus status, std::string name = "bounce.example.com") {
  Look look;
  look.records.push_back({.purpose = RecordPurpose::mail_from_mx,
                          .name = std::move(name),
                          .type = dns::RecordType::mx,
                          .expected = "10 feedback-smtp.svc.example",
                          .found = found,
                          .status = status});
  return look;
}

json::object diagnosis_with(const Strings& found, RecordStatus status) {
  return to_json(look_with(found, status), domain(store::MailFromStatus::success));
}

std::vector<json::value> documents(const std::vector<store::HistoryEntry>& entries) {
  std::vector<json::value> all;
  for (const store::HistoryEntry& entry : entries) all.push_back(json::parse(entry.document));
  return all;
}

std::vector<json::value> seen(const store::IdentityRecord& before, const store::IdentityRecord& after, const Look& look,
                              const json::object& previous) {
  const Seen both{look, previous};
  return documents(history_of(before, after, &both, Time{}));
}

TEST(History, TellsWhatWasSetAndTakenAway) {
  const auto set = documents(history_of(domain(), domain(store::MailFromStatus::pending), nullptr, Time{}));
  ASSERT_EQ(set.size(), 1u);
  EXPECT_EQ(set[0], json::parse(R"({"subject": "mail_from", "before": null, "records": [],
      "after": {"domain": "bounce.example.com", "status": "pending", "behavior": "use_default"}})"));
  const auto removed = documents(history_of(domain(store::MailFromStatus::pending), domain(), nullptr, Time{}));
  ASSERT_EQ(removed.size(), 1u);
  EXPECT_TRUE(removed[0].at("after").is_null());
}

TEST(History, SaysNothingOfTimers) {
  store::IdentityRecord later = domain(store::MailFromStatus::success);
  later.mail_from->timer.bad_looks = 1;
  later.next_look = Time{};
  EXPECT_TRUE(history_of(domain(store::MailFromStatus::success), later, nullptr, Time{}).empty());
}

TEST(History, AChangeOfStateHasTheRecordsItCameFrom) {
  const auto lost = seen(domain(store::MailFromStatus::success), domain(store::MailFromStatus::temporary_failure),
                         look_with({}, RecordStatus::missing), diagnosis_with({}, RecordStatus::missing));
  ASSERT_EQ(lost.size(), 1u);
  const json::value& record = lost[0].at("records").at(0);
  EXPECT_EQ(record, json::parse(R"({"purpose": "mail_from_mx", "name": "bounce.example.com", "type": "MX",
      "expected": "10 feedback-smtp.svc.example", "before": [], "after": []})"));
}

TEST(History, ARecordThatIsAnotherIsToldWithoutAChangeOfState) {
  const auto identity = domain(store::MailFromStatus::success);
  const auto changed = seen(identity, identity, look_with({"10 elsewhere.example"}, RecordStatus::wrong),
                            diagnosis_with({"10 feedback-smtp.svc.example"}, RecordStatus::good));
  ASSERT_EQ(changed.size(), 1u);
  EXPECT_EQ(changed[0].at("before"), changed[0].at("after"));
  EXPECT_EQ(changed[0].at("records").at(0).at("before").at(0), "10 feedback-smtp.svc.example");
  EXPECT_EQ(changed[0].at("records").at(0).at("after").at(0), "10 elsewhere.example");
}

TEST(History, SilenceAndDisagreementOfServersAreNoChange) {
  const auto identity = domain(store::MailFromStatus::success);
  const json::object good = diagnosis_with({"10 feedback-smtp.svc.example"}, RecordStatus::good);
  EXPECT_TRUE(seen(identity, identity, look_with({}, RecordStatus::unknown), good).empty());
  EXPECT_TRUE(seen(identity, identity, look_with({"10 elsewhere.example"}, RecordStatus::partial), good).empty());
  const json::object silent = diagnosis_with({}, RecordStatus::unknown);
  EXPECT_TRUE(seen(identity, identity, look_with({"10 elsewhere.example"}, RecordStatus::wrong), silent).empty());
  EXPECT_TRUE(seen(identity, identity, look_with({}, RecordStatus::missing), {}).empty()) << "nothing known before";
}

TEST(History, TheOrderOfValuesIsNoChange) {
  const auto identity = domain(store::MailFromStatus::success);
  EXPECT_TRUE(seen(identity, identity, look_with({"10 a.example", "20 b.example"}, RecordStatus::wrong),
                   diagnosis_with({"20 b.example", "10 a.example"}, RecordStatus::wrong))
                  .empty());
}

TEST(History, RecordsOfANameThatWasSetAnewAreLeftOut) {
  store::IdentityRecord renamed = domain(store::MailFromStatus::pending);
  renamed.mail_from->domain = "returns.example.com";
  const auto entries = seen(domain(store::MailFromStatus::success), renamed,
                            look_with({"10 elsewhere.example"}, RecordStatus::wrong), {});
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_TRUE(entries[0].at("records").as_array().empty());
}

TEST(History, WhatStrangersPublishIsCut) {
  const auto identity = domain(store::MailFromStatus::success);
  const Strings many(max_values + 5, std::string(max_value_octets + 5, 'x'));
  const auto entries = seen(identity, identity, look_with(many, RecordStatus::wrong),
                            diagnosis_with({"10 feedback-smtp.svc.example"}, RecordStatus::good));
  const json::array& after = entries.at(0).at("records").at(0).at("after").as_array();
  EXPECT_EQ(after.size(), max_values);
  EXPECT_EQ(after.at(0).as_string().size(), max_value_octets);
}

TEST(History, ADamagedDiagnosisIsAsNone) {
  const auto identity = domain(store::MailFromStatus::success);
  for (const char* text :
       {R"({"records": 1})", R"({"records": [1, {"name": "bounce.example.com"}]})",
        R"({"records": [{"name": "bounce.example.com", "type": "MX", "purpose": "mail_from_mx"}]})"}) {
    const json::value previous = json::parse(text);
    EXPECT_TRUE(
        seen(identity, identity, look_with({"10 x.example"}, RecordStatus::wrong), previous.as_object()).empty())
        << text;
  }
}

}  // namespace
}  // namespace sesame::identity
