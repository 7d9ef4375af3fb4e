// CHUNKING (RFC 3030) on the side of the server.
#include <gtest/gtest.h>

#include "smtp/testing/protocol_driver.h"

namespace sesame::smtp {
namespace {

ServerSettings chunking_settings(std::uint64_t max_message_octets = 1000) {
  auto settings = Session::make_settings();
  settings.extensions.chunking = true;
  settings.max_message_octets = max_message_octets;
  return settings;
}

const std::string to_one = "MAIL FROM:<x@y>\r\nRCPT TO:<a@b>\r\n";

TEST(ServerBdat, OffersChunkingAndNotBinarymime) {
  Session s(chunking_settings());
  const std::string offered = s("EHLO a\r\n");
  EXPECT_NE(offered.find("CHUNKING\r\n"), std::string::npos);
  EXPECT_EQ(offered.find("BINARYMIME"), std::string::npos);
  EXPECT_EQ(codes(s("MAIL FROM:<> BODY=BINARYMIME\r\n")), "555");
}

TEST(ServerBdat, ChunksMakeOneMessageWithoutUnstuffing) {
  Session s(chunking_settings());
  s("EHLO a\r\n" + to_one);
  EXPECT_EQ(s("BDAT 16\r\n"), "");
  EXPECT_EQ(s("Subject: x\r\n\r\n."), "");
  EXPECT_EQ(s("."), "250 2.0.0 Ok\r\n");
  EXPECT_TRUE(s.protocol.receiving_message());
  EXPECT_EQ(codes(s("NOOP\r\nBDAT 0\r\n")), "250 250");
  EXPECT_EQ(s("bdat 5 last\r\n\r\n.\r\nQUIT\r\n"), "250 2.0.0 Ok id\r\n221 2.0.0 Bye\r\n<closed>");
  ASSERT_EQ(s.messages.size(), 1u);
  EXPECT_EQ(s.messages[0].message, "Subject: x\r\n\r\n..\r\n.\r\n");
  EXPECT_EQ(s.messages[0].envelope.recipients.size(), 1u);
  EXPECT_FALSE(s.protocol.receiving_message());
}

TEST(ServerBdat, WholeMessagesMayBePipelinedHoweverTheOctetsCome) {
  const std::string input = to_one + "BDAT 3\r\na\r\nBDAT 6 LAST\r\nNOOP\r\n" + to_one + "BDAT 0 LAST\r\n" + to_one +
                            "BDAT 4\r\n.\r\nbBDAT 0 LAST\r\nNOOP\r\n";
  for (const std::size_t piece : {std::size_t{1}, std::size_t{2}, std::size_t{7}, input.size()}) {
    Session s(chunking_settings());
    s("EHLO a\r\n");
    std::string written;
    for (std::size_t at = 0; at < input.size(); at += piece) written += s(std::string_view(input).substr(at, piece));
    EXPECT_EQ(codes(written), "250 250 250 250 250 250 250 250 250 250 250 250") << piece;
    ASSERT_EQ(s.messages.size(), 3u) << piece;
    EXPECT_EQ(s.messages[0].message, "a\r\nNOOP\r\n");
    EXPECT_EQ(s.messages[1].message, "");
    EXPECT_EQ(s.messages[2].message, ".\r\nb\r\n");
  }
}

TEST(ServerBdat, RefusedChunksAreReadAndNotTakenForCommands) {
  Session s(chunking_settings());
  EXPECT_EQ(codes(s("BDAT 6\r\nQUIT\r\n")), "220 503");
  EXPECT_EQ(codes(s("EHLO a\r\nBDAT 6 LAST\r\nQUIT\r\nBDAT 0 LAST\r\n")), "250 503 503");
  EXPECT_EQ(codes(s("MAIL FROM:<>\r\nBDAT 6 LAST\r\nQUIT\r\nRSET\r\n")), "250 503 250");
  s.rcpt = [](const auto&) { return make_reply(550, {5, 1, 1}, "no"); };
  EXPECT_EQ(codes(s(to_one + "BDAT 6 LAST\r\nQUIT\r\nNOOP\r\n")), "250 550 554 250");
  EXPECT_EQ(codes(s("HELO a\r\nMAIL FROM:<>\r\nBDAT 6 LAST\r\nQUIT\r\n")), "250 250 503");
  EXPECT_TRUE(s.messages.empty());
}

TEST(ServerBdat, ARefusedChunkEndsTheTransactionSoThatNoHalfMessageIsKept) {
  Session s(chunking_settings());
  s("EHLO a\r\nMAIL FROM:<>\r\n");
  EXPECT_EQ(codes(s("BDAT 3\r\na\r\nRCPT TO:<a@b>\r\nBDAT 3 LAST\r\nb\r\n")), "503 503 503");
  EXPECT_EQ(codes(s(to_one + "BDAT 2\r\na\nBDAT 3 LAST\r\nb\r\n")), "250 250 554 503");
  EXPECT_TRUE(s.messages.empty());
  EXPECT_EQ(codes(s(to_one + "BDAT 3 LAST\r\na\r\n")), "250 250 250");
}

TEST(ServerBdat, AfterLastThereIsNoMoreToCome) {
  Session s(chunking_settings());
  s("EHLO a\r\n" + to_one);
  EXPECT_EQ(codes(s("BDAT 3 LAST\r\na\r\nBDAT 3 LAST\r\nb\r\n")), "250 503");
  ASSERT_EQ(s.messages.size(), 1u);
  EXPECT_EQ(s.messages[0].message, "a\r\n");
}

TEST(ServerBdat, TheSizeOfAllChunksIsLimited) {
  Session s(chunking_settings(10));
  s("EHLO a\r\n");
  EXPECT_EQ(codes(s(to_one + "BDAT 5\r\nabc\r\nBDAT 5 LAST\r\nabc\r\n")), "250 250 250 250");
  EXPECT_EQ(codes(s(to_one + "BDAT 5\r\nabc\r\nBDAT 6 LAST\r\nQUIT\r\nNOOP\r\n")), "250 250 250 552 250");
  EXPECT_EQ(codes(s(to_one + "BDAT 40 LAST\r\n" + std::string(40, 'x') + "NOOP\r\n")), "250 250 552 250");
  EXPECT_EQ(codes(s(to_one + "BDAT 9 LAST\r\nabcdefghi")), "250 250 552");  // its last line would get CRLF
  EXPECT_EQ(s.messages.size(), 1u);
  for (const char* endless : {"BDAT 44\r\n", "BDAT 18446744073709551615 LAST\r\n"}) {
    Session other(chunking_settings(10));
    other("EHLO a\r\n" + to_one);
    EXPECT_EQ(codes(other(endless)), "552 <closed>") << endless;
  }
}

TEST(ServerBdat, AChunkOfUnknownSizeEndsTheSession) {
  for (const char* line : {"BDAT\r\n", "BDAT x\r\n", "BDAT -1\r\n", "BDAT 6 FIRST\r\n", "BDAT 6 LAST x\r\n",
                           "BDAT 18446744073709551616\r\n", "BDAT \t\r\n"}) {
    Session s(chunking_settings());
    s("EHLO a\r\n" + to_one);
    EXPECT_EQ(codes(s(std::string(line) + "QUIT\r\n")).substr(3), " <closed>") << line;
  }
}

TEST(ServerBdat, UnfitContentIsRefusedAsWithData) {
  using namespace std::string_literals;
  for (const auto& content : {"a\nbc\r\n"s, "a\rbc\r\n"s, "a\0bc\r\n"s, "abc\r\n\r"s}) {
    Session s(chunking_settings());
    s("EHLO a\r\n" + to_one);
    EXPECT_EQ(codes(s("BDAT 6 LAST\r\n" + content + "NOOP\r\n")), "554 250") << content;
    EXPECT_TRUE(s.messages.empty());
  }
  Session apart(chunking_settings());  // CRLF in two chunks is one all the same
  apart("EHLO a\r\n" + to_one);
  EXPECT_EQ(codes(apart("BDAT 2\r\na\rBDAT 1 LAST\r\n\n")), "250 250");
}

TEST(ServerBdat, NothingButChunksBelongsBetweenChunks) {
  Session s(chunking_settings());
  s("EHLO a\r\n" + to_one + "BDAT 3\r\na\r\n");
  EXPECT_EQ(codes(s("DATA\r\n")), "503");
  EXPECT_EQ(codes(s("MAIL FROM:<>\r\nRCPT TO:<c@d>\r\nSTARTTLS\r\nAUTH PLAIN\r\n")), "503 503 503 503");
  EXPECT_EQ(codes(s("BDAT 3 LAST\r\nb\r\n")), "250");
  EXPECT_EQ(s.messages.at(0).message, "a\r\nb\r\n");
  EXPECT_EQ(s.messages.at(0).envelope.recipients.size(), 1u);
}

TEST(ServerBdat, RsetAndEhloForgetTheChunks) {
  Session s(chunking_settings());
  s("EHLO a\r\n");
  for (const std::string again : {"RSET\r\n", "EHLO a\r\n"}) {
    s(to_one + "BDAT 3\r\na\r\n");
    EXPECT_EQ(codes(s(again + "BDAT 3 LAST\r\nb\r\n")), "250 503") << again;
    EXPECT_EQ(codes(s(to_one + "DATA\r\n")), "250 250 354") << again;
    EXPECT_EQ(codes(s("..c\r\n.\r\n")), "250") << again;
    EXPECT_EQ(s.messages.back().message, ".c\r\n") << again;
  }
  EXPECT_EQ(s.messages.size(), 2u);
}

}  // namespace
}  // namespace sesame::smtp
