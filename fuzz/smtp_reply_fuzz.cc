// Replies: a parsed one is a prefix that needs no more octets, and survives being written; any text makes one reply.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "smtp/extension.h"
#include "smtp/reply.h"

namespace {

using namespace sesame::smtp;

void check_parsed(std::string_view input) {
  const auto parsed = parse_reply(input);
  if (!parsed) {
    if (parsed.error() == ReplyError::need_more && input.size() > max_reply_lines * max_reply_line_octets) std::abort();
    return;
  }
  if (parsed->consumed == 0 || parsed->consumed > input.size()) std::abort();
  const auto alone = parse_reply(input.substr(0, parsed->consumed));
  if (!alone || alone->reply != parsed->reply) std::abort();
  const auto shorter = parse_reply(input.substr(0, parsed->consumed - 1));
  if (shorter || shorter.error() != ReplyError::need_more) std::abort();

  const auto ehlo = read_ehlo_reply(parsed->reply);
  auto lines = ehlo_lines(ehlo.extensions);
  lines.insert(lines.begin(), ehlo.domain);
  if (read_ehlo_reply(Reply{250, {}, lines}).extensions != ehlo.extensions) std::abort();
}

// Whatever the text, the result is one reply of that code.
void check_formatted(std::string_view text) {
  const auto wire = format_reply(Reply{550, EnhancedStatus{5, 1, 1}, {std::string(text), "end"}});
  const auto parsed = parse_reply(wire);
  if (parsed) {
    if (parsed->consumed != wire.size() || parsed->reply.code != 550) std::abort();
  } else if (parsed.error() != ReplyError::too_many_lines) {
    std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  check_parsed(input);
  check_formatted(input);
  return 0;
}
