#include "smtp/path.h"

#include <arpa/inet.h>

#include "base/text.h"

namespace sesame::smtp {
namespace {

bool is_alnum(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_non_ascii(char c) { return static_cast<unsigned char>(c) > 0x7f; }
bool is_atext(char c) {
  return is_alnum(c) || is_non_ascii(c) || std::string_view("!#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos;
}
bool is_printable(char c) { return (c >= 32 && c <= 126) || is_non_ascii(c); }

// The taking functions below move `input` forward past what they recognise. They let octets above 0x7f through: whether
// those are welcome, and UTF-8 at all, is judged once for the whole path by check_charset().

bool take(std::string_view& input, char c) {
  if (!input.starts_with(c)) return false;
  input.remove_prefix(1);
  return true;
}

// Dot-string = Atom *("." Atom)
bool take_dot_string(std::string_view& input, std::string& value) {
  do {
    if (!value.empty()) value += '.';
    std::size_t length = 0;
    while (length < input.size() && is_atext(input[length])) ++length;
    if (length == 0) return false;
    value += input.substr(0, length);
    input.remove_prefix(length);
  } while (take(input, '.'));
  return true;
}

// Quoted-string = DQUOTE *QcontentSMTP DQUOTE
bool take_quoted_string(std::string_view& input, std::string& value) {
  if (!take(input, '"')) return false;
  while (!input.empty()) {
    if (take(input, '"')) return true;
    const bool quoted_pair = take(input, '\\');
    if (input.empty() || !is_printable(input.front()) || (quoted_pair && is_non_ascii(input.front()))) return false;
    value += input.front();
    input.remove_prefix(1);
  }
  return false;
}

// Domain = sub-domain *("." sub-domain); a sub-domain begins and ends with a letter or digit.
bool take_domain(std::string_view& input) {
  do {
    std::size_t length = 0;
    while (length < input.size() && (is_alnum(input[length]) || input[length] == '-' || is_non_ascii(input[length]))) {
      ++length;
    }
    if (length == 0 || length > max_label_octets) return false;
    if (input.front() == '-' || input[length - 1] == '-') return false;
    input.remove_prefix(length);
  } while (take(input, '.'));
  return true;
}

bool take_address_literal(std::string_view& input) {
  const auto end = input.find(']');
  if (end == std::string_view::npos || !is_address_literal(input.substr(0, end + 1))) return false;
  input.remove_prefix(end + 1);
  return true;
}

// A-d-l ":" where A-d-l = "@" Domain *("," "@" Domain)
bool take_source_route(std::string_view& input) {
  do {
    if (!take(input, '@') || !take_domain(input)) return false;
  } while (take(input, ','));
  return take(input, ':');
}

Result<Mailbox, PathError> take_mailbox(std::string_view& input) {
  Mailbox mailbox;
  const std::string_view start = input;
  const bool quoted = input.starts_with('"');
  if (!(quoted ? take_quoted_string(input, mailbox.local_part) : take_dot_string(input, mailbox.local_part))) {
    return std::unexpected(PathError::malformed);
  }
  if (start.size() - input.size() > max_local_part_octets) return std::unexpected(PathError::local_part_too_long);
  if (!take(input, '@')) return std::unexpected(PathError::malformed);
  const std::string_view domain = input;
  if (!(input.starts_with('[') ? take_address_literal(input) : take_domain(input))) {
    return std::unexpected(PathError::malformed);
  }
  mailbox.domain = domain.substr(0, domain.size() - input.size());
  if (mailbox.domain.size() > max_domain_octets) return std::unexpected(PathError::domain_too_long);
  return mailbox;
}

std::optional<PathError> check_charset(std::string_view path, Utf8 utf8) {
  if (sesame::is_ascii(path)) return std::nullopt;
  if (!is_utf8(path)) return PathError::malformed;
  return utf8 == Utf8::accept ? std::nullopt : std::optional(PathError::non_ascii);
}

// What stands between "<" and ">" of a path that is neither null nor <Postmaster>, and the ">".
Result<Mailbox, PathError> take_bracketed(std::string_view& input, Utf8 utf8) {
  const std::string_view start = input;
  if (!take(input, '<')) return std::unexpected(PathError::malformed);
  if (input.starts_with('@') && !take_source_route(input)) return std::unexpected(PathError::malformed);
  auto mailbox = take_mailbox(input);
  if (!mailbox) return mailbox;
  if (!take(input, '>')) return std::unexpected(PathError::malformed);
  const auto path = start.substr(0, start.size() - input.size());
  if (path.size() > max_path_octets) return std::unexpected(PathError::path_too_long);
  if (const auto error = check_charset(path, utf8)) return std::unexpected(*error);
  return mailbox;
}

}  // namespace

Result<ReversePath, PathError> take_reverse_path(std::string_view& input, Utf8 utf8) {
  if (input.starts_with("<>")) {
    input.remove_prefix(2);
    return ReversePath();
  }
  auto mailbox = take_bracketed(input, utf8);
  if (!mailbox) return std::unexpected(mailbox.error());
  return ReversePath(std::move(*mailbox));
}

Result<Mailbox, PathError> take_forward_path(std::string_view& input, Utf8 utf8) {
  constexpr std::string_view postmaster = "<Postmaster>";
  if (ascii_iequals(input.substr(0, postmaster.size()), postmaster)) {
    Mailbox mailbox{.local_part = std::string(input.substr(1, postmaster.size() - 2)), .domain = {}};
    input.remove_prefix(postmaster.size());
    return mailbox;
  }
  return take_bracketed(input, utf8);
}

Result<Mailbox, PathError> parse_mailbox(std::string_view text, Utf8 utf8) {
  std::string_view input = text;
  auto mailbox = take_mailbox(input);
  if (!mailbox) return mailbox;
  if (!input.empty()) return std::unexpected(PathError::malformed);
  if (text.size() > max_path_octets - 2) return std::unexpected(PathError::path_too_long);
  if (const auto error = check_charset(text, utf8)) return std::unexpected(*error);
  return mailbox;
}

bool is_domain(std::string_view text, Utf8 utf8) {
  std::string_view input = text;
  return text.size() <= max_domain_octets && take_domain(input) && input.empty() && !check_charset(text, utf8);
}

bool is_address_literal(std::string_view text) {
  if (text.size() < 2 || !text.starts_with('[') || !text.ends_with(']')) return false;
  text = text.substr(1, text.size() - 2);
  constexpr std::string_view tag = "IPv6:";
  const bool v6 = ascii_iequals(text.substr(0, tag.size()), tag);
  // inet_pton() reads C strings: a NUL must not hide what follows it.
  if (text.find('\0') != std::string_view::npos) return false;
  const std::string address(v6 ? text.substr(tag.size()) : text);
  in6_addr octets{};  // room for either family
  return inet_pton(v6 ? AF_INET6 : AF_INET, address.c_str(), &octets) == 1;
}

std::string format_mailbox(const Mailbox& mailbox) {
  std::string out, ignored;
  std::string_view local_part = mailbox.local_part;
  if (take_dot_string(local_part, ignored) && local_part.empty()) {
    out = mailbox.local_part;
  } else {
    out = '"';
    for (const char c : mailbox.local_part) {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
    out += '"';
  }
  if (!mailbox.domain.empty()) out += '@' + mailbox.domain;
  return out;
}

std::string format_path(const Mailbox& forward_path) { return '<' + format_mailbox(forward_path) + '>'; }

std::string format_path(const ReversePath& reverse_path) {
  return reverse_path ? format_path(*reverse_path) : std::string("<>");
}

bool is_ascii(const Mailbox& mailbox) {
  return sesame::is_ascii(mailbox.local_part) && sesame::is_ascii(mailbox.domain);
}

}  // namespace sesame::smtp
