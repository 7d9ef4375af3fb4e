// An SMTP server that says anything, against the client session. Asserts: every recipient gets exactly one outcome;
// what is accepted was answered with 2yz; how the octets are cut makes no difference.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "net/testing/memory_stream.h"
#include "net/testing/run_task.h"
#include "smtp_session/client_session.h"

namespace {

using namespace sesame;
using namespace sesame::smtp_session;

void require(bool condition) {
  if (!condition) std::abort();
}

net::Task<std::string> converse(std::unique_ptr<net::Stream> stream) {
  ClientOptions options;
  options.helo_domain = "us.example";
  options.start_tls = StartTls::never;
  ClientSession session(std::move(stream), std::move(options));
  const auto started = co_await session.start();
  if (!started) co_return to_text(started.error());
  std::string text;
  for (int i = 0; i < 2; ++i) {
    OutboundMessage message;
    message.recipients = {{"a", "them.example"}, {"b", "them.example"}};
    message.content = "Subject: x\r\n\r\n.\r\n";
    const SendOutcome outcome = co_await session.send(std::move(message));
    require(outcome.recipients.size() == 2);
    for (const auto& recipient : outcome.recipients) {
      require(!recipient || recipient->code / 100 == 2);
      text += recipient ? recipient->to_text() : to_text(recipient.error());
    }
  }
  co_await session.quit();
  co_return text + session.transcript().to_text();
}

std::string talk(std::string octets, const net::MemoryPipeOptions& cut) {
  std::string sent;
  return net::run_task(converse(net::make_scripted_stream(std::move(octets), sent, cut)));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string octets(reinterpret_cast<const char*>(data), size);
  const std::string whole = talk(octets, {});
  require(talk(octets, {.max_read = 1}) == whole);
  require(talk(octets, {.split_at = size / 2}) == whole);
  return 0;
}
