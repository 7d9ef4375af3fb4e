// The scanner's client against a clamd that does what the protocol says, and several that do not.
#include "submission/clamd.h"

#include <gtest/gtest.h>

#include "net/testing/memory_stream.h"
#include "net/testing/run_task.h"

namespace sesame::submission {
namespace {

using namespace std::chrono_literals;

constexpr auto reads_all = std::numeric_limits<std::size_t>::max();

struct Script {
  std::size_t read_octets = reads_all;  // reads so many, or to the end of the stream it is sent, then answers
  std::string answer;
  bool hangs_up = true;  // after the answer; else it stays silent
};

// The octets of the chunks behind the command, as far as they have come; whole: with the chunk of length 0.
struct Heard {
  std::string octets;
  bool starts_right() const { return octets.starts_with(std::string_view("zINSTREAM\0", 10)); }
  bool is_whole() const { return unpack().second; }
  std::string content() const { return unpack().first; }

 private:
  std::pair<std::string, bool> unpack() const {
    std::string content;
    for (std::size_t at = 10; octets.size() >= at + 4;) {
      std::size_t length = 0;
      for (std::size_t i = 0; i < 4; ++i) length = length << 8 | static_cast<unsigned char>(octets[at + i]);
      if (length == 0) return {content, octets.size() == at + 4};
      EXPECT_LE(length, clamd_chunk_octets);
      if (octets.size() < at + 4 + length) break;
      content += octets.substr(at + 4, length);
      at += 4 + length;
    }
    return {content, false};
  }
};

net::Task<void> play_clamd(std::unique_ptr<net::Stream> stream, Script script, Heard& heard) {
  std::string buffer(100'000, '\0');
  while (heard.octets.size() < script.read_octets && !heard.is_whole()) {
    const auto got = co_await stream->read_some(std::span(buffer));
    if (!got) co_return;
    heard.octets.append(buffer, 0, *got);
  }
  const auto sent = co_await stream->write_all(script.answer);
  if (!sent || script.hangs_up) co_return;
  co_await net::sleep_until(net::after(1h));  // ends with the test's loop
}

struct Scan {
  ScanResult result;
  Heard heard;
};

Scan scan_with(Script script, const std::string& content = "From: a@example.com\r\n\r\nx\r\n",
               std::size_t max_read = reads_all) {
  Scan scan;
  net::TestLoop loop;
  net::MemoryStreams ends = net::make_memory_streams(
      loop.executor(), {.to_server = {.capacity = 10'000}, .to_client = {.max_read = max_read}});
  ends.client->set_deadline(net::after(script.hangs_up ? 10s : 50ms));
  loop.spawn(play_clamd(std::move(ends.server), std::move(script), scan.heard));
  scan.result = loop.run(ask_clamd(*ends.client, content));
  return scan;
}

std::string with_nul(std::string_view text) { return std::string(text) + '\0'; }

TEST(ClamdReply, SaysWhetherMalwareWasFound) {
  EXPECT_EQ(parse_clamd_reply("stream: OK"), ScanVerdict{});
  EXPECT_EQ(parse_clamd_reply("stream: Eicar-Signature FOUND"), ScanVerdict{"Eicar-Signature"});
  EXPECT_EQ(parse_clamd_reply("stream: Our.Name With-Blanks.UNOFFICIAL FOUND\n"),
            ScanVerdict{"Our.Name With-Blanks.UNOFFICIAL"});
  EXPECT_EQ(parse_clamd_reply("stream: a\nb\xff FOUND"), ScanVerdict{"a b\xEF\xBF\xBD"});
}

TEST(ClamdReply, SizeLimitIsToldApart) {
  for (const char* reply : {"INSTREAM size limit exceeded. ERROR", "stream: size limit exceeded. ERROR"}) {
    const ScanResult result = parse_clamd_reply(reply);
    ASSERT_FALSE(result) << reply;
    EXPECT_EQ(result.error().code, ScanErrc::too_large);
  }
}

TEST(ClamdReply, AnythingElseIsNoVerdict) {
  const std::string long_name(max_clamd_reply_octets, 'x');
  for (const std::string& reply :
       {std::string(), std::string("OK"), std::string("stream: "), std::string("stream: FOUND"),
        std::string("stream:  FOUND x"), std::string("stream: OK FOUND ERROR"), std::string("UNKNOWN COMMAND"),
        std::string("stream: Can't allocate memory ERROR"), std::string("stream: not OK"),
        "stream: " + long_name + " FOUND"}) {
    const ScanResult result = parse_clamd_reply(reply);
    ASSERT_FALSE(result) << reply;
    EXPECT_EQ(result.error().code, ScanErrc::unavailable);
  }
}

TEST(Clamd, GetsTheMessageWholeInBoundedChunks) {
  for (const std::size_t size : {0uz, 1uz, clamd_chunk_octets, clamd_chunk_octets + 1, 3 * clamd_chunk_octets + 7}) {
    std::string content(size, 'x');
    for (std::size_t i = 0; i < size; ++i) content[i] = static_cast<char>(i * 7);
    const Scan scan = scan_with({.answer = with_nul("stream: OK")}, content);
    EXPECT_TRUE(scan.heard.starts_right());
    EXPECT_TRUE(scan.heard.is_whole());
    EXPECT_EQ(scan.heard.content(), content);
    EXPECT_EQ(scan.result, ScanVerdict{});
  }
}

TEST(Clamd, ReplyMayComeInPiecesAndEndWithTheConnection) {
  EXPECT_EQ(scan_with({.answer = with_nul("stream: X FOUND")}, "x", 1).result, ScanVerdict{"X"});
  EXPECT_EQ(scan_with({.answer = "stream: X FOUND\n"}, "x").result, ScanVerdict{"X"});
  EXPECT_EQ(scan_with({.answer = with_nul("stream: OK"), .hangs_up = false}).result, ScanVerdict{});
}

void expect_unavailable(const Scan& scan) {
  ASSERT_FALSE(scan.result);
  EXPECT_EQ(scan.result.error().code, ScanErrc::unavailable);
  EXPECT_TRUE(scan.result.error().detail.starts_with("clamd: ")) << scan.result.error().detail;
}

TEST(Clamd, OneThatDoesNotAnswerInTimeIsUnavailable) {
  expect_unavailable(scan_with({.answer = "", .hangs_up = false}));
  expect_unavailable(scan_with({.answer = "stream: O", .hangs_up = false}));
  // Nor one that stops reading.
  expect_unavailable(scan_with({.read_octets = 10, .answer = "", .hangs_up = false}, std::string(1'000'000, 'x')));
}

TEST(Clamd, OneThatHangsUpIsUnavailable) {
  expect_unavailable(scan_with({.answer = ""}));
  expect_unavailable(scan_with({.read_octets = 10, .answer = ""}, std::string(1'000'000, 'x')));
}

TEST(Clamd, OneThatTalksGarbageIsUnavailable) {
  expect_unavailable(scan_with({.answer = "HTTP/1.1 400 Bad Request\r\n\r\n"}));
  expect_unavailable(scan_with({.answer = with_nul("")}));
  expect_unavailable(scan_with({.answer = std::string(100'000, 'x'), .hangs_up = false}));
}

TEST(Clamd, OneThatTakesNoMoreSaysTooLarge) {
  const Scan scan = scan_with({.read_octets = 100'000, .answer = with_nul("INSTREAM size limit exceeded. ERROR")},
                              std::string(1'000'000, 'x'));
  ASSERT_FALSE(scan.result);
  EXPECT_EQ(scan.result.error().code, ScanErrc::too_large);
}

TEST(Clamd, VerdictOnAPartOfTheMessageIsNone) {
  expect_unavailable(scan_with({.read_octets = 1000, .answer = with_nul("stream: OK")}, std::string(1'000'000, 'x')));
}

TEST(Clamd, WhereNobodyListensIsUnavailable) {
  for (const char* where : {"unix:/nowhere/clamd.ctl", "tcp:127.0.0.1:1"}) {
    const auto address = parse_scanner_address(where);
    ASSERT_TRUE(address);
    Clamd clamd(*address, 5s);
    const ScanResult result = net::run_task(clamd.scan("x"));
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ScanErrc::unavailable);
  }
}

TEST(ScannerAddress, IsAPathOrAnAddressWithItsPort) {
  EXPECT_EQ(parse_scanner_address("unix:/run/clamav/clamd.ctl"), ScannerAddress(UnixPath{"/run/clamav/clamd.ctl"}));
  EXPECT_EQ(parse_scanner_address("tcp:[::1]:3310"),
            ScannerAddress(net::Endpoint{boost::asio::ip::make_address("::1"), 3310}));
  for (const std::string& wrong :
       {std::string(), std::string("/run/clamd.ctl"), std::string("unix:"), std::string("unix:run/clamd.ctl"),
        "unix:/" + std::string(107, 'x'), std::string("unix:/a\0b", 9), std::string("tcp:localhost:3310"),
        std::string("tcp:127.0.0.1"), std::string("tcp:127.0.0.1:0"), std::string("tcp:127.0.0.1:65536")}) {
    EXPECT_EQ(parse_scanner_address(wrong), std::nullopt) << wrong;
  }
}

}  // namespace
}  // namespace sesame::submission
