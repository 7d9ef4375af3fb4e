#include "dns_providers/change_set.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace sesame::dns_providers {
namespace {

using dns::RecordType;
using namespace std::string_literals;

RecordSet mx(std::uint32_t ttl, std::vector<dns::RecordData> data) {
  return {"bounce.example.com", RecordType::mx, ttl, std::move(data)};
}

TEST(ChangeSet, DocumentGivesBackTheSameOctets) {
  const std::string awkward = "quote\" back\\slash \0 \xff \xc3\xa4 ; (\n)\0"s;
  const std::vector<Change> changes = {
      {mx(0, {}), mx(300, {dns::Mx{10, "mx.example.com"}, dns::Mx{20, ""}})},
      {{"bounce.example.com", RecordType::txt, 60, {dns::Txt{{awkward, "", std::string(255, 'x')}}, dns::Txt{{"b"}}}},
       {"bounce.example.com", RecordType::txt, 0, {}}},
      {{"b.example.com", RecordType::cname, 0, {}}, {"b.example.com", RecordType::cname, 5, {dns::Cname{"c.example"}}}},
      {{"b.example.com", RecordType::aaaa, 7, {dns::Aaaa{"2001:db8::1"}}}, {"b.example.com", RecordType::aaaa, 0, {}}}};
  const auto read = from_document(to_document(changes));
  ASSERT_TRUE(read.has_value()) << read.error();
  ASSERT_EQ(read->size(), changes.size());
  for (std::size_t i = 0; i < changes.size(); ++i) {
    EXPECT_EQ((*read)[i].before, changes[i].before);
    EXPECT_EQ((*read)[i].after, changes[i].after);
  }
}

TEST(ChangeSet, DamagedOrLaterDocumentIsRefused) {
  for (const char* document :
       {"", "{}", "[]", R"({"format":2,"changes":[]})", R"({"format":1})", R"({"format":1,"changes":[{}]})",
        R"({"format":1,"changes":[{"name":"a","type":"MX","before":null,"after":{"ttl":1,"data":["x"]}}]})",
        R"({"format":1,"changes":[{"name":"a","type":"MX","before":null}]})"}) {
    EXPECT_FALSE(from_document(document).has_value()) << document;
  }
  EXPECT_TRUE(from_document(R"({"format":1,"changes":[]})").has_value());
}

TEST(ChangeSet, InverseExpectsWhatWasMadeAndPutsBackWhatWas) {
  const RecordSet before = mx(60, {dns::Mx{10, "old.example"}}), after = mx(60, {dns::Mx{10, "new.example"}});
  const ChangeSet undo = inverse({{before, after}});
  ASSERT_EQ(undo.changes.size(), 1u);
  EXPECT_EQ(undo.changes[0].before, after);
  EXPECT_EQ(undo.changes[0].after, before);
  EXPECT_EQ(undo.expected, std::vector<RecordSet>{after});
}

TEST(ChangeSet, AnAliasComesBackOnlyToANameThatHasNothingElse) {
  const RecordSet alias{"bounce.example.com", RecordType::cname, 60, {dns::Cname{"www.example.com"}}};
  const RecordSet ours = mx(60, {dns::Mx{10, "new.example"}});
  const ChangeSet undo = inverse({{alias, {alias.name, RecordType::cname, 0, {}}}, {mx(0, {}), ours}});
  EXPECT_EQ(set_at(undo.expected, key_of(ours)), ours);
  for (const RecordType type : {RecordType::a, RecordType::aaaa, RecordType::cname, RecordType::ns, RecordType::txt}) {
    const auto expected = std::ranges::find(undo.expected, SetKey{alias.name, type}, key_of);
    ASSERT_NE(expected, undo.expected.end()) << dns::name(type);
    EXPECT_TRUE(expected->data.empty());
  }
}

TEST(ChangeSet, SetsAreTheSameInAnyOrderAndWithAnyTtl) {
  EXPECT_TRUE(same_data(mx(1, {dns::Mx{10, "a"}, dns::Mx{20, "b"}}), mx(2, {dns::Mx{20, "b"}, dns::Mx{10, "a"}})));
  EXPECT_FALSE(same_data(mx(1, {dns::Mx{10, "a"}}), mx(1, {dns::Mx{10, "a"}, dns::Mx{20, "b"}})));
  EXPECT_TRUE(same_data(mx(1, {}), mx(2, {})));
}

}  // namespace
}  // namespace sesame::dns_providers
