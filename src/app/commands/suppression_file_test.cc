#include "app/commands/suppression_file.h"

#include <gtest/gtest.h>

namespace sesame::app {
namespace {

std::vector<std::string> entries(std::string_view text) {
  std::vector<std::string> shown;
  const SuppressionFile file = read_suppression_file(text);
  for (const auto& error : file.errors) shown.push_back(std::to_string(error.line) + ": " + error.what);
  for (const auto& entry : file.entries) {
    shown.push_back(std::to_string(entry.line) + " " + entry.address + " " + entry.reason);
  }
  return shown;
}
using Shown = std::vector<std::string>;

TEST(SuppressionFile, NamedColumnsMayStandInAnyOrder) {
  EXPECT_EQ(entries("Reason,LastUpdateTime,EmailAddress\r\nCOMPLAINT,x,a@b.example\r\n,y,c@b.example\r\n"),
            (Shown{"2 a@b.example COMPLAINT", "3 c@b.example BOUNCE"}));
}

TEST(SuppressionFile, WithoutNamesItIsAddressAndReason) {
  EXPECT_EQ(entries("a@b.example\n c@b.example , complaint\n"),
            (Shown{"1 a@b.example BOUNCE", "2 c@b.example COMPLAINT"}));
}

TEST(SuppressionFile, ByteOrderMarkIsNoPartOfTheFirstName) {
  EXPECT_EQ(entries("\xef\xbb\xbf"
                    "EmailAddress\na@b.example\n"),
            (Shown{"2 a@b.example BOUNCE"}));
}

TEST(SuppressionFile, EveryWrongLineIsNamed) {
  EXPECT_EQ(entries("a@b.example,MAYBE\nnobody\n\"x\"y\n"),
            (Shown{"1: \"MAYBE\" is neither BOUNCE nor COMPLAINT", "2: \"nobody\" is not an email address",
                   "3: text follows a closing quote"}));
}

TEST(SuppressionFile, OnlySoManyErrorsAreGathered) {
  std::string text;
  for (int i = 0; i < 100; ++i) text += "nobody\n";
  EXPECT_EQ(read_suppression_file(text).errors.size(), max_suppression_errors);
}

TEST(SuppressionFile, TimesAreWrittenToTheMillisecond) {
  EXPECT_EQ(format_time(1767225600.5), "2026-01-01T00:00:00.500Z");
}

}  // namespace
}  // namespace sesame::app
