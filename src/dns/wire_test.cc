#include "dns/wire.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/text.h"

namespace sesame::dns {
namespace {

Message full_message() {
  Message message;
  message.header = {.id = 0x1234, .qr = true, .aa = true, .rd = true, .ad = true};
  message.questions = {{"Bounce.Example.COM", RecordType::mx}};
  message.answers = {
      {"bounce.example.com", RecordType::mx, 300, Mx{10, "feedback-smtp.us-east-1.svc.example"}},
      {"bounce.example.com", RecordType::txt, 300, Txt{{"v=spf1 include:svc.example ~all", std::string(255, 'x'), ""}}},
      {"\\000\\046.example.com", RecordType::cname, 0, Cname{""}},
      {"_25._tcp.mx.example", RecordType::tlsa, 1, Other{std::string("\x03\x01\x01\x00", 4)}},
  };
  message.authority = {{"example.com", RecordType::soa, 60, Soa{"ns1.example.com", "host.example.com", 1, 2, 3, 4, 5}},
                       {"example.com", RecordType::ns, 60, Ns{"ns1.example.com"}}};
  message.additional = {{"ns1.example.com", RecordType::a, 60, A{"192.0.2.1"}},
                        {"ns1.example.com", RecordType::aaaa, 60, Aaaa{"2001:db8::1"}}};
  message.edns = Edns{1232, 0, true};
  return message;
}

std::string octets_of(std::string_view hex) { return *hex_decode(hex); }

// Header with the four counts, the rest as given in hex.
std::string message_of(unsigned questions, unsigned answers, unsigned additional, std::string_view hex) {
  return octets_of(fmt::format("00010000{:04x}{:04x}0000{:04x}", questions, answers, additional)) + octets_of(hex);
}

WireError error_of(const std::string& octets) {
  const auto parsed = parse_message(octets);
  EXPECT_FALSE(parsed.has_value());
  return parsed ? WireError{} : parsed.error();
}

TEST(DnsWire, SerialisedMessagesParseEqual) {
  const Message message = full_message();
  const auto parsed = parse_message(serialise(message));
  ASSERT_TRUE(parsed.has_value()) << name(parsed.error());
  EXPECT_EQ(*parsed, message);
}

TEST(DnsWire, EveryPrefixIsTruncatedAndNothingElse) {
  const std::string octets = serialise(full_message());
  for (std::size_t length = 0; length < octets.size(); ++length) {
    EXPECT_FALSE(parse_message(octets.substr(0, length)).has_value()) << length;
  }
  EXPECT_EQ(error_of(octets.substr(0, 11)), WireError::truncated);
  EXPECT_EQ(error_of(octets + "x"), WireError::trailing_octets);
}

TEST(DnsWire, RepeatedNamesAreCompressedWhateverTheirCase) {
  Message message;
  message.questions = {{"Example.COM", RecordType::ns}};
  message.answers = {{"example.com", RecordType::ns, 1, Ns{"ns.example.com"}}};
  const std::string octets = serialise(message);
  EXPECT_EQ(hex_encode(octets.substr(29)), "c00c00020001000000010005026e73c00c");
  EXPECT_EQ(parse_message(octets)->answers, message.answers);
}

TEST(DnsWire, PointersMustPointBackwards) {
  EXPECT_EQ(error_of(message_of(1, 0, 0, "c00c00010001")), WireError::bad_name);      // to itself
  EXPECT_EQ(error_of(message_of(1, 0, 0, "c00e00010001")), WireError::bad_name);      // forwards
  EXPECT_EQ(error_of(message_of(1, 0, 0, "0161c00c00010001")), WireError::bad_name);  // to its own start: a loop
  EXPECT_EQ(error_of(message_of(1, 0, 0, "80000000010001")), WireError::bad_name);    // label type 10
  EXPECT_EQ(error_of(message_of(1, 0, 0, "c0")), WireError::truncated);
}

TEST(DnsWire, NamesAreAtMost255Octets) {
  std::string labels;
  for (int i = 0; i < 127; ++i) labels += "0161";
  EXPECT_TRUE(parse_message(message_of(1, 0, 0, labels + "0000010001")).has_value());
  EXPECT_EQ(error_of(message_of(1, 0, 0, labels + "01610000010001")), WireError::bad_name);
  EXPECT_TRUE(to_wire_name(std::string(63, 'a') + ".b").has_value());
  EXPECT_FALSE(to_wire_name(std::string(64, 'a') + ".b").has_value());
  EXPECT_FALSE(to_wire_name("a..b").has_value());
  EXPECT_FALSE(to_wire_name("a\\25").has_value());
  EXPECT_EQ(to_wire_name(""), std::string(1, '\0'));
}

TEST(DnsWire, DataMustFillTheirLengthExactly) {
  EXPECT_EQ(error_of(message_of(0, 1, 0, "00000100010000000000050102030405")), WireError::bad_rdata);  // A of 5
  EXPECT_EQ(error_of(message_of(0, 1, 0, "0000010001000000000003010203")), WireError::bad_rdata);      // A of 3
  EXPECT_EQ(error_of(message_of(0, 1, 0, "0000100001000000000000")), WireError::bad_rdata);            // empty TXT
  EXPECT_EQ(error_of(message_of(0, 1, 0, "0000100001000000000002ff61")), WireError::bad_rdata);  // string too long
  EXPECT_EQ(error_of(message_of(0, 1, 0, "00000f0001000000000003000a01610000")),
            WireError::bad_rdata);  // MX name leaves
}

TEST(DnsWire, EdnsIsReadOnceFromAdditionalOnly) {
  const std::string opt = "00002904d0010080000000";  // version 0, DO, upper rcode 1
  const auto parsed = parse_message(message_of(0, 0, 1, opt));
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(parsed->edns, (Edns{1232, 0, true}));
  EXPECT_EQ(parsed->rcode, Rcode::badvers);
  EXPECT_EQ(error_of(message_of(0, 0, 2, opt + opt)), WireError::bad_opt);
  EXPECT_EQ(error_of(message_of(0, 1, 0, opt)), WireError::bad_opt);
  EXPECT_EQ(error_of(message_of(0, 0, 1, "016100002904d0000000000000")), WireError::bad_opt);
  EXPECT_EQ(error_of(message_of(0, 0, 1, "00002904d0000000000003000a00")), WireError::bad_opt);
}

TEST(DnsWire, RecordsOfOtherClassesAreDropped) {
  const auto parsed = parse_message(message_of(0, 1, 0, "0000fa00ff00000000000401020304"));
  ASSERT_TRUE(parsed.has_value());
  EXPECT_TRUE(parsed->answers.empty());
}

TEST(DnsWire, ATtlWithTheTopBitSetIsZero) {
  const auto parsed = parse_message(message_of(0, 1, 0, "0000010001ffffffff000401020304"));
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(parsed->answers.at(0).ttl, 0U);
}

TEST(DnsWire, TruncationDropsAdditionalFirstThenTheAnswer) {
  Message message = full_message();
  message.answers.push_back({"c.example", RecordType::txt, 1, Txt{{std::string(200, 'y')}}});
  Message shorter = message;
  shorter.additional.clear();
  const std::string whole = serialise(message);
  const std::string without_additional = serialise(shorter);
  EXPECT_EQ(serialise_within(message, whole.size()), whole);
  EXPECT_EQ(serialise_within(message, whole.size() - 1), without_additional);
  const auto cut = parse_message(serialise_within(message, 512));
  ASSERT_TRUE(cut.has_value());
  EXPECT_TRUE(cut->header.tc);
  EXPECT_TRUE(cut->answers.empty());
  EXPECT_EQ(cut->questions, message.questions);
  EXPECT_EQ(cut->edns, message.edns);
}

TEST(DnsWire, AReferralWithoutItsGlueIsTruncated) {
  Message message;
  message.header = {.id = 1, .qr = true};
  message.questions = {{"a.example", RecordType::a}};
  message.authority = {{"example", RecordType::ns, 1, Ns{"ns.example"}}};
  for (int i = 1; i <= 60; ++i)
    message.additional.push_back({"ns.example", RecordType::a, 1, A{fmt::format("192.0.2.{}", i)}});
  const auto cut = parse_message(serialise_within(message, 512));
  ASSERT_TRUE(cut.has_value());
  EXPECT_TRUE(cut->header.tc);
}

TEST(DnsWire, WhatCannotBeSentIsABug) {
  Message message;
  message.answers = {{"example", RecordType::a, 1, A{"not an address"}}};
  EXPECT_THROW(serialise(message), std::invalid_argument);
  message.answers = {{"a..b", RecordType::a, 1, A{"192.0.2.1"}}};
  EXPECT_THROW(serialise(message), std::invalid_argument);
  message.answers = {{"a", RecordType::txt, 1, Txt{{std::string(256, 'x')}}}};
  EXPECT_THROW(serialise(message), std::invalid_argument);
}

}  // namespace
}  // namespace sesame::dns
