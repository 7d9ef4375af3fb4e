#include "mailauth/dmarc/record.h"

#include <gtest/gtest.h>

namespace sesame::mailauth::dmarc {
namespace {

TEST(DmarcRecord, ReadsEveryTag) {
  const auto record = parse_record(
      "v=DMARC1; p=reject; sp=Quarantine; np=none; adkim=s; aspf=S; psd=n; t=y; fo=1:d;"
      " rua=mailto:a@example.com!10m, mailto:b@example.com; ruf=mailto:c@example.com;");
  ASSERT_TRUE(record);
  EXPECT_EQ(record->p, Policy::reject);
  EXPECT_EQ(record->for_existing_subdomain(), Policy::quarantine);
  EXPECT_EQ(record->for_nonexistent_subdomain(), Policy::none);
  EXPECT_EQ(record->adkim, Alignment::strict);
  EXPECT_EQ(record->aspf, Alignment::strict);
  EXPECT_EQ(record->psd, PublicSuffix::no);
  EXPECT_TRUE(record->testing);
  EXPECT_EQ(record->fo, "1d");
  EXPECT_EQ(record->rua, (std::vector<std::string>{"mailto:a@example.com", "mailto:b@example.com"}));
  EXPECT_EQ(record->ruf, (std::vector<std::string>{"mailto:c@example.com"}));
  EXPECT_EQ(record->problem, "");
}

TEST(DmarcRecord, VersionComesFirstAndIsSpelledExactly) {
  for (const char* other :
       {"", "v=DMARC2; p=none", "v=dmarc1; p=none", "p=none; v=DMARC1", "v=DMARC1x; p=none", "v=DMARC1 p=none"})
    EXPECT_EQ(parse_record(other).error(), RecordError::not_dmarc) << other;
  EXPECT_TRUE(parse_record("V = DMARC1 ;p=none"));
}

TEST(DmarcRecord, BrokenPolicyIsNoneWithReportsAndNothingWithout) {
  for (const char* bad : {"", "p=bob; ", "p=reject; sp=bob; ", "p=reject; np=bob; ", "p=; "}) {
    const std::string tags = std::string("v=DMARC1; ") + bad;
    const auto with = parse_record(tags + "rua=mailto:a@example.com");
    ASSERT_TRUE(with);
    EXPECT_EQ(with->p, Policy::none) << tags;
    EXPECT_EQ(with->for_existing_subdomain(), Policy::none) << tags;
    EXPECT_FALSE(parse_record(tags + "rua=nobody")->p) << tags;
    EXPECT_FALSE(parse_record(tags)->problem.empty());
  }
}

TEST(DmarcRecord, OtherErrorsFallBackToDefaults) {
  const auto record = parse_record("v=DMARC1; p=reject; adkim=x; psd=x; t=x; fo=x; bogus; =x; pct=900;;");
  ASSERT_TRUE(record);
  EXPECT_EQ(record->p, Policy::reject);
  EXPECT_EQ(record->adkim, Alignment::relaxed);
  EXPECT_FALSE(record->testing);
  EXPECT_EQ(record->fo, "0");
  EXPECT_NE(record->problem.find("adkim=x"), std::string::npos);
}

TEST(DmarcRecord, TagGivenTwiceSpoilsIt) {
  EXPECT_EQ(parse_record("v=DMARC1; p=none; P=reject").error(), RecordError::duplicate_tag);
}

}  // namespace
}  // namespace sesame::mailauth::dmarc
