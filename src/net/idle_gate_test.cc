#include "net/idle_gate.h"

#include <gtest/gtest.h>

#include <array>
#include <thread>

#include "net/linger.h"
#include "net/testing/memory_stream.h"
#include "net/testing/run_task.h"

namespace sesame::net {
namespace {

using namespace std::chrono_literals;

Task<NetErrc> wait_in(IdleGate& gate, Stream& stream) {
  std::array<char, 16> buffer;
  const auto got = co_await gate.read_some(stream, buffer);
  co_return got ? NetErrc::other : got.error().code;
}

TEST(IdleGate, ClosingEndsReadersAndLeavesThemLastWords) {
  TestLoop loop;
  MemoryStreams ends = make_memory_streams(loop.executor());
  IdleGate gate;
  std::thread closer([&gate] { gate.close(); });  // before or after the reader comes: either way it is turned away
  EXPECT_EQ(loop.run(wait_in(gate, *ends.server)), NetErrc::cancelled);
  closer.join();
  EXPECT_TRUE(gate.closed());
  EXPECT_EQ(loop.run(wait_in(gate, *ends.server)), NetErrc::cancelled);
  const auto last_words = [](Stream& stream) -> Task<bool> {
    stream.set_deadline(after(5s));
    const auto sent = co_await stream.write_all("421 bye\r\n");
    co_return sent.has_value();
  };
  EXPECT_TRUE(loop.run(last_words(*ends.server)));
}

TEST(IdleGate, OpenGateIsAPlainRead) {
  TestLoop loop;
  MemoryStreams ends = make_memory_streams(loop.executor());
  IdleGate gate;
  ends.server->set_deadline(after(5ms));
  EXPECT_EQ(loop.run(wait_in(gate, *ends.server)), NetErrc::timed_out);
  ends.client.reset();
  ends.server->set_deadline(after(5s));
  EXPECT_EQ(loop.run(wait_in(gate, *ends.server)), NetErrc::closed);
}

TEST(IdleGate, ReaderThatHasLeftIsNotDisturbed) {
  TestLoop loop;
  MemoryStreams ends = make_memory_streams(loop.executor());
  IdleGate gate;
  const auto scenario = [](IdleGate& closing, Stream& client, Stream& server) -> Task<void> {
    const auto request = co_await client.write_all("EHLO");
    EXPECT_TRUE(request.has_value());
    const NetErrc code = co_await wait_in(closing, server);
    EXPECT_EQ(code, NetErrc::other);  // it got its octets
    closing.close();
    server.set_deadline(after(5s));
    const auto answer = co_await server.write_all("250 ok\r\n");
    EXPECT_TRUE(answer.has_value());
  };
  loop.run(scenario(gate, *ends.client, *ends.server));
}

TEST(Linger, IsBoundedInTimeAndOctets) {
  TestLoop loop;
  MemoryStreams ends = make_memory_streams(loop.executor());
  loop.run(shutdown_and_linger(*ends.server, 5ms, 1000));  // a peer that never closes
  const auto flood = [](Stream& stream) -> Task<void> {
    const std::string much(10'000, 'x');
    co_await stream.write_all(much);
  };
  loop.run(flood(*ends.client));
  loop.run(shutdown_and_linger(*ends.server, 1h, 1000));
}

}  // namespace
}  // namespace sesame::net
