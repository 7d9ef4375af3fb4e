#include "dns/unbound_resolver.h"

#include <gtest/gtest.h>

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <future>

#include "dns/datagram.h"
#include "dns/unbound_context.h"
#include "dns/wire.h"
#include "net/runtime.h"
#include "net/task_group.h"

namespace sesame::dns {
namespace {

net::Task<void> serve(DatagramSocket socket, std::optional<Rcode> rcode) {
  std::array<char, 4096> buffer;
  while (true) {
    const auto datagram = co_await socket.receive(buffer, net::Deadline::max());
    if (!datagram) co_return;
    if (!rcode) continue;
    auto message = parse_message(std::string_view(buffer.data(), datagram->octets));
    message->header.qr = true;
    message->rcode = *rcode;
    if (!socket.send(serialise(*message), datagram->from)) co_return;
  }
}

struct UnboundResolverTest : testing::Test {
  ~UnboundResolverTest() override { runtime.run_blocking(servers.stop()); }

  // A server that answers everything with `rcode`, or never.
  UnboundOptions with_server(std::optional<Rcode> rcode) {
    auto socket = DatagramSocket::bind(runtime.executor(0), {*net::parse_ip("127.0.0.1"), 0});
    if (!socket) throw std::runtime_error(socket.error().detail);
    UnboundOptions options;
    options.stub_root = socket->local();
    options.cache = false;
    servers.spawn(runtime.executor(0), serve(std::move(*socket), rcode));
    return options;
  }
  Answer resolve(UnboundResolver& resolver, std::chrono::milliseconds limit) {
    std::optional<Answer> answer;
    auto asking = resolver.resolve("a.test", RecordType::a, net::after(limit));
    runtime.run_blocking(net::detail::keep_result(std::move(asking), answer));
    return *answer;
  }

  net::Runtime runtime{2};
  net::TaskGroup servers{"test.name_servers"};
};

TEST_F(UnboundResolverTest, SilenceEndsAtTheDeadline) {
  UnboundResolver resolver(runtime.executor(1), with_server(std::nullopt));
  EXPECT_EQ(resolve(resolver, std::chrono::milliseconds(50)).status, AnswerStatus::timeout);
  EXPECT_EQ(resolve(resolver, std::chrono::milliseconds(50)).status, AnswerStatus::timeout);
}

TEST_F(UnboundResolverTest, RefusalAndFailureAreServfail) {
  UnboundResolver refused(runtime.executor(1), with_server(Rcode::refused));
  EXPECT_EQ(resolve(refused, std::chrono::seconds(20)).status, AnswerStatus::servfail);
  UnboundResolver failing(runtime.executor(1), with_server(Rcode::servfail));
  EXPECT_EQ(resolve(failing, std::chrono::seconds(20)).status, AnswerStatus::servfail);
}

TEST_F(UnboundResolverTest, AnswersOfManyQuestionsReachTheirAskers) {
  UnboundResolver resolver(runtime.executor(1), with_server(Rcode::nxdomain));
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(resolve(resolver, std::chrono::seconds(20)).status, AnswerStatus::nxdomain);
  }
}

net::Task<void> ask_into(UnboundResolver& resolver, std::optional<Answer>& answer, net::Deadline deadline) {
  answer = co_await resolver.resolve("a.test", RecordType::a, deadline);
}

TEST_F(UnboundResolverTest, StopEndsQuestionsUnderWayAndLaterOnes) {
  UnboundResolver resolver(runtime.executor(1), with_server(std::nullopt));
  std::optional<Answer> under_way;
  net::TaskGroup asking("test.asking");
  asking.spawn(runtime.executor(0), ask_into(resolver, under_way, net::after(std::chrono::seconds(60))));
  EXPECT_EQ(resolve(resolver, std::chrono::milliseconds(20)).status, AnswerStatus::timeout);
  resolver.stop();
  EXPECT_EQ(resolve(resolver, std::chrono::seconds(60)).status, AnswerStatus::timeout);
  std::optional<bool> all_ended;
  auto draining = asking.drain(net::after(std::chrono::seconds(20)));
  runtime.run_blocking(net::detail::keep_result(std::move(draining), all_ended));
  EXPECT_TRUE(*all_ended);
  EXPECT_EQ(under_way->status, AnswerStatus::timeout);
}

net::Task<void> ask(Resolver& resolver, std::promise<void>& begun) {
  begun.set_value();
  co_await resolver.resolve("a.test", RecordType::a, net::after(std::chrono::seconds(30)));
}

TEST_F(UnboundResolverTest, ACancelledQuestionEndsAtOnceForACallerOnItsExecutor) {
  UnboundResolver resolver(runtime.executor(1), with_server(std::nullopt));
  net::TaskGroup askers("test.askers");
  std::promise<void> begun;
  askers.spawn(runtime.executor(1), ask(resolver, begun));
  begun.get_future().wait();
  const auto begin = std::chrono::steady_clock::now();
  runtime.run_blocking(askers.stop());
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10));
}

TEST_F(UnboundResolverTest, TrustAnchorsAreCheckedAtStartUp) {
  UnboundOptions options;
  EXPECT_NO_THROW(UnboundResolver(runtime.executor(1), options));
  options.trust_anchor = "none";
  EXPECT_NO_THROW(UnboundResolver(runtime.executor(1), options));
  options.trust_anchor = "/nonexistent/root.key";
  EXPECT_THROW(UnboundResolver(runtime.executor(1), options), std::runtime_error);
}

std::string servers_not_asked(const UnboundOptions& options) {
  const UnboundContext context = make_unbound_context(options);
  char* text = nullptr;
  EXPECT_EQ(ub_ctx_get_option(context.get(), "do-not-query-address", &text), 0);
  const std::unique_ptr<char, decltype(&std::free)> owner(text, &std::free);
  return text == nullptr ? "" : text;
}

TEST_F(UnboundResolverTest, RecursingItAsksNobodyInsideOurOwnNetwork) {
  UnboundOptions options;
  EXPECT_NE(servers_not_asked(options).find("10.0.0.0/8"), std::string::npos);
  options.allow_private_servers = true;
  EXPECT_EQ(servers_not_asked(options), "");
  options.allow_private_servers = false;
  options.resolvers = {*net::parse_endpoint("10.0.0.53:53")};  // the operator's own
  EXPECT_EQ(servers_not_asked(options), "");
}

// Nothing is signed here, so with an anchor for the root every answer is bogus.
TEST_F(UnboundResolverTest, AnswersThatDoNotValidateAreServfailAndBogus) {
  const auto file = std::filesystem::temp_directory_path() / fmt::format("sesame_anchor_{}.ds", getpid());
  std::ofstream(file) << ". IN DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D\n";
  UnboundOptions options = with_server(Rcode::nxdomain);
  options.trust_anchor = file.string();
  UnboundResolver resolver(runtime.executor(1), options);
  const Answer answer = resolve(resolver, std::chrono::seconds(20));
  std::filesystem::remove(file);
  EXPECT_EQ(answer.status, AnswerStatus::servfail);
  EXPECT_TRUE(answer.bogus);
  EXPECT_NE(answer.detail, "");
}

}  // namespace
}  // namespace sesame::dns
