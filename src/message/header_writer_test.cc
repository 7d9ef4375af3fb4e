#include "message/header_writer.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "base/text.h"
#include "message/header_section.h"

namespace sesame::message {
namespace {

std::string written(std::string_view name, std::string_view value) {
  std::string out;
  const auto result = append_field(out, name, value);
  EXPECT_TRUE(result) << name;
  return out;
}

TEST(HeaderWriter, ShortFieldsAreOneLine) {
  EXPECT_EQ(written("Subject", " hello "), "Subject: hello\r\n");
  EXPECT_EQ(written("Subject", ""), "Subject: \r\n");
}

TEST(HeaderWriter, FoldsBeforeABlankAndNowhereElse) {
  const std::string word(40, 'w');
  EXPECT_EQ(written("To", word + "  " + word), "To: " + word + "\r\n  " + word + "\r\n");
  const std::string long_word(120, 'w');
  EXPECT_EQ(written("To", long_word + " a"), "To: " + long_word + "\r\n a\r\n");
}

TEST(HeaderWriter, NothingButTextBecomesAField) {
  for (const char c : {'\r', '\n', '\0', '\x01', '\x1b', '\x7f'}) {
    std::string out = "kept";
    const auto result = append_field(out, "Subject", std::string("ab") + c + "c");
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error(), (FieldError{FieldProblem::control_character, 2}));
    EXPECT_EQ(out, "kept");
  }
  std::string out;
  EXPECT_EQ(append_field(out, "Subject", "caf\xc3\xa9").error(), (FieldError{FieldProblem::not_ascii, 3}));
  EXPECT_EQ(append_field(out, "Subject", "folded\r\n already").error().problem, FieldProblem::control_character);
  for (const char* name : {"", "a b", "a:b", "a\r\nb", "n\xc3\xa4me"}) {
    EXPECT_EQ(append_field(out, name, "x").error().problem, FieldProblem::bad_name) << name;
  }
  EXPECT_EQ(out, "");
}

TEST(HeaderWriter, AWordBeyondTheLineLimitIsRefused) {
  std::string out;
  EXPECT_TRUE(append_field(out, "X", std::string(997, 'w')));  // on a line of its own
  EXPECT_EQ(out, "X:\r\n " + std::string(997, 'w') + "\r\n");
  EXPECT_EQ(append_field(out, "X", "a " + std::string(998, 'w')).error(), (FieldError{FieldProblem::line_too_long, 2}));
}

TEST(HeaderWriter, UnfoldingGivesTheValueBackAndLinesAreShort) {
  SeededRandom random(11);
  for (int round = 0; round < 500; ++round) {
    const std::string value(trim(random.text("abcdefgh, \t", random.below(600))));
    const std::string octets = written("X-Field", value);
    const ParsedMessage message = parse_message(octets);
    ASSERT_EQ(message.fields.size(), 1u);
    EXPECT_FALSE(message.malformed_at);
    EXPECT_EQ(unfold(message.fields.front().value), value);
    for (std::string_view line : split(octets, '\n')) {
      const std::string_view text = trim(line);
      EXPECT_TRUE(line.size() <= preferred_line_octets + 1 || text.find_first_of(" \t") == std::string_view::npos ||
                  line.starts_with("X-Field"));
    }
  }
}

}  // namespace
}  // namespace sesame::message
