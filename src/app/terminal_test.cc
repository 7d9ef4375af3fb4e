#include "app/terminal.h"

#include <gtest/gtest.h>

namespace sesame::app {
namespace {

TEST(HarmlessText, KeepsWhatPeopleWrite) {
  EXPECT_EQ(harmless("plain (text)"), "plain (text)");
  EXPECT_EQ(harmless("b\xc3\xbc"
                     "cher.example \xe2\x82\xac \xf0\x9f\x93\xa7"),
            "b\xc3\xbc"
            "cher.example \xe2\x82\xac \xf0\x9f\x93\xa7");
}

TEST(HarmlessText, HoldsNothingATerminalObeys) {
  EXPECT_EQ(harmless("\x1b[2Jgone\r\n\x07"), "?[2Jgone???");
  EXPECT_EQ(harmless("\xc2\x9b"
                     "31m"),
            "?31m")
      << "the eight-bit CSI";
  EXPECT_EQ(harmless("moc.\xe2\x80\xae"
                     "elpmaxe"),
            "moc.?elpmaxe")
      << "right-to-left override";
  EXPECT_EQ(harmless("\xff\xc3"), "??");
}

TEST(HarmlessText, IsCutBetweenCharacters) {
  EXPECT_EQ(harmless("abcdef", 4), "abcd...");
  EXPECT_EQ(harmless("abc\xc3\xbc", 4), "abc...");
  EXPECT_EQ(harmless("abcd", 4), "abcd");
}

TEST(ColouredText, IsPlainWhenColoursAreOff) {
  EXPECT_EQ(coloured(Colour::red, "fail", false), "fail");
  EXPECT_EQ(coloured(Colour::red, "fail", true), "\x1b[31mfail\x1b[0m");
}

}  // namespace
}  // namespace sesame::app
