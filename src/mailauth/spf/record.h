// mailauth/spf/record.h: SPF records as values.
//
// Source: RFC 7208 §4.5 (which TXT record), §4.6.1, §5, §6 and the grammar of §12. A record with any error in it is no
// record (§4.6): the whole evaluation is permerror, so parsing comes first and completely.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "mailauth/spf/macro.h"
#include "mailauth/spf/outcome.h"

namespace sesame::mailauth::spf {

struct All {};
struct Include {
  MacroString domain;
};
struct Exists {
  MacroString domain;
};
struct Ptr {
  std::optional<MacroString> domain;
};
struct Ip {
  net::IpAddress network;
  unsigned prefix_bits = 0;
};
struct AddressOf {
  std::optional<MacroString> domain;
  unsigned ip4_prefix_bits = 32;
  unsigned ip6_prefix_bits = 128;
};
struct A : AddressOf {};
struct Mx : AddressOf {};
using Mechanism = std::variant<All, Include, A, Mx, Ptr, Ip, Exists>;

struct Directive {
  SpfResult result = SpfResult::pass;  // what a match means: pass, fail, softfail or neutral
  Mechanism mechanism;
  std::string text;  // as published
};

struct SpfRecord {
  std::vector<Directive> directives;
  std::optional<MacroString> redirect;
  std::optional<MacroString> explanation;  // exp=
  std::string redirect_text;               // the term as published
};

struct RecordError {
  std::string text;  // one sentence naming the term
};

// True for "v=spf1" alone or followed by a blank, in any case (§4.5).
bool is_spf_record(std::string_view txt);

// `txt` is one whole TXT record for which is_spf_record holds. Linear.
Result<SpfRecord, RecordError> parse_record(std::string_view txt);

// True if `ip` lies in the first `prefix_bits` of `network`; false for different families.
bool in_network(const net::IpAddress& ip, const net::IpAddress& network, unsigned prefix_bits);

}  // namespace sesame::mailauth::spf
