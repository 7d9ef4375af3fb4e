// What every Stream promises, held against both transports: sockets and memory.
#include "net/stream.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <thread>

#include "base/testing/temp_directory.h"
#include "net/listener.h"
#include "net/testing/memory_stream.h"
#include "net/testing/run_task.h"
#include "net/unix_socket.h"

namespace sesame::net {
namespace {

using namespace std::chrono_literals;

const Endpoint any_loopback_port{asio::ip::make_address("127.0.0.1"), 0};

Task<std::string> read_exactly(Stream& stream, std::size_t count) {
  std::string octets(count, '\0');
  std::size_t have = 0;
  while (have < count) {
    const auto got = co_await stream.read_some(std::span(octets).subspan(have));
    if (!got) co_return octets.substr(0, have);
    have += *got;
  }
  co_return octets;
}

Task<NetErrc> read_error(Stream& stream) {
  std::array<char, 16> buffer;
  const auto got = co_await stream.read_some(buffer);
  co_return got ? NetErrc::other : got.error().code;
}

// The far end of every test: sends back what it gets until end of file, over TLS if a context is given.
Task<void> echo(std::unique_ptr<Stream> stream, std::optional<TlsContext> context) {
  stream->set_deadline(after(10s));
  if (context) {
    const auto started = co_await stream->start_tls_server(*context);
    if (!started) co_return;
  }
  std::array<char, 1000> buffer;
  for (;;) {
    const auto got = co_await stream->read_some(buffer);
    if (!got) break;
    const auto sent = co_await stream->write_all(std::string_view(buffer.data(), *got));
    if (!sent) co_return;
  }
  co_await stream->shutdown();
}

using Scenario = Task<void> (*)(Stream&);

Task<void> run_over_socket(Endpoint to, Scenario scenario) {
  auto connected = co_await connect_tcp(to, after(5s));
  EXPECT_TRUE(connected.has_value());
  if (!connected) co_return;
  const std::unique_ptr<Stream> stream = std::move(*connected);
  stream->set_deadline(after(10s));
  co_await scenario(*stream);
}

Task<void> run_over_memory(std::unique_ptr<Stream> stream, Scenario scenario) {
  stream->set_deadline(after(10s));
  co_await scenario(*stream);
}

// Runs the scenario against echo() through real sockets and through memory, there also cut at every octet.
void with_every_transport(Scenario scenario, const std::optional<TlsContext>& context = std::nullopt) {
  {
    SCOPED_TRACE("socket");
    Runtime runtime(2);
    auto listener = Listener::bind(runtime, any_loopback_port, {});
    ASSERT_TRUE(listener) << listener.error().detail;
    (*listener)->start([context](std::unique_ptr<Stream> stream) { return echo(std::move(stream), context); });
    runtime.run_blocking(run_over_socket((*listener)->local(), scenario));
    runtime.run_blocking((*listener)->stop(after(5s)));
  }
  for (const std::size_t max_read : {std::numeric_limits<std::size_t>::max(), std::size_t{1}}) {
    SCOPED_TRACE(max_read);
    TestLoop loop;
    MemoryStreamOptions options;
    options.to_server = {.capacity = 300, .max_read = max_read};
    options.to_client = options.to_server;
    MemoryStreams ends = make_memory_streams(loop.executor(), options);
    loop.spawn(echo(std::move(ends.server), context));
    loop.run(run_over_memory(std::move(ends.client), scenario));
  }
}

Task<void> exchange(Stream& stream) {
  const std::string hello = "hello";
  const auto sent = co_await stream.write_all(hello);
  EXPECT_TRUE(sent.has_value());
  const std::string answer = co_await read_exactly(stream, hello.size());
  EXPECT_EQ(answer, hello);
  co_await stream.shutdown();
  const NetErrc end = co_await read_error(stream);
  EXPECT_EQ(end, NetErrc::closed);
}

TEST(Stream, CarriesOctetsAndEndsInOrder) { with_every_transport(exchange); }

Task<void> time_out(Stream& stream) {
  stream.set_deadline(after(20ms));
  const NetErrc first = co_await read_error(stream);
  EXPECT_EQ(first, NetErrc::timed_out);
  const NetErrc second = co_await read_error(stream);  // the deadline applies until set again
  EXPECT_EQ(second, NetErrc::timed_out);
  stream.set_deadline(after(10s));
  const auto last_words = co_await stream.write_all("421 too slow\r\n");
  EXPECT_TRUE(last_words.has_value());
}

TEST(Stream, ReadPastTheDeadlineTimesOutAndLastWordsArePossible) { with_every_transport(time_out); }

Task<void> deadline_moves(Stream& stream) {
  stream.set_deadline(after(20ms));
  stream.set_deadline(after(10s));  // later: the first must not fire
  stream.set_deadline(after(30ms));
  const Deadline expected = after(30ms);
  const NetErrc code = co_await read_error(stream);
  EXPECT_EQ(code, NetErrc::timed_out);
  EXPECT_GE(std::chrono::steady_clock::now() + 1ms, expected);
}

TEST(Stream, TheDeadlineSetLastCounts) { with_every_transport(deadline_moves); }

Task<void> cancel_from_elsewhere(Stream& stream) {
  std::thread other([&stream] { stream.cancel(); });
  const NetErrc code = co_await read_error(stream);
  EXPECT_EQ(code, NetErrc::cancelled);
  other.join();
  const auto later = co_await stream.write_all("x");
  EXPECT_FALSE(later.has_value());
  if (!later) EXPECT_EQ(later.error().code, NetErrc::cancelled);
}

TEST(Stream, CancelFromAnotherThreadEndsThisAndEveryLaterOperation) { with_every_transport(cancel_from_elsewhere); }

Task<void> nobody_reads(Stream& stream) {
  stream.set_deadline(after(50ms));
  const std::string much(64 << 20, 'x');  // more than both directions of a loopback connection hold
  const auto sent = co_await stream.write_all(much);
  EXPECT_FALSE(sent.has_value());
  if (!sent) EXPECT_EQ(sent.error().code, NetErrc::timed_out);
}

TEST(Stream, WriteToAPeerThatDoesNotReadTimesOut) { with_every_transport(nobody_reads); }

// What the server at `path` answers to one octet before it hangs up.
Task<std::string> hear_greeting(std::string path) {
  auto connected = co_await connect_unix(path, after(5s));
  if (!connected) co_return "error: " + connected.error().detail;
  const auto said = co_await (*connected)->write_all("x");
  EXPECT_TRUE(said.has_value());
  std::string heard = co_await read_exactly(**connected, 6);
  const NetErrc after_it = co_await read_error(**connected);
  EXPECT_EQ(after_it, NetErrc::closed);
  co_return heard;
}

TEST(ConnectUnix, TalksToTheServerAtThePath) {
  const TempDirectory directory;
  const std::string path = (directory.path() / "server").string();
  sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
  path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  const int listening = ::socket(AF_UNIX, SOCK_STREAM, 0);
  ASSERT_EQ(::bind(listening, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  ASSERT_EQ(::listen(listening, 1), 0);
  std::thread server([listening] {
    const int session = ::accept(listening, nullptr, nullptr);
    char octet = 0;
    EXPECT_EQ(::recv(session, &octet, 1, 0), 1);
    EXPECT_EQ(::send(session, "hello\n", 6, MSG_NOSIGNAL), 6);
    ::close(session);
  });
  EXPECT_EQ(run_task(hear_greeting(path)), "hello\n");
  server.join();
  ::close(listening);
  EXPECT_TRUE(run_task(hear_greeting(path)).contains("Connection refused"));
}

TEST(ConnectUnix, PathsThatCannotBeAreRefused) {
  EXPECT_TRUE(run_task(hear_greeting("/nowhere/at/all")).contains("No such file"));
  for (const std::string& path : {std::string(), std::string(108, 'x'), std::string("/a\0b", 4)}) {
    EXPECT_EQ(run_task(hear_greeting(path)), "error: connect: not a path of a Unix socket");
  }
}

TEST(ConnectTcp, RefusedConnectionIsTold) {
  Runtime runtime(1);
  Endpoint nobody;
  {
    auto listener = Listener::bind(runtime, any_loopback_port, {});
    ASSERT_TRUE(listener);
    nobody = (*listener)->local();
  }
  const auto try_it = [](Endpoint to) -> Task<void> {
    const auto stream = co_await connect_tcp(to, after(5s));
    EXPECT_FALSE(stream.has_value());
    if (!stream) EXPECT_EQ(stream.error().code, NetErrc::refused);
  };
  runtime.run_blocking(try_it(nobody));
}

TEST(ConnectTcp, BindsTheSourceAddress) {
  Runtime runtime(1);
  auto listener = Listener::bind(runtime, any_loopback_port, {});
  ASSERT_TRUE(listener);
  (*listener)->start([](std::unique_ptr<Stream> stream) { return echo(std::move(stream), std::nullopt); });
  const auto try_it = [](Endpoint to) -> Task<void> {
    const IpAddress source = asio::ip::make_address("127.0.0.9");
    const auto stream = co_await connect_tcp(to, after(5s), source);
    EXPECT_TRUE(stream.has_value());
    if (!stream) co_return;
    EXPECT_EQ((*stream)->local().address, source);
    EXPECT_EQ((*stream)->remote(), to);
  };
  runtime.run_blocking(try_it((*listener)->local()));
  runtime.run_blocking((*listener)->stop(after(5s)));
}

// Echo answers while we still write, so no more may be on its way than the pipes hold.
Task<void> exchange_in_pieces(Stream& stream, std::size_t count) {
  const std::string piece(250, 'm');
  for (std::size_t left = count; left > 0; left -= std::min(left, piece.size())) {
    const std::string_view part = std::string_view(piece).substr(0, left);
    const auto sent = co_await stream.write_all(part);
    EXPECT_TRUE(sent.has_value());
    const std::string answer = co_await read_exactly(stream, part.size());
    EXPECT_EQ(answer, part);
  }
}

Task<void> exchange_over_tls(Stream& stream) {
  EXPECT_FALSE(stream.tls().has_value());
  const TlsContext context = TlsContext::client_opportunistic();
  const auto started = co_await stream.start_tls_client(context, "mail.example");
  EXPECT_TRUE(started.has_value());
  if (!started) co_return;
  const std::optional<TlsInfo> info = stream.tls();
  EXPECT_TRUE(info.has_value());
  if (info) {
    EXPECT_EQ(info->version, "TLSv1.3");
    EXPECT_FALSE(info->cipher.empty());
    EXPECT_FALSE(info->peer_verified);
    EXPECT_NE(info->problem.find("self-signed"), std::string::npos) << info->problem;
  }
  for (const std::size_t count : {1, 50, 299, 20'000}) {
    co_await exchange_in_pieces(stream, count);
  }
  co_await exchange(stream);
}

TEST(Tls, OpportunisticClientTakesASelfSignedCertificateAndReportsIt) {
  with_every_transport(exchange_over_tls, TlsContext::server_self_signed("mail.example"));
}

Task<void> time_out_over_tls(Stream& stream) {
  const TlsContext context = TlsContext::client_opportunistic();
  const auto started = co_await stream.start_tls_client(context, "mail.example");
  EXPECT_TRUE(started.has_value());
  co_await time_out(stream);
}

TEST(Tls, DeadlinesHoldUnderTls) {
  with_every_transport(time_out_over_tls, TlsContext::server_self_signed("mail.example"));
}

Task<void> plain_peer(Stream& stream) {
  const TlsContext context = TlsContext::client_opportunistic();
  const auto started = co_await stream.start_tls_client(context, "mail.example");
  EXPECT_FALSE(started.has_value());  // echo() sends our own ClientHello back
  if (!started) EXPECT_EQ(started.error().code, NetErrc::tls);
  EXPECT_FALSE(stream.tls().has_value());
}

TEST(Tls, PeerThatDoesNotSpeakTlsFailsTheHandshake) { with_every_transport(plain_peer); }

Task<void> silent_peer(Stream& stream) {
  stream.set_deadline(after(20ms));
  const TlsContext context = TlsContext::server_self_signed("us.example");
  const auto started = co_await stream.start_tls_server(context);  // both ends wait for the other to begin
  EXPECT_FALSE(started.has_value());
  if (!started) EXPECT_EQ(started.error().code, NetErrc::timed_out);
}

TEST(Tls, HandshakeIsBoundedByTheDeadline) { with_every_transport(silent_peer); }

Task<void> truncated(std::unique_ptr<Stream> client, std::unique_ptr<Stream> server) {
  const TlsContext client_context = TlsContext::client_opportunistic();
  const auto started = co_await client->start_tls_client(client_context, "mail.example");
  EXPECT_TRUE(started.has_value());
  server.reset();
  const NetErrc code = co_await read_error(*client);
  EXPECT_EQ(code, NetErrc::reset);
}

TEST(Tls, EndOfFileWithoutCloseNotifyIsNoOrderlyEnd) {
  TestLoop loop;
  MemoryStreams ends = make_memory_streams(loop.executor());
  Stream* server = ends.server.get();
  const TlsContext context = TlsContext::server_self_signed("mail.example");
  const auto accept = [](Stream* stream, const TlsContext& with) -> Task<void> {
    co_await stream->start_tls_server(with);
  };
  loop.spawn(accept(server, context));
  loop.run(truncated(std::move(ends.client), std::move(ends.server)));
}

}  // namespace
}  // namespace sesame::net
