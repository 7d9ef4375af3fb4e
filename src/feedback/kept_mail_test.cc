// Mail that is not understood, on a real directory.
#include "feedback/kept_mail.h"

#include <gtest/gtest.h>

#include <fstream>

#include "base/testing/temp_directory.h"

namespace sesame::feedback {
namespace {

namespace fs = std::filesystem;
using std::chrono::days;

const Arrival arrival{"<ann@example.net>", "0100-tag@bounce.example.com", "192.0.2.1:25",
                      "mx.example.net",    "feedback.svc.example",        "ESMTPS"};

class KeptMailTest : public testing::Test {
 protected:
  std::string put(const std::string& content) {
    const auto name = kept.put(arrival, content);
    EXPECT_TRUE(name) << name.error();
    return name.value_or("");
  }
  std::vector<std::string> names() const {
    std::vector<std::string> found;
    const auto entries = list_kept_mail(directory);
    EXPECT_TRUE(entries) << entries.error();
    if (entries) {
      for (const KeptMailEntry& entry : *entries) found.push_back(entry.name);
    }
    return found;
  }
  void a_minute_passes() { clock.advance(std::chrono::minutes(1)); }

  TempDirectory temp;
  const fs::path directory = temp.path() / "unread";
  ManualClock clock;
  SeededRandom random{1};
  KeptMailLimits limits{.octets = 3000, .mails = 4, .age = days(60)};
  KeptMail kept{directory, limits, clock, random};
};

TEST_F(KeptMailTest, AMailIsKeptWholeBehindTheFieldsOfItsDelivery) {
  std::string content =
      "From: =?UTF-8?Q?J=C3=B6rg?= <j@example.net>\r\nSubject: Hm\r\n\r\n\0\xff.\r\n.."
      "no end";
  const std::string name = put(content);
  const auto text = read_kept_mail(directory, name);
  ASSERT_TRUE(text);
  EXPECT_EQ(*text,
            "Return-Path: <ann@example.net>\r\nDelivered-To: 0100-tag@bounce.example.com\r\n"
            "Received: from mx.example.net ([192.0.2.1:25])\r\n\tby feedback.svc.example with ESMTPS;\r\n"
            "\tThu, 1 Jan 2026 00:00:00 +0000\r\n" +
                content);
  const auto listed = list_kept_mail(directory);
  ASSERT_TRUE(listed);
  ASSERT_EQ(listed->size(), 1u);
  const KeptMailEntry& entry = listed->front();
  EXPECT_EQ(entry.name, name);
  EXPECT_EQ(entry.received, "2026-01-01T00:00:00Z");
  EXPECT_EQ(entry.octets, text->size());
  EXPECT_EQ(entry.reverse_path, "<ann@example.net>");
  EXPECT_EQ(entry.return_path, "0100-tag@bounce.example.com");
  EXPECT_EQ(entry.from, "Jörg <j@example.net>");
  EXPECT_EQ(entry.subject, "Hm");
}

TEST_F(KeptMailTest, TheNewestIsListedFirstAndAnEmptyPlaceIsNoProblem) {
  EXPECT_TRUE(names().empty());
  const std::string first = put("a");
  a_minute_passes();
  const std::string second = put("b");
  EXPECT_EQ(names(), (std::vector{second, first}));
}

TEST_F(KeptMailTest, TheOldestMakeRoomForWhatComes) {
  std::vector<std::string> put_names;
  for (int i = 0; i < 6; ++i, a_minute_passes()) put_names.push_back(put(std::string(100, 'x')));
  EXPECT_EQ(names().size(), limits.mails);
  EXPECT_EQ(names().back(), put_names.at(2));
  const std::string large = put(std::string(2750, 'y'));
  EXPECT_EQ(names(), std::vector{large});
  EXPECT_FALSE(kept.put(arrival, std::string(3000, 'z')));
  EXPECT_EQ(names(), std::vector{large}) << "what cannot be kept drives nothing out";
}

TEST_F(KeptMailTest, WhatIsThereCountsAfterARestart) {
  const std::string old = put(std::string(1500, 'x'));
  a_minute_passes();
  KeptMail again(directory, limits, clock, random);
  const auto fresh = again.put(arrival, std::string(1500, 'y'));
  ASSERT_TRUE(fresh);
  EXPECT_EQ(names(), std::vector{*fresh});
}

TEST_F(KeptMailTest, OldMailIsForgotten) {
  put("old");
  clock.advance(days(60));
  const std::string young = put("young");
  EXPECT_EQ(kept.forget_old().value_or(99), 0u) << "60 days are not over";
  clock.advance(std::chrono::seconds(1));
  EXPECT_EQ(kept.forget_old().value_or(99), 1u);
  EXPECT_EQ(names(), std::vector{young});
}

TEST_F(KeptMailTest, FilesOfOthersAreNeitherListedNorReadNorRemoved) {
  fs::create_directories(directory);
  std::ofstream(directory / "notes.eml") << "mine";
  std::ofstream(directory / "notes.eml.new") << "mine too";
  std::ofstream(temp.path() / "secret") << "s";
  clock.advance(days(600));
  EXPECT_EQ(kept.forget_old().value_or(99), 0u);
  EXPECT_TRUE(names().empty());
  for (const char* name :
       {"notes", "../secret", "", "20260101T000000Z-0123456789abcdef", "20260101T000000Z-../../secret1"}) {
    const auto read = read_kept_mail(directory, name);
    ASSERT_FALSE(read) << name;
    EXPECT_EQ(read.error(), KeptMailErrc::no_such_mail) << name;
  }
  EXPECT_TRUE(fs::exists(directory / "notes.eml") && fs::exists(directory / "notes.eml.new"));
}

TEST_F(KeptMailTest, WhatACrashLeftHalfWrittenGoes) {
  fs::create_directories(directory);
  const fs::path half = directory / "20260101T000000Z-0123456789abcdef.eml.new";
  std::ofstream(half.string()) << "half";
  EXPECT_TRUE(names().empty());
  put("whole");
  EXPECT_FALSE(fs::exists(half));
  EXPECT_EQ(names().size(), 1u);
}

TEST_F(KeptMailTest, WhatCannotBeWrittenIsSaidWithTheFileAndKeepsNothing) {
  fs::create_directories(temp.path());
  std::ofstream(directory.string()) << "a file where the directory should be";
  const auto name = kept.put(arrival, "x");
  ASSERT_FALSE(name);
  EXPECT_NE(name.error().find(directory.string()), std::string::npos);
}

}  // namespace
}  // namespace sesame::feedback
