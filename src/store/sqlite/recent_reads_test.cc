#include "store/sqlite/recent_reads.h"

#include <gtest/gtest.h>

namespace sesame::store::sqlite {
namespace {

using Reads = RecentReads<std::string>;
const Reads::Clock::time_point noon{std::chrono::hours(12)};

void keep(Reads& reads, const std::string& key, const std::string& value) {
  reads.keep(reads.begin(noon), key, std::make_shared<const std::string>(value));
}

TEST(RecentReads, a_value_is_found_again_under_its_key_only) {
  Reads reads;
  keep(reads, "a", "one");
  ASSERT_NE(reads.find("a", noon), nullptr);
  EXPECT_EQ(*reads.find("a", noon), "one");
  EXPECT_EQ(reads.find("b", noon), nullptr);
}

TEST(RecentReads, a_commit_drops_everything) {
  Reads reads;
  keep(reads, "a", "one");
  reads.drop_all();
  EXPECT_EQ(reads.find("a", noon), nullptr);
}

TEST(RecentReads, what_was_read_while_a_commit_went_on_is_not_kept) {
  Reads reads;
  const auto beginning = reads.begin(noon);
  reads.drop_all();
  reads.keep(beginning, "a", std::make_shared<const std::string>("old"));
  EXPECT_EQ(reads.find("a", noon), nullptr);
}

TEST(RecentReads, another_process_is_heard_when_the_value_has_its_age) {
  Reads reads;
  keep(reads, "a", "one");
  EXPECT_NE(reads.find("a", noon + Reads::max_age - std::chrono::milliseconds(1)), nullptr);
  EXPECT_EQ(reads.find("a", noon + Reads::max_age), nullptr);
}

TEST(RecentReads, their_number_is_bounded) {
  Reads reads;
  for (std::size_t i = 0; i < Reads::max_entries; ++i) keep(reads, std::to_string(i), "value");
  EXPECT_NE(reads.find("0", noon), nullptr);
  keep(reads, "one more", "value");
  EXPECT_EQ(reads.find("0", noon), nullptr);
  EXPECT_NE(reads.find("one more", noon), nullptr);
}

}  // namespace
}  // namespace sesame::store::sqlite
