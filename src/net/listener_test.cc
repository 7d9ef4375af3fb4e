#include "net/listener.h"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <mutex>
#include <thread>
#include <vector>

namespace sesame::net {
namespace {

using namespace std::chrono_literals;

const IpAddress loopback = asio::ip::make_address("127.0.0.1");

// Waits for one octet, or for the end of time.
Task<void> hold_until_peer_leaves(std::unique_ptr<Stream> stream) {
  std::array<char, 1> octet;
  co_await stream->read_some(octet);
}

Task<void> greet(std::unique_ptr<Stream> stream) {
  co_await stream->write_all("220 ready\r\n");
  co_await hold_until_peer_leaves(std::move(stream));
}

Task<std::string> read_to_end(Stream& stream) {
  std::string all;
  std::array<char, 100> buffer;
  for (;;) {
    const auto got = co_await stream.read_some(buffer);
    if (!got) co_return all;
    all.append(buffer.data(), *got);
  }
}

std::unique_ptr<Listener> must_bind(Runtime& runtime, ListenerOptions options = {}, std::uint16_t port = 0) {
  auto listener = Listener::bind(runtime, {loopback, port}, std::move(options));
  if (!listener) throw std::runtime_error(listener.error().detail);
  return std::move(*listener);
}

TEST(Listener, PortInUseIsAnErrorThatNamesIt) {
  Runtime runtime(2);
  const auto first = must_bind(runtime);
  const Endpoint taken = first->local();
  const auto second = Listener::bind(runtime, taken, {});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, NetErrc::address_in_use);
  EXPECT_NE(second.error().detail.find(to_string(taken)), std::string::npos) << second.error().detail;
}

TEST(Listener, PortSharedByItsOwnThreadsIsStillInUseForOthers) {
  Runtime runtime(2);
  const std::uint16_t port = must_bind(runtime)->local().port;  // free again at the semicolon
  const auto first = must_bind(runtime, {}, port);
  const auto second = Listener::bind(runtime, first->local(), {});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, NetErrc::address_in_use);
}

TEST(Listener, AddressOfAnotherMachineIsAnError) {
  Runtime runtime(1);
  EXPECT_FALSE(Listener::bind(runtime, {asio::ip::make_address("192.0.2.1"), 0}, {}));
}

Task<void> many_clients(Endpoint to, int count) {
  for (int i = 0; i < count; ++i) {
    auto stream = co_await connect_tcp(to, after(5s));
    EXPECT_TRUE(stream.has_value());
    if (!stream) co_return;
    std::array<char, 11> buffer;
    const auto got = co_await (*stream)->read_some(buffer);
    EXPECT_TRUE(got.has_value());
  }
}

TEST(Listener, ServesFromEveryThread) {
  Runtime runtime(2);
  const std::uint16_t port = must_bind(runtime)->local().port;
  for (const std::uint16_t where : {port, std::uint16_t{0}}) {
    const auto listener = must_bind(runtime, {}, where);
    listener->start(greet);
    runtime.run_blocking(many_clients(listener->local(), 50));
    runtime.run_blocking(listener->stop(after(5s)));
    EXPECT_EQ(listener->sessions(), 0U);
  }
}

Task<void> overload(Endpoint to) {
  auto first = co_await connect_tcp(to, after(5s));
  EXPECT_TRUE(first.has_value());
  if (!first) co_return;
  std::array<char, 3> buffer;
  co_await (*first)->read_some(buffer);  // the greeting: the only session is taken
  auto second = co_await connect_tcp(to, after(5s));
  EXPECT_TRUE(second.has_value());
  if (!second) co_return;
  const std::string told = co_await read_to_end(**second);
  EXPECT_EQ(told, "421 4.3.2 Too many connections\r\n");
}

TEST(Listener, BeyondMaxSessionsThePeerIsToldAndClosed) {
  Runtime runtime(1);
  const auto listener = must_bind(runtime, {.max_sessions = 1, .overload_text = "421 4.3.2 Too many connections\r\n"});
  listener->start(greet);
  runtime.run_blocking(overload(listener->local()));
  runtime.run_blocking(listener->stop(after(5s)));
}

// Keeps what it was let in with until all have been told.
Task<void> knock(Endpoint to, std::vector<std::unique_ptr<Stream>>& let_in, std::mutex& mutex) {
  auto stream = co_await connect_tcp(to, after(5s));
  if (!stream) throw std::runtime_error(stream.error().detail);
  std::array<char, 3> buffer;
  co_await (*stream)->read_some(buffer);
  if (std::string_view(buffer.data(), buffer.size()) != "220") co_return;
  const std::lock_guard lock(mutex);
  let_in.push_back(std::move(*stream));
}

Task<void> all_end(TaskGroup& group) {
  const bool ended = co_await group.drain(after(20s));
  EXPECT_TRUE(ended);
  co_await group.stop();
}

TEST(Listener, TwoWhoComeAtTheSameMomentDoNotGetTheSamePlace) {
  Runtime runtime(4);
  const std::uint16_t port = must_bind(runtime)->local().port;
  const auto listener = must_bind(runtime, {.max_sessions = 2, .overload_text = "421 busy\r\n"}, port);
  listener->start(greet);
  for (int round = 0; round < 50; ++round) {
    while (listener->sessions() > 0) std::this_thread::yield();
    std::vector<std::unique_ptr<Stream>> let_in;
    std::mutex mutex;
    TaskGroup clients("clients");
    for (std::size_t i = 0; i < 32; ++i) {
      clients.spawn(runtime.executor(i % 4), knock(listener->local(), let_in, mutex));
    }
    runtime.run_blocking(all_end(clients));
    ASSERT_EQ(let_in.size(), 2U);
  }
  runtime.run_blocking(listener->stop(after(5s)));
}

Task<void> crowd(Endpoint to, bool second_is_turned_away) {
  auto first = co_await connect_tcp(to, after(5s));
  if (!first) throw std::runtime_error(first.error().detail);
  std::array<char, 3> buffer;
  co_await (*first)->read_some(buffer);
  auto second = co_await connect_tcp(to, after(5s));
  if (!second) throw std::runtime_error(second.error().detail);
  const auto told = co_await (*second)->read_some(buffer);
  EXPECT_TRUE(told.has_value());
  EXPECT_EQ(std::string_view(buffer.data(), buffer.size()), second_is_turned_away ? "421" : "220");
  auto elsewhere = co_await connect_tcp(to, after(5s), asio::ip::make_address("127.0.0.9"));
  if (!elsewhere) throw std::runtime_error(elsewhere.error().detail);
  co_await (*elsewhere)->read_some(buffer);
  EXPECT_EQ(std::string_view(buffer.data(), buffer.size()), "220") << "others are not kept out";
  first->reset();  // its place is free as soon as the listener has seen it leave
  while (second_is_turned_away) {
    auto again = co_await connect_tcp(to, after(5s));
    if (!again) throw std::runtime_error(again.error().detail);
    co_await (*again)->read_some(buffer);
    if (std::string_view(buffer.data(), buffer.size()) == "220") break;
  }
}

TEST(Listener, OneClientCannotTakeEverySession) {
  Runtime runtime(2);
  const auto listener = must_bind(
      runtime, {.overload_text = "421 busy\r\n", .max_sessions_per_client = 1, .loopback_is_one_client = true});
  listener->start(greet);
  runtime.run_blocking(crowd(listener->local(), true));
  runtime.run_blocking(listener->stop(after(5s)));
}

TEST(Listener, ThisMachineIsNotBoundByTheLimitOfOneClient) {
  Runtime runtime(2);
  const auto listener = must_bind(runtime, {.overload_text = "421 busy\r\n", .max_sessions_per_client = 1});
  listener->start(greet);
  runtime.run_blocking(crowd(listener->local(), false));
  runtime.run_blocking(listener->stop(after(5s)));
}

Task<std::unique_ptr<Stream>> connect_and_read_greeting(Endpoint to) {
  auto stream = co_await connect_tcp(to, after(5s));
  if (!stream) throw std::runtime_error(stream.error().detail);
  std::array<char, 11> buffer;
  co_await (*stream)->read_some(buffer);
  co_return std::move(*stream);
}

Task<void> stop_while_client_finishes(Listener& listener, Runtime& runtime) {
  std::unique_ptr<Stream> client = co_await connect_and_read_greeting(listener.local());
  TaskGroup group("finish");
  const auto finish = [](std::unique_ptr<Stream> stream, Endpoint door) -> Task<void> {
    // The door is closed as soon as nobody answers there any more; only then does the client end its session.
    for (;;) {
      const auto probe = co_await connect_tcp(door, after(5s));
      if (!probe) break;
    }
    stream.reset();
  };
  std::unique_ptr<Stream> other = co_await connect_and_read_greeting(listener.local());
  group.spawn(runtime.executor(1), finish(std::move(other), listener.local()));
  client.reset();
  co_await listener.stop(after(20s));
  EXPECT_EQ(listener.sessions(), 0U);
  co_await group.stop();
}

TEST(Listener, StopClosesTheDoorAtOnceAndWaitsForSessions) {
  Runtime runtime(2);
  const auto listener = must_bind(runtime);
  listener->start(greet);
  const auto started = std::chrono::steady_clock::now();
  runtime.run_blocking(stop_while_client_finishes(*listener, runtime));
  EXPECT_LT(std::chrono::steady_clock::now() - started, 15s);
}

Task<void> close_the_door(Listener& listener) {
  const std::unique_ptr<Stream> client = co_await connect_and_read_greeting(listener.local());
  listener.stop_accepting();
  for (;;) {
    const auto probe = co_await connect_tcp(listener.local(), after(5s));
    if (!probe) break;
  }
  EXPECT_GE(listener.sessions(), 1U) << "the session goes on";
  co_await client->write_all("x");
}

TEST(Listener, DoorClosesWhileSessionsGoOn) {
  Runtime runtime(2);
  const std::uint16_t port = must_bind(runtime)->local().port;
  for (const std::uint16_t where : {port, std::uint16_t{0}}) {
    const auto listener = must_bind(runtime, {}, where);
    listener->start(greet);
    runtime.run_blocking(close_the_door(*listener));
    runtime.run_blocking(listener->stop(after(5s)));
    EXPECT_EQ(listener->sessions(), 0U);
  }
}

Task<void> stop_with_stubborn_client(Listener& listener) {
  const std::unique_ptr<Stream> client = co_await connect_and_read_greeting(listener.local());
  co_await listener.stop(after(10ms));
  EXPECT_EQ(listener.sessions(), 0U);
  const std::string rest = co_await read_to_end(*client);
  EXPECT_EQ(rest, "");
}

TEST(Listener, StopCancelsSessionsAfterTheDeadline) {
  Runtime runtime(2);
  const auto listener = must_bind(runtime);
  listener->start(greet);
  runtime.run_blocking(stop_with_stubborn_client(*listener));
}

}  // namespace
}  // namespace sesame::net
