#include "dns/update.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "base/text.h"

namespace sesame::dns {
namespace {

TEST(DnsUpdate, IsOctetForOctetWhatTheRfcSays) {
  Update update;
  update.id = 0x1234;
  update.zone = "example.com";
  update.must_be = {{"bounce.example.com", RecordType::mx, 0, {}},
                    {"bounce.example.com", RecordType::txt, 0, {Txt{{"old"}}}}};
  update.remove = {{"bounce.example.com", RecordType::txt, 0, {}}};
  update.add = {{"bounce.example.com", RecordType::mx, 300, {Mx{10, "mx.svc.example"}}}};
  const std::string name = "06626f756e6365076578616d706c6503636f6d00";
  EXPECT_EQ(hex_encode(serialise(update)),
            "1234"
            "2800"
            "0001"
            "0002"
            "0002"
            "0000"  // opcode 5; zone, two prerequisites, two updates
            "076578616d706c6503636f6d00"
            "0006"
            "0001" +  // example.com SOA IN
                name +
                "000f"
                "00fe"
                "00000000"
                "0000" +  // no MX: class NONE
                name +
                "0010"
                "0001"
                "00000000"
                "0004"
                "036f6c64" +  // TXT "old": class IN, TTL 0
                name +
                "0010"
                "00ff"
                "00000000"
                "0000" +  // remove the TXT: class ANY
                name +
                "000f"
                "0001"
                "0000012c"
                "0012"
                "000a"
                "026d7803737663076578616d706c6500");
}

TEST(DnsUpdate, ASetOfManyIsOneRecordEach) {
  Update update;
  update.zone = "example.com";
  update.must_be = {{"example.com", RecordType::txt, 300, {Txt{{"a"}}, Txt{{"b"}}}}};
  update.add = {{"example.com", RecordType::txt, 300, {Txt{{"a"}}, Txt{{"b"}}, Txt{{"c"}}}}};
  const std::string octets = serialise(update);
  EXPECT_EQ(octets[7], 2);
  EXPECT_EQ(octets[9], 3);
  EXPECT_TRUE(parse_message(octets).has_value());
}

TEST(DnsUpdate, WhatDnsCannotCarryIsTheCallersMistake) {
  Update update;
  update.zone = "example..com";
  EXPECT_THROW(serialise(update), std::invalid_argument);
  update.zone = "example.com";
  update.add = {{"example.com", RecordType::txt, 300, {Txt{{std::string(256, 'x')}}}}};
  EXPECT_THROW(serialise(update), std::invalid_argument);
}

}  // namespace
}  // namespace sesame::dns
