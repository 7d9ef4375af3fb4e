#include "dns/server_answer.h"

#include <gtest/gtest.h>

namespace sesame::dns {
namespace {

Message response(bool authoritative, Rcode rcode = Rcode::noerror) {
  Message message;
  message.header = {.id = 1, .qr = true, .aa = authoritative};
  message.rcode = rcode;
  message.questions = {{"b.example.com", RecordType::mx}};
  return message;
}

ServerAnswer read(const Message& message) { return read_response(message, "b.example.com", RecordType::mx); }

TEST(ServerAnswer, RecordsAndAliasesAtTheNameAreFound) {
  Message message = response(true);
  message.answers = {{"b.example.com", RecordType::mx, 1, Mx{10, "mx.example.com"}},
                     {"other.example.com", RecordType::mx, 1, Mx{10, "mx.example.com"}}};
  EXPECT_EQ(read(message).status, ServerStatus::found);
  EXPECT_EQ(read(message).records.size(), 1U);
  message.answers = {{"b.example.com", RecordType::cname, 1, Cname{"c.example.net"}},
                     {"c.example.net", RecordType::mx, 1, Mx{10, "mx.example.com"}}};
  EXPECT_EQ(read(message).status, ServerStatus::found);
  EXPECT_TRUE(read(message).records.empty());
  EXPECT_EQ(read(message).cname, "c.example.net");
}

TEST(ServerAnswer, NegativeAnswersCountOnlyWithAuthority) {
  EXPECT_EQ(read(response(true)).status, ServerStatus::no_data);
  EXPECT_EQ(read(response(true, Rcode::nxdomain)).status, ServerStatus::nxdomain);
  EXPECT_EQ(read(response(false)).status, ServerStatus::lame);
  EXPECT_EQ(read(response(false, Rcode::nxdomain)).status, ServerStatus::lame);
}

TEST(ServerAnswer, RecordsFromACacheAreLame) {
  Message message = response(false);
  message.answers = {{"b.example.com", RecordType::mx, 1, Mx{10, "mx.example.com"}}};
  EXPECT_EQ(read(message).status, ServerStatus::lame);
}

TEST(ServerAnswer, FailuresAndRefusalsSayNothingAboutTheName) {
  EXPECT_EQ(read(response(false, Rcode::servfail)).status, ServerStatus::servfail);
  EXPECT_EQ(read(response(true, Rcode::notimp)).status, ServerStatus::servfail);
  EXPECT_EQ(read(response(false, Rcode::refused)).status, ServerStatus::refused);
  EXPECT_EQ(read(response(false, Rcode::refused)).detail, "REFUSED");
}

TEST(ServerAnswer, AReferralNamesTheZoneItsServersAndTheirGlue) {
  Message message = response(false);
  message.authority = {{"b.example.com", RecordType::ns, 1, Ns{"ns.b.example.com"}},
                       {"b.example.com", RecordType::ns, 1, Ns{"ns.elsewhere.test"}}};
  message.additional = {{"ns.b.example.com", RecordType::aaaa, 1, Aaaa{"2001:db8::1"}},
                        {"ns.b.example.com", RecordType::a, 1, A{"192.0.2.1"}}};
  const ServerAnswer answer = read(message);
  EXPECT_EQ(answer.status, ServerStatus::referral);
  EXPECT_EQ(answer.referral_zone, "b.example.com");
  ASSERT_EQ(answer.referral.size(), 2U);
  EXPECT_EQ(answer.referral[0].addresses.at(0), *net::parse_ip("192.0.2.1"));
  EXPECT_EQ(answer.referral[0].addresses.at(1), *net::parse_ip("2001:db8::1"));
  EXPECT_TRUE(answer.referral[1].addresses.empty());
}

TEST(ServerAnswer, ReferralsToTheRootOrASiblingAreLame) {
  Message message = response(false);
  message.authority = {{"", RecordType::ns, 1, Ns{"a.root-servers.net"}}};
  EXPECT_EQ(read(message).status, ServerStatus::lame);
  message.authority = {{"c.example.com", RecordType::ns, 1, Ns{"ns.example.com"}}};
  EXPECT_EQ(read(message).status, ServerStatus::lame);
}

}  // namespace
}  // namespace sesame::dns
