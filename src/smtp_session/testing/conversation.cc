#include "smtp_session/testing/conversation.h"

#include "net/testing/run_task.h"

namespace sesame::smtp_session {
namespace {

net::Task<void> converse(std::unique_ptr<net::Stream> stream, ClientOptions options,
                         std::vector<OutboundMessage> messages, Conversation& run) {
  ClientSession session(std::move(stream), std::move(options));
  run.started = co_await session.start();
  if (run.started) {
    for (OutboundMessage& message : messages) {
      SendOutcome outcome = co_await session.send(std::move(message));
      run.outcomes.push_back(std::move(outcome));
    }
  }
  run.usable = session.usable();
  co_await session.quit();
  run.transcript = session.transcript().to_text();
  run.tls_problem = session.tls_problem();
}

}  // namespace

ClientOptions client_options(StartTls start_tls) {
  ClientOptions options;
  options.helo_domain = "us.example";
  options.server_name = "mx.example";
  options.start_tls = start_tls;
  static const net::TlsContext context = net::TlsContext::client_opportunistic();  // reads the trust store: once
  options.tls_context = context;
  return options;
}

OutboundMessage message_to(std::vector<std::string> local_parts) {
  OutboundMessage message;
  message.reverse_path = smtp::Mailbox{"bounce", "us.example"};
  for (std::string& local_part : local_parts) message.recipients.push_back({std::move(local_part), "them.example"});
  message.content = content;
  return message;
}

Conversation run_against(std::vector<ScriptStep> script, std::vector<OutboundMessage> messages, ClientOptions options,
                         const net::MemoryPipeOptions& cut) {
  Conversation run;
  net::TestLoop loop;
  net::MemoryStreams ends = net::make_memory_streams(loop.executor(), {.to_client = cut});
  loop.spawn(play(std::move(ends.server), std::move(script), run.heard));
  loop.run(converse(std::move(ends.client), std::move(options), std::move(messages), run));
  return run;
}

std::string only_failure(const Conversation& run) {
  if (!run.started) return to_text(run.started.error());
  if (run.outcomes.size() != 1 || run.outcomes[0].recipients.size() != 1) return "not one outcome";
  const auto& outcome = run.outcomes[0].recipients[0];
  return outcome ? "accepted" : to_text(outcome.error());
}

}  // namespace sesame::smtp_session
