#include "smtp/line_buffer.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <vector>

namespace sesame::smtp {
namespace {

// Each line, or the error instead of it, that comes out of `wire` fed in pieces of `piece` octets.
std::vector<std::string> lines_of(std::string_view wire, std::size_t piece, std::size_t limit) {
  LineBuffer buffer;
  std::vector<std::string> out;
  for (;;) {
    const auto line = buffer.next_line(limit);
    if (line) {
      out.push_back(*line);
    } else if (line.error() == LineError::too_long) {
      out.emplace_back("!too_long");
    } else if (line.error() == LineError::bare_cr_or_lf) {
      out.emplace_back("!bare");
    } else {
      if (wire.empty()) return out;
      const auto next = wire.substr(0, std::min(piece, buffer.room()));
      buffer.append(next);
      wire.remove_prefix(next.size());
    }
  }
}

std::vector<std::string> lines_of(std::string_view wire, std::size_t limit = 16) {
  const auto whole = lines_of(wire, LineBuffer::capacity, limit);
  for (std::size_t piece = 1; piece <= wire.size(); ++piece) {
    EXPECT_EQ(lines_of(wire, piece, limit), whole) << "in pieces of " << piece;
  }
  return whole;
}

using Lines = std::vector<std::string>;

TEST(LineBuffer, YieldsWholeLinesOnly) {
  EXPECT_EQ(lines_of("EHLO a\r\nMAIL\r\n\r\nQUI"), (Lines{"EHLO a", "MAIL", ""}));
}

TEST(LineBuffer, BareCrAndLfEndNoLine) {
  EXPECT_EQ(lines_of("RSET\nQUIT\r\nNOOP\r\n"), (Lines{"!bare", "NOOP"}));
  EXPECT_EQ(lines_of("RSET\rQ\r\nNOOP\r\n"), (Lines{"!bare", "NOOP"}));
  EXPECT_EQ(lines_of("RSET\r\r\nNOOP\r\n"), (Lines{"!bare", "NOOP"}));
  EXPECT_EQ(lines_of("QUIT\n"), Lines{});
}

TEST(LineBuffer, SwallowsTooLongLinesAndGoesOn) {
  EXPECT_EQ(lines_of("12345678901234\r\nNOOP\r\n"), (Lines{"12345678901234", "NOOP"}));
  EXPECT_EQ(lines_of("123456789012345\r\nNOOP\r\n"), (Lines{"!too_long", "NOOP"}));
  EXPECT_EQ(lines_of(std::string(100, 'x') + "\r\nNOOP\r\n"), (Lines{"!too_long", "NOOP"}));
  EXPECT_EQ(lines_of(std::string(40000, 'x') + "\n\r\nNOOP\r\n", 4096, 512), (Lines{"!too_long", "NOOP"}));
}

TEST(LineBuffer, GivesUpOnALineWithoutEnd) {
  LineBuffer buffer;
  const std::string piece(4096, 'x');
  for (std::size_t sent = 0; sent <= LineBuffer::max_swallowed_octets; sent += piece.size()) {
    ASSERT_GE(buffer.room(), piece.size());
    EXPECT_EQ(buffer.next_line(512).error(), LineError::need_more);
    buffer.append(piece);
  }
  EXPECT_EQ(buffer.next_line(512).error(), LineError::runaway);
}

TEST(LineBuffer, GivesMessageDataWithoutLookingAtLines) {
  LineBuffer buffer;
  buffer.append("DATA\r\nbody\n.\r\nQUIT\r\n");
  EXPECT_EQ(*buffer.next_line(512), "DATA");
  EXPECT_EQ(buffer.buffered(), "body\n.\r\nQUIT\r\n");
  buffer.take(8);
  EXPECT_EQ(*buffer.next_line(512), "QUIT");
  EXPECT_TRUE(buffer.empty());
}

TEST(LineBuffer, DiscardForgetsHalfALine) {
  LineBuffer buffer;
  buffer.append(std::string(600, 'x'));
  EXPECT_EQ(buffer.next_line(512).error(), LineError::need_more);
  buffer.append("\r\nMAIL");
  buffer.discard();
  EXPECT_TRUE(buffer.empty());
  buffer.append("EHLO a\r\n");
  EXPECT_EQ(*buffer.next_line(512), "EHLO a");
}

TEST(LineBuffer, TakesNoMoreThanItsRoom) {
  LineBuffer buffer;
  EXPECT_THROW(buffer.append(std::string(LineBuffer::capacity + 1, 'x')), std::length_error);
}

}  // namespace
}  // namespace sesame::smtp
