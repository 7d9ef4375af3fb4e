#include "smtp_session/server_session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "net/runtime.h"
#include "net/task_group.h"
#include "smtp_session/testing/door.h"

namespace sesame::smtp_session {
namespace {

using namespace std::chrono_literals;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

// What the door answers to `input` followed by end of file.
std::string answer(std::string input, Handler& handler, const ServerOptions& options = door(),
                   const net::MemoryPipeOptions& cut = {}) {
  std::string output;
  net::IdleGate gate;
  net::run_task(serve(net::make_scripted_stream(std::move(input), output, cut), options, handler, gate));
  return output;
}

const std::string whole_session =
    "EHLO client.example\r\n"
    "MAIL FROM:<a@client.example> BODY=8BITMIME\r\n"
    "RCPT TO:<second@mx.example>\r\n"
    "RCPT TO:<no@mx.example>\r\n"
    "RCPT TO:<yes@mx.example>\r\n"
    "DATA\r\n"
    "Subject: x\r\n\r\n..dot\r\n.\r\n"
    "QUIT\r\n"
    "NOOP\r\n";

// Input that does not wait for 354 is out of step, so the whole session comes in two pieces, or octet by octet.
const std::size_t data_begins = whole_session.find("Subject");

TEST(ServerSession, WholeSessionHoweverTheOctetsCome) {
  KeepingHandler first_handler;
  const std::string whole = answer(whole_session, first_handler, door(), {.split_at = data_begins});
  EXPECT_EQ(whole,
            "220 mx.example ESMTP\r\n"
            "250-mx.example\r\n250-8BITMIME\r\n250-SIZE 10485760\r\n250 PIPELINING\r\n"
            "250 Ok\r\n"
            "450 not first\r\n"
            "550 no such user\r\n"
            "250 Ok\r\n"
            "354 End data with <CR><LF>.<CR><LF>\r\n"
            "250 kept\r\n"
            "221 Bye\r\n");
  ASSERT_EQ(first_handler.kept.size(), 1U);
  const auto& kept = first_handler.kept[0];
  EXPECT_EQ(kept.content, "Subject: x\r\n\r\n.dot\r\n");
  EXPECT_EQ(kept.with_protocol, "ESMTP");
  EXPECT_EQ(kept.facts.helo_domain, "client.example");
  EXPECT_FALSE(kept.facts.tls);
  ASSERT_EQ(kept.envelope.recipients.size(), 1U);
  EXPECT_EQ(kept.envelope.recipients[0].forward_path.local_part, "yes");
  KeepingHandler octets;
  EXPECT_EQ(answer(whole_session, octets, door(), {.max_read = 1}), whole);
  EXPECT_EQ(octets.kept.size(), 1U);
}

TEST(ServerSession, ConnectionLostInDataKeepsNothing) {
  KeepingHandler handler;
  const std::string cut_short = whole_session.substr(0, whole_session.find("\r\n.\r\n") + 3);
  answer(cut_short, handler, door(), {.max_read = 1});
  EXPECT_TRUE(handler.kept.empty());
}

TEST(ServerSession, OctetsBehindStarttlsEndTheSession) {
  KeepingHandler handler;
  const std::string out = answer("EHLO c\r\nSTARTTLS\r\nMAIL FROM:<evil@c>\r\n", handler, door_with_tls());
  EXPECT_THAT(out, EndsWith("\r\n554 Input sent without waiting for the reply\r\n"));
}

TEST(ServerSession, UnwelcomePeersAreToldInPlaceOfTheGreeting) {
  KeepingHandler handler;
  handler.refuse_connection = smtp::make_reply(554, "not you");
  EXPECT_EQ(answer("EHLO c\r\n", handler), "554 not you\r\n");
}

TEST(ServerSession, DoorThatFailsAnswers451AndGoesOn) {
  testing::internal::CaptureStderr();
  KeepingHandler handler;
  const std::string out = answer("HELO c\r\nMAIL FROM:<>\r\nRCPT TO:<bug@mx>\r\nRCPT TO:<yes@mx>\r\nQUIT\r\n", handler);
  EXPECT_THAT(out, EndsWith("250 Ok\r\n451 Internal error, try again later\r\n250 Ok\r\n221 Bye\r\n"));
  EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("a bug"));
}

TEST(ServerSession, TooManyErrorsCloseTheSession) {
  KeepingHandler handler;
  ServerOptions options = door();
  options.settings.max_errors = 2;
  const std::string out = answer("X\r\nX\r\nX\r\nX\r\n", handler, options);
  EXPECT_THAT(out, EndsWith("421 Too many errors\r\n"));
  EXPECT_THAT(answer(std::string(2'000'000, 'x'), handler), EndsWith("421 Too many errors\r\n"));
}

TEST(ServerSession, TlsWithoutACertificateIsABug) {
  KeepingHandler handler;
  ServerOptions options = door();
  options.settings.extensions.starttls = true;
  EXPECT_THROW(answer("", handler, options), std::invalid_argument);
}

TEST(ServerSession, ChunksHoweverTheOctetsCome) {
  const std::string session =
      "EHLO c\r\nBDAT 6\r\nQUIT\r\nMAIL FROM:<a@c>\r\nRCPT TO:<yes@mx>\r\nBDAT 15\r\nSubject: x\r\n\r\n."
      "BDAT 8 LAST\r\n.dot\r\n\r\nQUIT\r\n";
  for (const std::size_t max_read : {std::size_t{1}, std::size_t{3}, session.size()}) {
    KeepingHandler handler;
    const std::string out = answer(session, handler, chunking_door(), {.max_read = max_read});
    EXPECT_THAT(out, EndsWith("503 Bad sequence of commands\r\n250 Ok\r\n250 Ok\r\n250 Ok\r\n250 kept\r\n221 Bye\r\n"));
    ASSERT_EQ(handler.kept.size(), 1U);
    EXPECT_EQ(handler.kept[0].content, "Subject: x\r\n\r\n..dot\r\n\r\n");
  }
}

TEST(ServerSession, ConnectionLostInAChunkOrBetweenChunksKeepsNothing) {
  const std::string begun = "EHLO c\r\nMAIL FROM:<a@c>\r\nRCPT TO:<yes@mx>\r\n";
  for (const char* chunks : {"BDAT 5 LAST\r\nab\r\n", "BDAT 4\r\nab\r\n", "BDAT 4\r\nab\r\nBDAT 0 LAST\r"}) {
    KeepingHandler handler;
    answer(begun + chunks, handler, chunking_door());
    EXPECT_TRUE(handler.kept.empty()) << chunks;
  }
}

// ---- live connections ----

TEST(ServerSession, RepliesToPipelinedCommandsComeInOnePiece) {
  Live live(door());
  live.say("EHLO c\r\n", "PIPELINING\r\n");
  const auto one_read = [](net::Stream& stream) -> net::Task<std::string> {
    co_await stream.write_all("MAIL FROM:<a@c>\r\nRCPT TO:<b@mx>\r\nRCPT TO:<no@mx>\r\nDATA\r\n");
    std::array<char, 4096> buffer;
    const auto got = co_await stream.read_some(buffer);
    co_return std::string(buffer.data(), got.value_or(0));
  };
  EXPECT_EQ(live.loop.run(one_read(*live.ends.client)),
            "250 Ok\r\n250 Ok\r\n550 no such user\r\n354 End data with <CR><LF>.<CR><LF>\r\n");
}

TEST(ServerSession, SilenceIsAnsweredWith421) {
  ServerOptions options = door();
  options.timeouts.command = 10ms;
  Live command(options);
  EXPECT_THAT(command.say("", ""), EndsWith("\r\n421 Timeout waiting for data from client\r\n"));

  options = door();
  options.timeouts.data_block = 10ms;
  Live data(options);
  EXPECT_THAT(data.say("HELO c\r\nMAIL FROM:<>\r\nRCPT TO:<b@mx>\r\nDATA\r\n", ""),
              EndsWith("354 End data with <CR><LF>.<CR><LF>\r\n421 Timeout waiting for data from client\r\n"));
  EXPECT_TRUE(data.handler.kept.empty());
}

TEST(ServerSession, SilenceInAndBetweenChunksIsAnsweredWith421) {
  const std::string begun = "EHLO c\r\nMAIL FROM:<>\r\nRCPT TO:<b@mx>\r\nBDAT 3\r\n";
  ServerOptions options = chunking_door();
  options.timeouts.data_block = 10ms;
  Live inside(options);
  EXPECT_THAT(inside.say(begun, ""), EndsWith("250 Ok\r\n250 Ok\r\n421 Timeout waiting for data from client\r\n"));

  options = chunking_door();
  options.timeouts.data = 10ms;  // all in all
  Live between(options);
  EXPECT_THAT(between.say(begun + "x\r\n", ""), EndsWith("250 Ok\r\n421 Timeout waiting for data from client\r\n"));
  EXPECT_TRUE(between.handler.kept.empty());
}

// Sends one message after the other until `enough`, then QUIT. Gives the last that was said.
net::Task<std::string> messages_by_chunks(net::Stream& stream, std::chrono::milliseconds enough) {
  stream.set_deadline(net::after(10s));
  co_await stream.write_all("EHLO c\r\n");
  std::string heard = co_await read_until(stream, "CHUNKING\r\n");
  const net::Deadline end = net::after(enough);
  while (std::chrono::steady_clock::now() < end) {
    co_await stream.write_all("MAIL FROM:<>\r\nRCPT TO:<b@mx>\r\nBDAT 3\r\nx\r\nBDAT 0 LAST\r\n");
    heard = co_await read_until(stream, "250 kept\r\n");
    if (!heard.ends_with("250 kept\r\n")) co_return heard;
  }
  co_await stream.write_all("QUIT\r\n");
  heard = co_await read_until(stream, "");
  co_return heard;
}

TEST(ServerSession, TheTimeForAMessageBeginsAnewWithTheNext) {
  ServerOptions options = chunking_door();
  options.timeouts.data = 1s;
  Live live(options);
  EXPECT_EQ(live.loop.run(messages_by_chunks(*live.ends.client, 1200ms)), "221 Bye\r\n");
}

// Writes one octet of a message after the other until `enough` or until the server answers; then reads to the end.
net::Task<std::string> dribble(net::Stream& stream, std::chrono::milliseconds enough) {
  stream.set_deadline(net::after(10s));
  co_await stream.write_all("HELO c\r\nMAIL FROM:<>\r\nRCPT TO:<yes@mx>\r\nDATA\r\n");
  co_await read_until(stream, "<CR><LF>.<CR><LF>\r\n");
  const net::Deadline end = net::after(enough);
  while (std::chrono::steady_clock::now() < end) {
    const auto sent = co_await stream.write_all("x");
    if (!sent) break;
  }
  co_await stream.write_all("\r\n.\r\nQUIT\r\n");
  std::string answer = co_await read_until(stream, "");
  co_return answer;
}

ServerOptions door_for_large_mail() {
  ServerOptions options = door();
  options.settings.max_message_octets = 1 << 30;
  return options;
}

TEST(ServerSession, SlowPeersMayTakeTheirTimeAsLongAsTheyGoOn) {
  ServerOptions options = door_for_large_mail();
  options.timeouts.data_block = 1500ms;  // a busy machine must not be taken for a silent peer
  Live live(options);
  EXPECT_EQ(live.loop.run(dribble(*live.ends.client, 2s)), "250 kept\r\n221 Bye\r\n");
}

TEST(ServerSession, PeersThatGoOnForEverAreStopped) {
  ServerOptions options = door_for_large_mail();
  options.timeouts.data = 50ms;
  Live live(options);
  EXPECT_EQ(live.loop.run(dribble(*live.ends.client, 5s)), "421 Timeout waiting for data from client\r\n");
  EXPECT_TRUE(live.handler.kept.empty());
}

net::Task<std::size_t> chatter_without_login(net::Stream& stream) {
  for (std::size_t said = 0;; ++said) {
    const auto sent = co_await stream.write_all("NOOP\r\n");
    const std::string heard = co_await read_until(stream, "\r\n");
    if (!sent || heard.empty() || heard.contains("421")) co_return said;
  }
}

TEST(ServerSession, TimeBeforeLoginIsBoundedHoweverBusyThePeerIs) {
  ServerOptions options = door();
  options.timeouts.before_auth = 30ms;
  Live live(options);
  EXPECT_GT(live.loop.run(chatter_without_login(*live.ends.client)), 0U);
}

TEST(ServerSession, ClosedGateEndsIdleSessionsAndLetsTransactionsFinish) {
  Live idle(door());
  idle.say("EHLO c\r\n", "PIPELINING\r\n");
  idle.gate.close();
  EXPECT_EQ(idle.say("", ""), "421 Service shutting down\r\n");

  Live busy(door());
  busy.say("HELO c\r\nMAIL FROM:<>\r\n", "250 Ok\r\n");
  busy.gate.close();
  EXPECT_THAT(busy.say("RCPT TO:<b@mx>\r\nDATA\r\n", "354 End data with <CR><LF>.<CR><LF>\r\n"), StartsWith("250 Ok"));
  EXPECT_EQ(busy.say("x\r\n.\r\n", ""), "250 kept\r\n421 Service shutting down\r\n");
  EXPECT_EQ(busy.handler.kept.size(), 1U);
}

TEST(ServerSession, CancelledSessionSays421) {
  net::Runtime runtime(1);
  KeepingHandler handler;
  const ServerOptions options = door();
  net::IdleGate gate;
  net::TaskGroup group("sessions");
  net::MemoryStreams ends = net::make_memory_streams(runtime.executor(0));
  group.spawn(runtime.executor(0), serve(std::move(ends.server), options, handler, gate));
  const auto cancel_it = [](std::unique_ptr<net::Stream> client, net::TaskGroup& sessions,
                            net::Executor executor) -> net::Task<void> {
    const std::string before = co_await ask(*client, "", "ESMTP\r\n");
    EXPECT_EQ(before, "220 mx.example ESMTP\r\n");
    net::TaskGroup stopping("stopping");
    stopping.spawn(executor, sessions.stop());
    const std::string after = co_await ask(*client, "", "");
    EXPECT_EQ(after, "421 Service shutting down\r\n");
    client.reset();
    const bool stopped = co_await stopping.drain(net::after(10s));
    EXPECT_TRUE(stopped);
  };
  runtime.run_blocking(cancel_it(std::move(ends.client), group, runtime.executor(0)));
}

}  // namespace
}  // namespace sesame::smtp_session
