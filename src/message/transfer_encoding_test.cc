#include "message/transfer_encoding.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "base/text.h"

namespace sesame::message {
namespace {

std::string base64_lines(std::string_view octets) {
  std::string out;
  append_base64_lines(out, octets);
  return out;
}
std::string quoted_printable(std::string_view octets, bool text = true) {
  std::string out;
  append_quoted_printable(out, octets, text);
  return out;
}

void expect_short_seven_bit_lines(std::string_view encoded) {
  for (std::string_view line : split(encoded, '\n')) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    EXPECT_LE(line.size(), 76u);
    EXPECT_FALSE(line.ends_with(' ') || line.ends_with('\t'));
    EXPECT_TRUE(is_ascii(line));
  }
}

TEST(TransferEncoding, EveryEncoderAndDecoderRoundTrips) {
  SeededRandom random(3);
  for (std::size_t n = 0; n < 400; ++n) {
    const std::string any = random.octets(n), near_text = random.text("ab= \t\r\n.\xc3", n);
    for (const std::string& octets : {any, near_text}) {
      EXPECT_EQ(decode_base64_tolerant(base64_lines(octets)), octets);
      EXPECT_EQ(decode_quoted_printable(quoted_printable(octets, false)), octets);
      EXPECT_EQ(decode_quoted_printable(quoted_printable(octets, true)), octets);
      expect_short_seven_bit_lines(base64_lines(octets));
      expect_short_seven_bit_lines(quoted_printable(octets));
    }
    EXPECT_EQ(base64_lines(any.substr(0, 57)), base64_encode(any.substr(0, 57)));
  }
}

TEST(TransferEncoding, QuotedPrintableKeepsLinesAndEscapesTheirLastBlank) {
  EXPECT_EQ(quoted_printable("a=b \r\n\tc\t"), "a=3Db=20\r\n\tc=09");
  EXPECT_EQ(quoted_printable("a\r\nb", false), "a=0D=0Ab");
  EXPECT_EQ(quoted_printable(std::string(76, 'x')), std::string(75, 'x') + "=\r\nx");
}

TEST(TransferEncoding, DecodersSurviveDamage) {
  EXPECT_EQ(decode_base64_tolerant("Zm9*v\r\nYg"), "foob");
  EXPECT_EQ(decode_base64_tolerant("Zg==Zg=="), "f");
  EXPECT_EQ(decode_base64_tolerant("Z"), "");
  EXPECT_EQ(decode_quoted_printable("a=zz=4=c3=E9 \nb="), "a=zz=4\xc3\xe9\nb");
  EXPECT_EQ(decode_quoted_printable("a=  \r\nb"), "ab");
}

TEST(TransferEncoding, NamesIgnoreCaseAndComments) {
  EXPECT_EQ(parse_transfer_encoding(" BASE64 (x)"), TransferEncoding::base64);
  EXPECT_EQ(parse_transfer_encoding(""), TransferEncoding::seven_bit);
  EXPECT_EQ(parse_transfer_encoding("uuencode"), TransferEncoding::unknown);
}

TEST(TransferEncoding, ShapeTellsWhatTheOctetsNeed) {
  EXPECT_TRUE(shape_of("").fits_seven_bit());
  EXPECT_TRUE(shape_of("plain\r\ntext").fits_seven_bit());
  EXPECT_TRUE(shape_of(std::string(998, 'x') + "\r\n").fits_seven_bit());
  EXPECT_FALSE(shape_of(std::string(999, 'x') + "\r\n").fits_seven_bit());
  for (const std::string& bad :
       {std::string("a\nb"), std::string("a\rb"), std::string("\xc3\xa9"), std::string(1, '\0')}) {
    EXPECT_FALSE(shape_of(bad).fits_seven_bit());
  }
  EXPECT_EQ(shape_of("mostly plain caf\xc3\xa9").smaller_encoding(), TransferEncoding::quoted_printable);
  EXPECT_EQ(shape_of("\xd0\xbc\xd0\xb8\xd1\x80").smaller_encoding(), TransferEncoding::base64);
}

}  // namespace
}  // namespace sesame::message
