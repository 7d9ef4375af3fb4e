#include "zone/zone_data.h"

#include <gtest/gtest.h>

#include "zone/zone_file.h"

namespace sesame::zone {
namespace {

using dns::Rcode;
using dns::RecordType;

constexpr std::string_view zone_text = R"(example. 3600 IN SOA ns1.example. host.example. 7 3600 600 86400 60
example. 300 IN NS ns1.example.
example. 300 IN MX 10 mail.example.
mail.example. 300 IN A 192.0.2.25   ; comment
ns1.example. 300 IN A 192.0.2.53
ns1.example. 300 IN AAAA 2001:db8::53
www.example. 300 IN CNAME web.example.
web.example. 300 IN A 192.0.2.80
out.example. 300 IN CNAME elsewhere.test.
dead.example. 300 IN CNAME nowhere.example.
loop.example. 300 IN CNAME loop2.example.
loop2.example. 300 IN CNAME loop.example.
deep.ent.example. 300 IN TXT "below an empty non-terminal; not a comment"
*.wild.example. 300 IN TXT "any"
*.wild.example. 300 IN MX 5 mail.example.
host.wild.example. 300 IN A 192.0.2.1
sub.example. 300 IN NS ns.sub.example.
ns.sub.example. 300 IN A 192.0.2.54
todelegated.example. 300 IN CNAME x.sub.example.
)";

ZoneData example() {
  auto zone = parse_zone(zone_text);
  if (!zone) throw std::runtime_error(zone.error().text);
  return std::move(*zone);
}

// Everything about an answer in one line, for comparison.
std::string shown(const ZoneAnswer& answer) {
  std::string text = dns::name(answer.rcode) + (answer.authoritative ? " aa" : "");
  const std::vector<std::pair<std::string, const std::vector<dns::Record>*>> sections = {
      {"an", &answer.answers}, {"ns", &answer.authority}, {"ad", &answer.additional}};
  for (const auto& [title, section] : sections) {
    for (const auto& record : *section) {
      text += fmt::format(" | {} {} {}", title, record.name, dns::name(record.type));
    }
  }
  return text;
}

std::string ask(std::string_view name, RecordType type) { return shown(example().lookup(name, type)); }

TEST(ZoneLookup, AnswersWithTheSetAndTheAddressesItNames) {
  EXPECT_EQ(ask("mail.example", RecordType::a), "NOERROR aa | an mail.example A");
  EXPECT_EQ(ask("example", RecordType::mx), "NOERROR aa | an example MX | ad mail.example A");
  EXPECT_EQ(ask("example", RecordType::soa), "NOERROR aa | an example SOA");
  EXPECT_EQ(ask("example", RecordType::ns), "NOERROR aa | an example NS | ad ns1.example A | ad ns1.example AAAA");
}

TEST(ZoneLookup, NegativeAnswersCarryTheSoaWithTheNegativeTtl) {
  EXPECT_EQ(ask("mail.example", RecordType::txt), "NOERROR aa | ns example SOA");
  EXPECT_EQ(ask("nope.example", RecordType::a), "NXDOMAIN aa | ns example SOA");
  EXPECT_EQ(example().lookup("nope.example", RecordType::a).authority.at(0).ttl, 60U);
}

TEST(ZoneLookup, EmptyNonTerminalsExist) {
  EXPECT_EQ(ask("ent.example", RecordType::txt), "NOERROR aa | ns example SOA");
  EXPECT_EQ(ask("x.ent.example", RecordType::txt), "NXDOMAIN aa | ns example SOA");
}

TEST(ZoneLookup, CnamesAreFollowedInsideTheZone) {
  EXPECT_EQ(ask("www.example", RecordType::a), "NOERROR aa | an www.example CNAME | an web.example A");
  EXPECT_EQ(ask("www.example", RecordType::cname), "NOERROR aa | an www.example CNAME");
  EXPECT_EQ(ask("www.example", RecordType::mx), "NOERROR aa | an www.example CNAME | ns example SOA");
  EXPECT_EQ(ask("out.example", RecordType::a), "NOERROR aa | an out.example CNAME");
  EXPECT_EQ(ask("dead.example", RecordType::a), "NXDOMAIN aa | an dead.example CNAME | ns example SOA");
  EXPECT_EQ(ask("todelegated.example", RecordType::a),
            "NOERROR aa | an todelegated.example CNAME | ns sub.example NS | ad ns.sub.example A");
}

TEST(ZoneLookup, ACnameLoopEnds) { EXPECT_LE(example().lookup("loop.example", RecordType::a).answers.size(), 9U); }

TEST(ZoneLookup, WildcardsMatchBelowTheClosestEncloserOnly) {
  EXPECT_EQ(ask("a.wild.example", RecordType::txt), "NOERROR aa | an a.wild.example TXT");
  EXPECT_EQ(ask("a.b.wild.example", RecordType::mx), "NOERROR aa | an a.b.wild.example MX | ad mail.example A");
  EXPECT_EQ(ask("a.wild.example", RecordType::a), "NOERROR aa | ns example SOA");
  EXPECT_EQ(ask("host.wild.example", RecordType::txt), "NOERROR aa | ns example SOA");
  EXPECT_EQ(ask("x.host.wild.example", RecordType::txt), "NXDOMAIN aa | ns example SOA");
  EXPECT_EQ(ask("wild.example", RecordType::txt), "NOERROR aa | ns example SOA");
}

TEST(ZoneLookup, DelegationsAreReferralsWithGlue) {
  const std::string referral = "NOERROR | ns sub.example NS | ad ns.sub.example A";
  EXPECT_EQ(ask("sub.example", RecordType::mx), referral);
  EXPECT_EQ(ask("sub.example", RecordType::ns), referral);
  EXPECT_EQ(ask("a.b.sub.example", RecordType::a), referral);
  EXPECT_EQ(ask("ns.sub.example", RecordType::a), referral);
  EXPECT_EQ(ask("sub.example", RecordType::ds), "NOERROR aa | ns example SOA");
}

TEST(ZoneLookup, AnyIsAnsweredWithOneSet) {
  EXPECT_EQ(ask("a.wild.example", RecordType::any), "NOERROR aa | an a.wild.example MX | ad mail.example A");
  EXPECT_EQ(ask("example", RecordType::any), "NOERROR aa | an example SOA");
}

TEST(ZoneLookup, OutsideIsRefused) {
  EXPECT_EQ(ask("example.test", RecordType::a), "REFUSED");
  EXPECT_EQ(ask("badexample", RecordType::a), "REFUSED");
}

TEST(ZoneLookup, TheRootCanBeAZone) {
  ZoneData root("", {.primary = "ns.test", .mailbox = "h.test", .minimum = 1});
  ASSERT_TRUE(root.add({"example", RecordType::ns, 60, dns::Ns{"ns.example"}}));
  EXPECT_EQ(shown(root.lookup("", RecordType::soa)), "NOERROR aa | an  SOA");
  EXPECT_EQ(shown(root.lookup("a.b", RecordType::a)), "NXDOMAIN aa | ns  SOA");
  EXPECT_EQ(shown(root.lookup("a.example", RecordType::a)), "NOERROR | ns example NS");
}

TEST(ZoneData, RefusesWhatCannotStandTogether) {
  ZoneData zone = example();
  EXPECT_FALSE(zone.add({"mail.example", RecordType::cname, 1, dns::Cname{"x.example"}}));
  EXPECT_FALSE(zone.add({"www.example", RecordType::a, 1, dns::A{"192.0.2.1"}}));
  EXPECT_FALSE(zone.add({"www.example", RecordType::cname, 1, dns::Cname{"other.example"}}));
  EXPECT_FALSE(zone.add({"example", RecordType::cname, 1, dns::Cname{"x.example"}}));
  EXPECT_FALSE(zone.add({"other.test", RecordType::a, 1, dns::A{"192.0.2.1"}}));
  EXPECT_EQ(zone.records(), example().records());
}

TEST(ZoneData, ReplaceIsAllOrNothing) {
  ZoneData zone = example();
  const std::vector<dns::Record> two = {{"mail.example", RecordType::a, 1, dns::A{"192.0.2.1"}},
                                        {"mail.example", RecordType::a, 1, dns::A{"192.0.2.2"}}};
  EXPECT_TRUE(zone.replace("mail.example", RecordType::a, two));
  EXPECT_EQ(zone.set("mail.example", RecordType::a), two);
  const std::vector<dns::Record> wrong = {two[0], {"other.example", RecordType::a, 1, dns::A{"192.0.2.2"}}};
  EXPECT_FALSE(zone.replace("mail.example", RecordType::a, wrong));
  EXPECT_EQ(zone.set("mail.example", RecordType::a), two);
  EXPECT_TRUE(zone.replace("mail.example", RecordType::a, {}));
  EXPECT_EQ(shown(zone.lookup("mail.example", RecordType::a)), "NXDOMAIN aa | ns example SOA");
}

TEST(ZoneFile, PrintsWhatItReads) {
  const ZoneData zone = example();
  const auto again = parse_zone(print_zone(zone));
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->records(), zone.records());
}

TEST(ZoneFile, ErrorsNameTheLine) {
  const std::string soa = "example. 1 IN SOA a. b. 1 1 1 1 1\n";
  EXPECT_EQ(parse_zone("").error().text, "there is no SOA");
  EXPECT_EQ(parse_zone("example. 1 IN A 192.0.2.1").error().text, "the first record is not the SOA");
  EXPECT_EQ(parse_zone(soa + "\nexample. x IN A 192.0.2.1").error().line, 3U);
  EXPECT_EQ(parse_zone(soa + "other. 1 IN A 192.0.2.1").error().text, "the record cannot be in this zone");
}

TEST(Zone, AnUpdateRaisesTheSerialAndLeavesReadersTheirVersion) {
  Zone zone(example());
  const auto before = zone.snapshot();
  EXPECT_TRUE(zone.update([](ZoneData& data) {
    data.remove("mail.example");
    return true;
  }));
  EXPECT_FALSE(zone.update([](ZoneData&) { return false; }));
  EXPECT_EQ(before->soa().serial, 7U);
  EXPECT_EQ(zone.snapshot()->soa().serial, 8U);
  EXPECT_EQ(before->set("mail.example", RecordType::a).size(), 1U);
  EXPECT_TRUE(zone.snapshot()->set("mail.example", RecordType::a).empty());
}

TEST(LabelOrder, PutsNamesBelowDirectlyAfterTheirAncestor) {
  const LabelOrder less;
  EXPECT_TRUE(less("example", "a.example"));
  EXPECT_TRUE(less("a.example", "z.a.example"));
  EXPECT_TRUE(less("z.a.example", "a-b.example"));
  EXPECT_TRUE(less("", "example"));
  EXPECT_FALSE(less("example", "example"));
}

}  // namespace
}  // namespace sesame::zone
