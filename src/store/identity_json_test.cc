#include "store/identity_json.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "store/testing/sample_records.h"

namespace sesame::store {
namespace {

namespace json = boost::json;

IdentityRecord columns_of(const IdentityRecord& identity) {
  IdentityRecord columns;
  columns.account_id = identity.account_id;
  columns.name = identity.name;
  columns.kind = identity.kind;
  columns.created = identity.created;
  columns.next_look = identity.next_look;
  return columns;
}

// The error of reading the sample's document after `change`.
template <class Change>
std::string error_after(Change change) {
  json::value document = json::parse(identity_state_to_json(sample_identity("example.com")));
  change(document.as_object());
  IdentityRecord identity;
  const auto read = read_identity_state(json::serialize(document), identity);
  return read ? "" : read.error();
}

TEST(IdentityJson, EveryFieldComesBack) {
  for (const IdentityRecord& identity : {sample_identity("example.com"), plain_identity("a@example.com")}) {
    IdentityRecord read = columns_of(identity);
    ASSERT_TRUE(read_identity_state(identity_state_to_json(identity), read));
    EXPECT_EQ(read, identity);
  }
}

TEST(IdentityJson, ReadingReplacesWhatWasThere) {
  const IdentityRecord plain = plain_identity("example.com");
  IdentityRecord read = sample_identity("example.com");
  read.next_look.reset();
  ASSERT_TRUE(read_identity_state(identity_state_to_json(plain), read));
  EXPECT_EQ(read, plain);
}

TEST(IdentityJson, DocumentOfFormatOneIsReadable) {
  const char* stored =
      R"({"format":1,"verification":"success","txt_token":null,"txt_timer":{"window_opened":null,"next_look":null,)"
      R"("last_checked":null,"last_success":null,"bad_looks":0,"last_error":"none"},"dkim":null,"mail_from":)"
      R"({"domain":"bounce.example.com","status":"pending","behavior":"use_default","timer":{"window_opened":5,)"
      R"("next_look":6,"last_checked":null,"last_success":null,"bad_looks":2,"last_error":"type_not_found"},)"
      R"("status_since":7},"feedback_forwarding":true,"configuration_set":null,"soa":null,"tags":[["k","v"]]})";
  IdentityRecord identity;
  ASSERT_TRUE(read_identity_state(stored, identity));
  EXPECT_EQ(identity.verification, VerificationStatus::success);
  ASSERT_TRUE(identity.mail_from);
  EXPECT_EQ(identity.mail_from->timer.bad_looks, 2u);
  EXPECT_EQ(identity_state_to_json(identity), stored);
}

TEST(IdentityJson, DamageIsNamed) {
  EXPECT_EQ(error_after([](json::object&) {}), "");
  EXPECT_EQ(error_after([](json::object& o) { o["format"] = 2; }), "identity state: format: not 1");
  EXPECT_EQ(error_after([](json::object& o) { o.erase("dkim"); }),
            "identity state: document: members missing or unknown");
  EXPECT_EQ(error_after([](json::object& o) { o["more"] = 1; }),
            "identity state: document: members missing or unknown");
  EXPECT_EQ(error_after([](json::object& o) {
              o.erase("soa");
              o["sao"] = nullptr;
            }),
            "identity state: soa: missing");
  EXPECT_EQ(error_after([](json::object& o) { o["verification"] = "Success"; }),
            "identity state: verification: not one of the known words");
  EXPECT_EQ(error_after([](json::object& o) { o["tags"] = json::array{json::array{"one"}}; }),
            "identity state: tags: not a pair");
  EXPECT_EQ(error_after([](json::object& o) { o["dkim"].as_object()["current_key_bits"] = -1; }),
            "identity state: current_key_bits: not a 32-bit number");
  EXPECT_EQ(error_after([](json::object& o) { o["mail_from"].as_object()["timer"].as_object()["next_look"] = "1"; }),
            "identity state: next_look: not a time");
  EXPECT_EQ(error_after([](json::object& o) { o["feedback_forwarding"] = nullptr; }),
            "identity state: feedback_forwarding: not a boolean");
}

TEST(IdentityJson, WhatIsNotAnObjectIsRefused) {
  IdentityRecord identity;
  for (const char* text : {"", "{", "[]", "null", "1", "[[[[[[[[[[[[[[[[[[[[[["}) {
    EXPECT_FALSE(read_identity_state(text, identity)) << text;
  }
}

}  // namespace
}  // namespace sesame::store
