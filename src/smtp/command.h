// smtp/command.h: SMTP commands, as octets and as values.
//
// Source: RFC 5321 §4.1.1 (commands), §3.3 (no blanks beside the colon of FROM: and TO:); RFC 3207 (STARTTLS), RFC 4954
// (AUTH), RFC 3030 (BDAT), RFC 6531 (SMTPUTF8). No I/O; bad input never throws; linear in the line.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/result.h"
#include "smtp/parameters.h"
#include "smtp/path.h"
#include "smtp/reply.h"

namespace sesame::smtp {

constexpr std::size_t max_command_line_octets = 512;  // RFC 5321 §4.5.3.1.4, CRLF included, before any extension

struct EhloCommand {
  std::string helo_domain;  // domain or address literal
  bool operator==(const EhloCommand&) const = default;
};
struct HeloCommand {
  std::string helo_domain;
  bool operator==(const HeloCommand&) const = default;
};
struct MailCommand {
  ReversePath reverse_path;
  MailParameters parameters;
  bool operator==(const MailCommand&) const = default;
};
struct RcptCommand {
  Mailbox forward_path;
  RcptParameters parameters;
  bool operator==(const RcptCommand&) const = default;
};
struct DataCommand {
  bool operator==(const DataCommand&) const = default;
};
// This many octets of message follow the CRLF at once, whether or not the server likes them.
struct BdatCommand {
  std::uint64_t size_octets = 0;
  bool last = false;
  bool operator==(const BdatCommand&) const = default;
};
struct RsetCommand {
  bool operator==(const RsetCommand&) const = default;
};
struct NoopCommand {
  bool operator==(const NoopCommand&) const = default;
};
struct QuitCommand {
  bool operator==(const QuitCommand&) const = default;
};
struct StartTlsCommand {
  bool operator==(const StartTlsCommand&) const = default;
};
struct AuthCommand {
  std::string mechanism;                        // upper case; may be one nobody knows
  std::optional<std::string> initial_response;  // as sent: not yet base64-decoded, "=" for the empty response
  bool operator==(const AuthCommand&) const = default;
};
struct VrfyCommand {
  std::string argument;
  bool operator==(const VrfyCommand&) const = default;
};
struct ExpnCommand {
  std::string argument;
  bool operator==(const ExpnCommand&) const = default;
};
struct HelpCommand {
  std::string argument;  // empty if none
  bool operator==(const HelpCommand&) const = default;
};

using Command =
    std::variant<EhloCommand, HeloCommand, MailCommand, RcptCommand, DataCommand, BdatCommand, RsetCommand, NoopCommand,
                 QuitCommand, StartTlsCommand, AuthCommand, VrfyCommand, ExpnCommand, HelpCommand>;

// Why a line is no command, or not one that can be carried out. reply_to() has the reply for each.
enum class CommandError {
  // Found by parse_command().
  unrecognized,           // no verb we ever heard of, or control characters in the line
  not_implemented,        // a verb of RFC 821 or ATRN, ETRN...: recognised, never implemented
  missing_argument,       // EHLO, BDAT, AUTH, VRFY... alone
  unexpected_argument,    // DATA, RSET, QUIT, STARTTLS with one
  malformed_argument,     // an argument, but not the command's grammar
  bad_reverse_path,       // MAIL: not a path, or over a limit of path.h
  bad_forward_path,       // RCPT: the same; also RCPT TO:<>
  utf8_reverse_path,      // MAIL: octets above 0x7f without SMTPUTF8 (RFC 6531 §3.5)
  utf8_forward_path,      // RCPT: the same
  malformed_parameter,    // an ESMTP parameter that is not of its grammar, or twice
  unsupported_parameter,  // an ESMTP parameter unknown here, or of an extension that was not offered
  // Found by LineBuffer before there is a line to parse.
  line_too_long,
  bare_cr_or_lf,  // RFC 5321 §2.3.8
};

// The one place where an error gets its reply code and enhanced status.
Reply reply_to(CommandError error);

// Parses one command line, given without its CRLF.
//
//   utf8  accept where SMTPUTF8 may be used: for MAIL, when the server offers it (the path may then hold UTF-8 if the
//   same
//         line says SMTPUTF8); for RCPT, when the transaction's MAIL said so
//
// Strict, with three allowances. Blanks before CRLF are ignored (RFC 5321 §4.1.1). HELO takes an address literal like
// EHLO. The argument of both may have "_" in a label: §4.1.4 forbids turning a client away for its name, and many hosts
// are named so.
Result<Command, CommandError> parse_command(std::string_view line, Utf8 utf8);

// The line that parse_command() reads back, without CRLF. The values must be ones it could have produced; in particular
// no text may hold CR, LF or NUL.
std::string format_command(const Command& command);

}  // namespace sesame::smtp
