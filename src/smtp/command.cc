#include "smtp/command.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"

namespace sesame::smtp {
namespace {

using Parsed = Result<Command, CommandError>;

std::unexpected<CommandError> fail(CommandError error) { return std::unexpected(error); }

template <class NoArgument>
Parsed parse_bare(std::string_view argument, Utf8) {
  if (!argument.empty()) return fail(CommandError::unexpected_argument);
  return NoArgument{};
}

bool is_helo_domain(std::string_view text) {
  if (is_address_literal(text)) return true;
  std::string without_underscore(text);
  std::ranges::replace(without_underscore, '_', 'u');
  return is_domain(without_underscore, Utf8::refuse);
}

template <class Helo>
Parsed parse_helo(std::string_view argument, Utf8) {
  if (argument.empty()) return fail(CommandError::missing_argument);
  if (!is_helo_domain(argument)) return fail(CommandError::malformed_argument);
  return Helo{std::string(argument)};
}

// VRFY and EXPN want a string, NOOP and HELP tolerate one.
template <class Text>
Parsed parse_text(std::string_view argument, Utf8) {
  if (argument.empty()) return fail(CommandError::missing_argument);
  return Text{std::string(argument)};
}
Parsed parse_noop(std::string_view, Utf8) { return NoopCommand{}; }
Parsed parse_help(std::string_view argument, Utf8) { return HelpCommand{std::string(argument)}; }

CommandError error_of(ParameterError error) {
  switch (error) {
    case ParameterError::malformed:
    case ParameterError::duplicate: return CommandError::malformed_parameter;
    case ParameterError::unsupported: return CommandError::unsupported_parameter;
  }
  return CommandError::malformed_parameter;
}

// Takes "FROM:" or "TO:" off the front of the argument.
bool take_keyword(std::string_view& argument, std::string_view keyword) {
  if (!ascii_iequals(argument.substr(0, keyword.size()), keyword)) return false;
  argument.remove_prefix(keyword.size());
  return true;
}

Parsed parse_mail(std::string_view argument, Utf8 utf8) {
  if (argument.empty()) return fail(CommandError::missing_argument);
  if (!take_keyword(argument, "FROM:")) return fail(CommandError::malformed_argument);
  auto path = take_reverse_path(argument, utf8);
  if (!path) {
    return fail(path.error() == PathError::non_ascii ? CommandError::utf8_reverse_path
                                                     : CommandError::bad_reverse_path);
  }
  if (!argument.empty() && argument.front() != ' ') return fail(CommandError::bad_reverse_path);
  auto parameters = parse_mail_parameters(argument);
  if (!parameters) return fail(error_of(parameters.error()));
  ReversePath& reverse_path = *path;
  if (reverse_path && !is_ascii(*reverse_path) && !parameters->smtputf8) return fail(CommandError::utf8_reverse_path);
  return MailCommand{std::move(reverse_path), std::move(*parameters)};
}

Parsed parse_rcpt(std::string_view argument, Utf8 utf8) {
  if (argument.empty()) return fail(CommandError::missing_argument);
  if (!take_keyword(argument, "TO:")) return fail(CommandError::malformed_argument);
  auto path = take_forward_path(argument, utf8);
  if (!path) {
    return fail(path.error() == PathError::non_ascii ? CommandError::utf8_forward_path
                                                     : CommandError::bad_forward_path);
  }
  if (!argument.empty() && argument.front() != ' ') return fail(CommandError::bad_forward_path);
  auto parameters = parse_rcpt_parameters(argument);
  if (!parameters) return fail(error_of(parameters.error()));
  return RcptCommand{std::move(*path), std::move(*parameters)};
}

// BDAT SP chunk-size [SP "LAST"]
Parsed parse_bdat(std::string_view argument, Utf8) {
  if (argument.empty()) return fail(CommandError::missing_argument);
  const auto words = split(argument, ' ');
  const auto size = parse_decimal(words[0]);
  if (!size || words.size() > 2) return fail(CommandError::malformed_argument);
  if (words.size() == 2 && !ascii_iequals(words[1], "LAST")) return fail(CommandError::malformed_argument);
  return BdatCommand{*size, words.size() == 2};
}

// AUTH SP mechanism [SP initial-response]
Parsed parse_auth(std::string_view argument, Utf8) {
  if (argument.empty()) return fail(CommandError::missing_argument);
  const auto words = split(argument, ' ');
  const auto is_mechanism_char = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  };
  AuthCommand auth{.mechanism = ascii_upper(words[0]), .initial_response = {}};
  if (words.size() > 2 || auth.mechanism.empty() || !std::ranges::all_of(auth.mechanism, is_mechanism_char)) {
    return fail(CommandError::malformed_argument);
  }
  if (words.size() == 2) {
    if (words[1].empty()) return fail(CommandError::malformed_argument);
    auth.initial_response = words[1];
  }
  return auth;
}

struct Verb {
  std::string_view name;
  Parsed (*parse)(std::string_view argument, Utf8 utf8);  // null: recognised, not implemented
};

constexpr std::array verbs{
    Verb{"EHLO", parse_helo<EhloCommand>},
    Verb{"HELO", parse_helo<HeloCommand>},
    Verb{"MAIL", parse_mail},
    Verb{"RCPT", parse_rcpt},
    Verb{"DATA", parse_bare<DataCommand>},
    Verb{"BDAT", parse_bdat},
    Verb{"RSET", parse_bare<RsetCommand>},
    Verb{"NOOP", parse_noop},
    Verb{"QUIT", parse_bare<QuitCommand>},
    Verb{"STARTTLS", parse_bare<StartTlsCommand>},
    Verb{"AUTH", parse_auth},
    Verb{"VRFY", parse_text<VrfyCommand>},
    Verb{"EXPN", parse_text<ExpnCommand>},
    Verb{"HELP", parse_help},
    // RFC 821, RFC 1985, RFC 2645, RFC 4468
    Verb{"SEND", nullptr},
    Verb{"SOML", nullptr},
    Verb{"SAML", nullptr},
    Verb{"TURN", nullptr},
    Verb{"ETRN", nullptr},
    Verb{"ATRN", nullptr},
    Verb{"BURL", nullptr},
};

bool is_control(char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f; }

std::string with_argument(std::string_view verb, std::string_view argument) {
  return argument.empty() ? std::string(verb) : fmt::format("{} {}", verb, argument);
}

}  // namespace

Parsed parse_command(std::string_view line, Utf8 utf8) {
  if (std::ranges::any_of(line, is_control)) return fail(CommandError::unrecognized);
  line = line.substr(0, line.find_last_not_of(" \t") + 1);
  const auto name = line.substr(0, line.find(' '));
  const auto verb = std::ranges::find_if(verbs, [&](const Verb& v) { return ascii_iequals(v.name, name); });
  if (verb == verbs.end()) return fail(CommandError::unrecognized);
  if (verb->parse == nullptr) return fail(CommandError::not_implemented);
  line.remove_prefix(std::min(name.size() + 1, line.size()));
  return verb->parse(line, utf8);
}

std::string format_command(const Command& command) {
  return std::visit(
      overloaded{
          [](const EhloCommand& c) { return "EHLO " + c.helo_domain; },
          [](const HeloCommand& c) { return "HELO " + c.helo_domain; },
          [](const MailCommand& c) {
            return "MAIL FROM:" + format_path(c.reverse_path) + format_parameters(c.parameters);
          },
          [](const RcptCommand& c) {
            return "RCPT TO:" + format_path(c.forward_path) + format_parameters(c.parameters);
          },
          [](const DataCommand&) { return std::string("DATA"); },
          [](const BdatCommand& c) { return fmt::format("BDAT {}{}", c.size_octets, c.last ? " LAST" : ""); },
          [](const RsetCommand&) { return std::string("RSET"); },
          [](const NoopCommand&) { return std::string("NOOP"); },
          [](const QuitCommand&) { return std::string("QUIT"); },
          [](const StartTlsCommand&) { return std::string("STARTTLS"); },
          [](const AuthCommand& c) {
            return with_argument("AUTH " + c.mechanism, c.initial_response.value_or(std::string()));
          },
          [](const VrfyCommand& c) { return with_argument("VRFY", c.argument); },
          [](const ExpnCommand& c) { return with_argument("EXPN", c.argument); },
          [](const HelpCommand& c) { return with_argument("HELP", c.argument); },
      },
      command);
}

Reply reply_to(CommandError error) {
  switch (error) {
    case CommandError::unrecognized: return make_reply(500, {5, 5, 2}, "Command not recognized");
    case CommandError::not_implemented: return make_reply(502, {5, 5, 1}, "Command not implemented");
    case CommandError::missing_argument: return make_reply(501, {5, 5, 4}, "Argument required");
    case CommandError::unexpected_argument: return make_reply(501, {5, 5, 4}, "No argument allowed");
    case CommandError::malformed_argument: return make_reply(501, {5, 5, 4}, "Syntax error in argument");
    case CommandError::bad_reverse_path: return make_reply(501, {5, 1, 7}, "Invalid MAIL FROM address provided");
    case CommandError::bad_forward_path: return make_reply(501, {5, 1, 3}, "Invalid RCPT TO address provided");
    case CommandError::utf8_reverse_path: return make_reply(550, {5, 6, 7}, "Reverse-path requires SMTPUTF8");
    case CommandError::utf8_forward_path: return make_reply(553, {5, 6, 7}, "Forward-path requires SMTPUTF8");
    case CommandError::malformed_parameter: return make_reply(501, {5, 5, 4}, "Syntax error in parameters");
    case CommandError::unsupported_parameter: return make_reply(555, {5, 5, 4}, "Parameter not implemented");
    case CommandError::line_too_long: return make_reply(500, {5, 5, 2}, "Line too long");
    case CommandError::bare_cr_or_lf: return make_reply(500, {5, 5, 2}, "Lines end with CRLF only");
  }
  return make_reply(500, {5, 5, 2}, "Command not recognized");
}

}  // namespace sesame::smtp
