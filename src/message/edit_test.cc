#include "message/edit.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace sesame::message {
namespace {

TEST(Edit, BareCrAndLfBecomeCrlf) {
  EXPECT_EQ(normalise_line_ends("a\nb\rc\r\nd\r\r\n\n"), "a\r\nb\r\nc\r\nd\r\n\r\n\r\n");
  EXPECT_FALSE(has_crlf_line_ends("a\n"));
  EXPECT_FALSE(has_crlf_line_ends("a\rb\r\n"));
  EXPECT_FALSE(has_crlf_line_ends("a\r"));
  EXPECT_TRUE(has_crlf_line_ends("a\r\n\r\nb"));
  SeededRandom random(5);
  for (int i = 0; i < 500; ++i) {
    const std::string once = normalise_line_ends(random.text("a\r\n", random.below(12)));
    EXPECT_TRUE(has_crlf_line_ends(once));
    EXPECT_EQ(normalise_line_ends(once), once);
  }
}

TEST(Edit, LongLinesAreFound) {
  const std::string limit(998, 'x');
  EXPECT_EQ(find_long_line(limit + "\r\n" + limit), std::nullopt);
  EXPECT_EQ(find_long_line("a\r\n" + limit + "x\r\n"), 3u);
  EXPECT_EQ(find_long_line("a\r\n" + limit + "x"), 3u);
}

TEST(Edit, NothingAskedNothingChanged) {
  const std::string octets = "Subject : x\r\n\tfolded  \r\nTo:y\r\n\r\nbody\r\n";
  EXPECT_EQ(edit_message(octets, {}), octets);
}

TEST(Edit, RemovesReplacesPrependsAppends) {
  const HeaderEdits edits{.remove = {"bcc", "X-SES-Tag"},
                          .replace = {{"MESSAGE-ID", "<new@x>"}, {"Date", "today"}},
                          .prepend = {{"Received", "a"}, {"DKIM-Signature", "b"}},
                          .append = {{"Feedback-ID", "c"}}};
  const auto edited = edit_message(
      "From: a\r\nBcc: b\r\n c\r\nMessage-ID: <1@x>\r\nBCC: d\r\nTo: e\r\nMessage-Id: <2@x>\r\n\r\nbody\r\n", edits);
  ASSERT_TRUE(edited);
  EXPECT_EQ(*edited,
            "Received: a\r\nDKIM-Signature: b\r\nFrom: a\r\nMESSAGE-ID: <new@x>\r\nTo: e\r\nDate: today\r\n"
            "Feedback-ID: c\r\n\r\nbody\r\n");
}

TEST(Edit, ABareCrCannotSmuggleAFieldPastTheRemoval) {
  const auto edited = edit_message("From: a\rBcc: b\r\n\r\nbody\r\n", {.remove = {"Bcc"}});
  EXPECT_EQ(edited, "From: a\r\n\r\nbody\r\n");
}

TEST(Edit, AnEmptyLineFollowsTheHeaderSection) {
  EXPECT_EQ(edit_message("A: b", {}), "A: b\r\n\r\n");
  EXPECT_EQ(edit_message("A: b", {.append = {{"C", "d"}}}), "A: b\r\nC: d\r\n\r\n");
  EXPECT_EQ(edit_message("A: b\r\nnot a field\r\n", {}), "A: b\r\n\r\nnot a field\r\n");
  EXPECT_EQ(edit_message("", {}), "\r\n");
  EXPECT_EQ(edit_message("A: b\n\nbody", {}), "A: b\r\n\r\nbody\r\n");
}

TEST(Edit, FieldsThatAreNoneAreRefused) {
  const auto edited = edit_message("A: b\r\n\r\n", {.append = {{"X", "a\r\nBcc: b"}}});
  ASSERT_FALSE(edited);
  EXPECT_EQ(edited.error().field_name, "X");
  EXPECT_EQ(edited.error().error, (FieldError{FieldProblem::control_character, 1}));
  EXPECT_FALSE(edit_message("A: b\r\n\r\n", {.replace = {{"X Y", "a"}}}));
  EXPECT_FALSE(edit_message("A: b\r\n\r\n", {.prepend = {{"X", std::string(1, '\0')}}}));
}

}  // namespace
}  // namespace sesame::message
