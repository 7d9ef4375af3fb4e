#include "smtp_load.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <chrono>

#include "net/runtime.h"
#include "net/task_group.h"
#include "smtp_session/client_session.h"

namespace sesame::bench {
namespace {

// Shared by the sessions, which run on one thread.
struct State {
  SmtpLoad load;
  std::size_t next = 0;
  std::size_t accepted = 0, refused = 0;
  std::string first_refusal;

  bool has_more() const { return next < load.count; }
  void refuse(const smtp_session::Failure& failure) {
    if (refused++ == 0) first_refusal = smtp_session::to_text(failure);
  }
};

net::Task<void> bring(smtp_session::ClientSession& session, State& state, std::size_t number) {
  const Mail mail = state.load.mail(number);
  smtp_session::OutboundMessage message;
  message.reverse_path = mail.reverse_path;
  message.recipients = {mail.recipient};
  message.content = mail.content;
  const smtp_session::SendOutcome outcome = co_await session.send(std::move(message));
  const auto& result = outcome.recipients.front();
  if (result) {
    ++state.accepted;
  } else {
    state.refuse(result.error());
  }
}

smtp_session::ClientOptions options_of(const SmtpLoad& load) {
  smtp_session::ClientOptions options;
  options.helo_domain = "mx.example.net";
  options.start_tls = smtp_session::StartTls::never;
  if (!load.user.empty()) options.auth = smtp_session::ClientAuth{load.user, Secret(load.password)};
  return options;
}

net::Task<void> one_session(State& state) {
  auto stream = co_await smtp_session::connect(state.load.door, net::after(std::chrono::seconds(30)));
  if (!stream) {
    ++state.next;
    state.refuse(stream.error());
    co_return;
  }
  smtp_session::ClientSession session(std::move(*stream), options_of(state.load));
  const auto started = co_await session.start();
  if (!started) {
    ++state.next;
    state.refuse(started.error());
    co_return;
  }
  for (std::size_t mails = 0; mails < state.load.mails_per_session && state.has_more() && session.usable(); ++mails) {
    const std::size_t number = state.next++;
    co_await bring(session, state, number);
  }
  co_await session.quit();
}

net::Task<void> sessions(State& state) {
  while (state.has_more()) co_await one_session(state);
}

net::Task<void> all_sessions(State& state) {
  const net::Executor executor = co_await net::current_executor();
  net::TaskGroup group("load");
  for (std::size_t i = 0; i < state.load.sessions; ++i) group.spawn(executor, sessions(state));
  co_await group.drain(net::Deadline::max());
}

}  // namespace

int run(SmtpLoad load) {
  State state{.load = std::move(load)};
  net::Runtime runtime(1);
  const auto begun = std::chrono::steady_clock::now();
  runtime.run_blocking(all_sessions(state));
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const double cpu = static_cast<double>(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
                     static_cast<double>(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
  fmt::print(
      "{{\"accepted\": {}, \"refused\": {}, \"first_refusal\": \"{}\", \"per_s\": {:.1f}, \"load_cpu_s\": {:.2f}}}\n",
      state.accepted, state.refused, state.first_refusal, static_cast<double>(state.accepted) / took.count(), cpu);
  return state.refused == 0 ? 0 : 1;
}

}  // namespace sesame::bench
