// What a response says. The protocol itself is tested against real servers (tests/scenarios/test_publishing.py).
#include "dns_providers/rfc2136.h"

#include <gtest/gtest.h>

namespace sesame::dns_providers {
namespace {

using dns::RecordType;

const SetKey mx_key{"bounce.example.com", RecordType::mx};

std::vector<RecordSet> sets(std::vector<dns::Record> answers, std::vector<dns::Record> authority = {}) {
  dns::Message response;
  response.answers = std::move(answers);
  response.authority = std::move(authority);
  return sets_in(response, mx_key, "example.com");
}

TEST(Rfc2136Response, RecordsOfTheNameAreOneSet) {
  EXPECT_EQ(
      sets({{"bounce.example.com", RecordType::mx, 300, dns::Mx{10, "a"}},
            {"bounce.example.com", RecordType::mx, 300, dns::Mx{20, "b"}},
            {"bounce.example.com", RecordType::mx, 300, dns::Mx{20, "b"}}}),
      (std::vector<RecordSet>{{"bounce.example.com", RecordType::mx, 300, {dns::Mx{10, "a"}, dns::Mx{20, "b"}}}}));
}

TEST(Rfc2136Response, AnAliasIsASetAndWhatStandsBehindItIsNot) {
  EXPECT_EQ(sets({{"bounce.example.com", RecordType::cname, 60, dns::Cname{"www.example.com"}},
                  {"www.example.com", RecordType::mx, 60, dns::Mx{10, "a"}}}),
            (std::vector<RecordSet>{{"bounce.example.com", RecordType::cname, 60, {dns::Cname{"www.example.com"}}}}));
}

TEST(Rfc2136Response, AReferralTellsOfTheDelegation) {
  const std::vector<RecordSet> cut = {{"bounce.example.com", RecordType::ns, 60, {dns::Ns{"ns1.svc.example"}}}};
  EXPECT_EQ(sets({}, {{"bounce.example.com", RecordType::ns, 60, dns::Ns{"ns1.svc.example"}}}), cut);
}

TEST(Rfc2136Response, TheZonesOwnNameServersAndOthersAreNoDelegation) {
  EXPECT_TRUE(sets({}, {{"example.com", RecordType::ns, 60, dns::Ns{"ns1.example.com"}},
                        {"example.com", RecordType::soa, 60, dns::Soa{"ns1.example.com", "h", 1, 2, 3, 4, 5}},
                        {"other.example.com", RecordType::ns, 60, dns::Ns{"ns1.other.example"}}})
                  .empty());
}

}  // namespace
}  // namespace sesame::dns_providers
