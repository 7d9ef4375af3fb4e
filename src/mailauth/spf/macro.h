// mailauth/spf/macro.h: SPF macro strings, parsed once and expanded per message.
//
// Source: RFC 7208 §7 (syntax §7.1, letters §7.2, transformers and escaping §7.3); RFC 8616 §4 (a local-part that is
// not ASCII never matches). Pure; %{p} needs DNS, so its value is found by the caller.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "net/endpoint.h"

namespace sesame::mailauth::spf {

struct MacroError {
  std::string text;  // one line naming the offending piece
};

struct MacroExpand {
  char letter = 's';        // lower case
  bool url_escape = false;  // the letter was upper case
  unsigned keep = 0;        // right-hand parts to keep; 0: all
  bool reverse = false;
  std::string delimiters;  // empty: "."
  friend bool operator==(const MacroExpand&, const MacroExpand&) = default;
};

struct MacroString {
  std::vector<std::variant<std::string, MacroExpand>> parts;  // literals and expansions, in order

  bool uses(char letter) const;
  // The text, if nothing in it has to be expanded.
  const std::string* literal() const;
  friend bool operator==(const MacroString&, const MacroString&) = default;
};

enum class MacroUse {
  domain_spec,  // §7.1 domain-spec: must end in a top label or an expansion; c, r, t are errors
  modifier,     // value of an unknown modifier: any macro-string, no blanks
  explanation,  // text found by exp=: blanks allowed, c, r, t allowed
};

Result<MacroString, MacroError> parse_macro_string(std::string_view text, MacroUse use);

// The values of the letters. Views live as long as the expansion.
struct MacroValues {
  std::string_view local_part;      // l; "postmaster" if there was none (§4.3)
  std::string_view sender_domain;   // o
  std::string_view domain;          // d
  std::string_view helo;            // h
  net::IpAddress ip;                // i, c, v; never IPv4-mapped
  std::string_view validated_name;  // p
  std::string_view receiver;        // r
  Time now;                         // t
};

// nullopt if the string uses %{s} or %{l} and the local-part is not ASCII.
std::optional<std::string> expand(const MacroString& text, const MacroValues& values);

// §7.3: labels dropped on the left until the name is short enough; one trailing dot removed.
std::string fit_in_name(std::string expanded);

}  // namespace sesame::mailauth::spf
