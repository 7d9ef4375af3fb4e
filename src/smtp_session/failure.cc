#include "smtp_session/failure.h"

#include <fmt/format.h>

#include "base/result.h"

namespace sesame::smtp_session {

namespace {

std::string_view why(smtp::EncodeError error) {
  switch (error) {
    case smtp::EncodeError::bare_cr_or_lf: return "the content has a bare CR or LF";
    case smtp::EncodeError::nul: return "the content has a NUL";
    case smtp::EncodeError::missing_final_crlf: return "the content does not end in CRLF";
  }
  return "?";
}

}  // namespace

std::string_view name(Stage stage) {
  switch (stage) {
    case Stage::connect: return "connect";
    case Stage::greeting: return "greeting";
    case Stage::ehlo: return "ehlo";
    case Stage::starttls: return "starttls";
    case Stage::auth: return "auth";
    case Stage::mail: return "mail";
    case Stage::rcpt: return "rcpt";
    case Stage::data: return "data";
    case Stage::final_dot: return "final_dot";
    case Stage::quit: return "quit";
  }
  return "?";
}

std::string to_text(const Failure& failure) {
  const std::string reason = std::visit(
      overloaded{[](const NetFailure& f) { return fmt::format("{} ({})", net::name(f.error.code), f.error.detail); },
                 [](const UncertainAfterFinalDot& f) {
                   return fmt::format("no reply to the final dot, {} ({})", net::name(f.error.code), f.error.detail);
                 },
                 [](const Refused& f) { return f.reply.to_text(); },
                 [](const ProtocolError& f) { return "protocol error: " + f.detail; },
                 [](const NotOffered& f) { return f.what + " is not offered"; },
                 [](const Unsendable& f) { return std::string(why(f.error)); }},
      failure.reason);
  return fmt::format("{}: {}", name(failure.stage), reason);
}

}  // namespace sesame::smtp_session
