#include "smtp_session/transcript.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sesame::smtp_session {
namespace {

using testing::HasSubstr;

TEST(Transcript, IsBoundedAndPrintable) {
  Transcript transcript;
  transcript.peer("250 caf\xc3\xa9\x1b[31m" + std::string(1000, 'x'));
  for (int i = 0; i < 300; ++i) transcript.us("NOOP");
  EXPECT_EQ(transcript.lines().size(), Transcript::max_lines);
  EXPECT_EQ(transcript.dropped(), 101U);
  EXPECT_EQ(transcript.lines()[0].text.size(), Transcript::max_line_octets);
  EXPECT_THAT(transcript.to_text(), HasSubstr("< 250 caf???[31mx"));
  EXPECT_THAT(transcript.to_text(), HasSubstr("* [101 more lines]\n"));
}

TEST(TranscriptTest, HoldsTheOpeningAndTheLastTransaction) {
  Transcript transcript;
  transcript.peer("220 hello");
  for (int i = 0; i < 300; ++i) {
    transcript.begin_transaction();
    transcript.us("MAIL " + std::to_string(i));
  }
  EXPECT_EQ(transcript.to_text(), "< 220 hello\n> MAIL 299\n");
  EXPECT_EQ(transcript.opening_text(), "< 220 hello\n");
}

}  // namespace
}  // namespace sesame::smtp_session
