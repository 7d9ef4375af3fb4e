#include "smtp/data.h"

#include <gtest/gtest.h>

#include <set>

#include "smtp/testing/corpus.h"

namespace sesame::smtp {
namespace {

struct Received {
  bool complete;
  std::size_t consumed;
  std::string message;
  DataFaults faults;
  bool operator==(const Received&) const = default;
};

// Feeds `wire` cut at each position in `cuts`.
Received receive(std::string_view wire, const std::set<std::size_t>& cuts, std::uint64_t limit) {
  DataDecoder decoder(limit);
  std::size_t consumed = 0;
  auto cut = cuts.begin();
  while (consumed < wire.size() && !decoder.complete()) {
    while (cut != cuts.end() && *cut <= consumed) ++cut;
    const auto end = cut == cuts.end() ? wire.size() : std::min(*cut, wire.size());
    consumed += decoder.feed(wire.substr(consumed, end - consumed));
  }
  return {decoder.complete(), consumed, decoder.take_message(), decoder.faults()};
}

// The same whole, octet by octet, and in two pieces cut anywhere: all must agree.
Received receive(std::string_view wire, std::uint64_t limit = 1 << 20) {
  const auto whole = receive(wire, {}, limit);
  std::set<std::size_t> everywhere;
  for (std::size_t i = 1; i < wire.size(); ++i) {
    everywhere.insert(i);
    EXPECT_EQ(receive(wire, {i}, limit), whole) << "cut at " << i;
  }
  EXPECT_EQ(receive(wire, everywhere, limit), whole);
  return whole;
}

// As chunks cut at every octet; their end, whatever the octets are, is the message's.
Received receive_chunks(std::string_view octets, std::uint64_t limit = 1 << 20) {
  DataDecoder whole(limit, Framing::chunks);
  std::size_t consumed = whole.feed(octets);
  EXPECT_FALSE(whole.complete());
  whole.finish();
  const Received received{whole.complete(), consumed, whole.take_message(), whole.faults()};
  DataDecoder pieces(limit, Framing::chunks);
  consumed = 0;
  for (const char c : octets) consumed += pieces.feed(std::string_view(&c, 1));
  pieces.finish();
  EXPECT_EQ((Received{pieces.complete(), consumed, pieces.take_message(), pieces.faults()}), received);
  return received;
}

TEST(DataDecoder, DotsInChunksAreOctetsLikeOthers) {
  const std::string octets = "..a\r\n.\r\n..\r\n.b\r\n";
  const auto received = receive_chunks(octets);
  EXPECT_EQ(received.consumed, octets.size());
  EXPECT_EQ(received.message, octets);
  EXPECT_EQ(received.faults, DataFaults{});
  EXPECT_EQ(receive_chunks("").message, "");
}

TEST(DataDecoder, ChunksAreJudgedLikeDataAfter354) {
  using namespace std::string_view_literals;
  for (const auto bare : {"a\n"sv, "a\rb\r\n"sv, "a\r\n\r"sv, "a\r\r\n"sv, "\n.\r\n"sv}) {
    const auto received = receive_chunks(bare);
    EXPECT_TRUE(received.faults.bare_cr_or_lf) << bare;
    EXPECT_EQ(received.message, "") << bare;
  }
  EXPECT_TRUE(receive_chunks("a\0b\r\n"sv).faults.nul);
  EXPECT_FALSE(receive_chunks(std::string(998, 'x') + "\r\n").faults.line_too_long);
  EXPECT_TRUE(receive_chunks(std::string(999, 'x') + "\r\n").faults.line_too_long);
}

TEST(DataDecoder, ALastLineOfChunksGetsItsCrlfWithinTheLimit) {
  EXPECT_EQ(receive_chunks("a\r\nb", 6).message, "a\r\nb\r\n");
  EXPECT_TRUE(receive_chunks("a\r\nb", 5).faults.too_large);
}

TEST(DataDecoder, EndsAtCrlfDotCrlfAndLeavesTheRest) {
  const auto received = receive("a\r\n.\r\nQUIT\r\n");
  EXPECT_TRUE(received.complete);
  EXPECT_EQ(received.consumed, 6u);
  EXPECT_EQ(received.message, "a\r\n");
  EXPECT_EQ(received.faults, DataFaults{});
}

TEST(DataDecoder, DotCrlfFirstIsTheEmptyMessage) {
  const auto received = receive(".\r\n");
  EXPECT_TRUE(received.complete);
  EXPECT_EQ(received.message, "");
}

TEST(DataDecoder, RemovesTheFirstDotOfALine) {
  EXPECT_EQ(receive("..\r\n.a\r\n...\r\nb.\r\n.\r\n").message, ".\r\na\r\n..\r\nb.\r\n");
}

TEST(DataDecoder, RecordsBareCrAndLfAndReadsToTheTrueEnd) {
  for (const char* wire : {"a\n.\nb\r\n.\r\n", "a\r.\rb\r\n.\r\n", "a\r\n.\nb\r\n.\r\n", "a\r\n.\rb\r\n.\r\n",
                           "a\n.\r\nb\r\n.\r\n", "a\r.\r\nb\r\n.\r\n", "\r\n.\r\r\nb\r\n.\r\n", "\r\r\n.\r\n"}) {
    const auto received = receive(wire);
    EXPECT_TRUE(received.complete) << wire;
    EXPECT_EQ(received.consumed, std::string_view(wire).size());
    EXPECT_TRUE(received.faults.bare_cr_or_lf) << wire;
    EXPECT_EQ(received.message, "");
    EXPECT_EQ(refusal(received.faults, LongLines::accept)->code, 554);
  }
}

TEST(DataDecoder, RecordsNul) {
  const auto received = receive(std::string_view("\r\n\0.\r\nb\r\n.\r\n", 12));
  EXPECT_TRUE(received.complete);
  EXPECT_EQ(received.consumed, 12u);
  EXPECT_TRUE(received.faults.nul);
}

TEST(DataDecoder, KeepsReadingWhatIsTooLarge) {
  EXPECT_FALSE(receive("12345678\r\n.\r\n", 10).faults.too_large);
  const auto received = receive("12345678\r\n.\r\n", 9);
  EXPECT_TRUE(received.complete);
  EXPECT_TRUE(received.faults.too_large);
  EXPECT_EQ(received.message, "");
  EXPECT_EQ(refusal(received.faults, LongLines::accept)->code, 552);
}

TEST(DataDecoder, ReportsLinesOver998Octets) {
  const std::string line998(998, 'x');
  EXPECT_FALSE(receive(line998 + "\r\n.\r\n").faults.line_too_long);
  EXPECT_FALSE(receive("." + line998 + "\r\n.\r\n").faults.line_too_long);
  const auto received = receive("x" + line998 + "\r\n.\r\n");
  EXPECT_TRUE(received.faults.line_too_long);
  EXPECT_EQ(received.message, "x" + line998 + "\r\n");
  EXPECT_FALSE(refusal(received.faults, LongLines::accept));
  EXPECT_EQ(refusal(received.faults, LongLines::refuse)->code, 554);
}

// Where we follow the RFC and a source does not:
//   RFC 5321 2.3.8, 4.1.1.4  smtp-proto, go-smtp and (LF only) mox let bare CR or LF into the body. We refuse those
//                            messages, at the same end of data.
//   RFC 5321 4.1.1.4         smtp-proto takes the CRLF before the final dot for part of the end of data. It ends the
//   last
//                            line of the message: the body has it.
TEST(DataReceiveCorpus, EveryCaseIsDecided) {
  std::size_t stricter = 0;
  const auto corpus = testing::load_corpus("smtp-data/receive.json");
  for (const auto& entry : corpus) {
    const auto input = testing::text_at(entry, "input");
    const auto received = receive(input);
    const bool accept = received.complete && !refusal(received.faults, LongLines::refuse);
    if (accept) {
      EXPECT_TRUE(entry.at("accept").as_bool()) << input;
      const bool without_last_crlf = testing::text_at(entry, "source") == "stalwart smtp-proto";
      EXPECT_EQ(received.message, testing::text_at(entry, "body") + (without_last_crlf ? "\r\n" : "")) << input;
      EXPECT_EQ(received.consumed, input.size()) << input;
    } else if (entry.at("accept").as_bool()) {
      ++stricter;
      EXPECT_TRUE(received.complete && received.consumed == input.size()) << input;
      EXPECT_TRUE(received.faults.bare_cr_or_lf) << input;
    } else if (entry.as_object().contains("reply_class")) {
      EXPECT_EQ(refusal(received.faults, LongLines::accept)->code / 100, entry.at("reply_class").to_number<int>());
    } else {
      // Refused: unfit, or the connection ended first.
      EXPECT_TRUE(!received.complete || received.faults.bare_cr_or_lf) << input;
    }
  }
  EXPECT_EQ(stricter, corpus.empty() ? 0u : 9u);
}

TEST(DataEncoder, HowTheMessageIsCutMakesNoDifference) {
  constexpr std::string_view message = ".a\r\n\r\n..\r\nb\r\n.\r\n";
  const auto whole = dot_stuff(message);
  ASSERT_TRUE(whole);
  EXPECT_EQ(*whole, "..a\r\n\r\n...\r\nb\r\n..\r\n.\r\n");
  for (std::size_t cut = 0; cut <= message.size(); ++cut) {
    DataEncoder encoder;
    std::string wire;
    ASSERT_TRUE(encoder.feed(message.substr(0, cut), wire));
    ASSERT_TRUE(encoder.feed(message.substr(cut), wire));
    ASSERT_TRUE(encoder.finish(wire));
    EXPECT_EQ(wire, *whole) << cut;
  }
}

TEST(DataEncoder, RefusesWhatCannotBeSentUnchanged) {
  EXPECT_EQ(dot_stuff("a\r").error(), EncodeError::bare_cr_or_lf);
  EXPECT_EQ(dot_stuff("a\r\r\n").error(), EncodeError::bare_cr_or_lf);
  EXPECT_EQ(dot_stuff(std::string_view("a\0\r\n", 4)).error(), EncodeError::nul);
}

TEST(DataSendCorpus, EveryCaseIsDecided) {
  for (const auto& entry : testing::load_corpus("smtp-data/send.json")) {
    const auto message = testing::text_at(entry, "message");
    const auto wire = dot_stuff(message);
    const auto refuse = testing::text_at(entry, "refuse");
    if (!refuse.empty()) {
      ASSERT_FALSE(wire) << message;
      EXPECT_EQ(wire.error(), refuse == "bare CR or LF" ? EncodeError::bare_cr_or_lf : EncodeError::missing_final_crlf);
      continue;
    }
    ASSERT_TRUE(wire) << message;
    EXPECT_EQ(*wire, testing::text_at(entry, "on_wire"));
    EXPECT_EQ(receive(*wire).message, message);
  }
}

TEST(SmugglingCorpus, NoSequenceEndsTheDataOrIsRelayed) {
  for (const auto& entry : testing::load_corpus("smtp-data/smuggling-sequences.json")) {
    const auto sequence = testing::text_at(entry, "sequence");
    ASSERT_FALSE(entry.at("must_end_data").as_bool() || entry.at("must_be_relayed_unchanged").as_bool());
    const auto wire = "Subject: x\r\n\r\nbefore" + sequence + "MAIL FROM:<a@b>\r\nafter\r\n.\r\n";
    const auto received = receive(wire);
    EXPECT_TRUE(received.complete);
    EXPECT_EQ(received.consumed, wire.size());
    EXPECT_TRUE(refusal(received.faults, LongLines::accept)) << sequence;
    EXPECT_FALSE(dot_stuff("before" + sequence + "after\r\n")) << sequence;
  }
}

TEST(CheckMessage, AgreesWithTheEncoderOnEveryShortMessage) {
  constexpr std::string_view alphabet("a.\r\n\0", 5);
  std::size_t total = 1;
  for (int length = 0; length <= 6; ++length, total *= alphabet.size()) {
    for (std::size_t number = 0; number < total; ++number) {
      std::string message;
      for (std::size_t rest = number, i = 0; i < std::size_t(length); ++i, rest /= alphabet.size()) {
        message += alphabet[rest % alphabet.size()];
      }
      const auto checked = check_message(message);
      const auto stuffed = dot_stuff(message);
      ASSERT_EQ(checked.has_value(), stuffed.has_value()) << ::testing::PrintToString(message);
      if (!checked) {
        ASSERT_EQ(checked.error(), stuffed.error()) << ::testing::PrintToString(message);
      }
    }
  }
}

}  // namespace
}  // namespace sesame::smtp
