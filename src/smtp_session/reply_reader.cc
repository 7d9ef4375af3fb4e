#include "smtp_session/reply_reader.h"

#include <array>

namespace sesame::smtp_session {
namespace {

std::string_view why(smtp::ReplyError error) {
  switch (error) {
    case smtp::ReplyError::need_more: return "incomplete reply";
    case smtp::ReplyError::malformed: return "not an SMTP reply";
    case smtp::ReplyError::mixed_codes: return "reply of mixed codes";
    case smtp::ReplyError::bare_cr_or_lf: return "bare CR or LF in a reply";
    case smtp::ReplyError::line_too_long: return "reply line too long";
    case smtp::ReplyError::too_many_lines: return "reply of too many lines";
  }
  return "?";
}

}  // namespace

net::Task<Result<smtp::Reply, Failure>> ReplyReader::next(Stage stage, smtp::EnhancedStatusCodes enhanced) {
  for (;;) {
    auto parsed = smtp::parse_reply(input_, enhanced);
    if (parsed) {
      input_.erase(0, parsed->consumed);
      co_return std::move(parsed->reply);
    }
    if (parsed.error() != smtp::ReplyError::need_more) {
      co_return std::unexpected(Failure{stage, ProtocolError{std::string(why(parsed.error()))}});
    }
    std::array<char, 4096> buffer;
    const auto got = co_await stream_.read_some(buffer);
    if (!got) co_return std::unexpected(Failure{stage, NetFailure{got.error()}});
    input_.append(buffer.data(), *got);
  }
}

}  // namespace sesame::smtp_session
