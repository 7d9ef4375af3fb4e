// dns/record.h: DNS record types and data as values (RFC 1035 §3.3, RFC 3596).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace sesame::dns {

enum class RecordType : std::uint16_t {
  a = 1,
  ns = 2,
  cname = 5,
  soa = 6,
  ptr = 12,
  mx = 15,
  txt = 16,
  aaaa = 28,
  ds = 43,
  rrsig = 46,
  dnskey = 48,
  tlsa = 52,
  any = 255,
  caa = 257,
};

std::string name(RecordType type);                              // "MX"; "TYPE65280" for unknown ones
std::optional<RecordType> parse_record_type(std::string_view);  // case-insensitive

struct A {
  std::string address;
  friend bool operator==(const A&, const A&) = default;
};  // "192.0.2.1"
struct Aaaa {
  std::string address;
  friend bool operator==(const Aaaa&, const Aaaa&) = default;
};  // "2001:db8::1"
struct Ns {
  std::string host;
  friend bool operator==(const Ns&, const Ns&) = default;
};
struct Cname {
  std::string target;
  friend bool operator==(const Cname&, const Cname&) = default;
};
struct Ptr {
  std::string target;
  friend bool operator==(const Ptr&, const Ptr&) = default;
};
struct Mx {
  std::uint16_t preference = 0;
  std::string exchange;  // "" is the null MX (RFC 7505)
  friend bool operator==(const Mx&, const Mx&) = default;
};
struct Txt {
  std::vector<std::string> strings;  // octets, each at most 255
  std::string joined() const;        // concatenated without blanks (RFC 7208 §3.3, RFC 6376 §3.6.2.2)
  friend bool operator==(const Txt&, const Txt&) = default;
};
struct Soa {
  std::string primary, mailbox;
  std::uint32_t serial = 0, refresh = 0, retry = 0, expire = 0, minimum = 0;
  friend bool operator==(const Soa&, const Soa&) = default;
};
struct Other {  // any other type: RDATA octets as on the wire, no compression
  std::string rdata;
  friend bool operator==(const Other&, const Other&) = default;
};
using RecordData = std::variant<A, Aaaa, Ns, Cname, Ptr, Mx, Txt, Soa, Other>;

struct Record {
  std::string name;  // dns/name.h form
  RecordType type = RecordType::a;
  std::uint32_t ttl = 0;
  RecordData data;
  friend bool operator==(const Record&, const Record&) = default;
};

// The data in zone-file form: `10 mx.example.com.`, `"v=spf1 -all"` (names absolute with the dot, strings quoted and
// escaped, long texts in several strings).
std::string presentation(const RecordData& data);
std::string presentation(const Record& record);  // `name. ttl IN TYPE data`

// The other way: what a person types at a DNS provider. TXT accepts quoted strings or bare
// text and is cut in 255-octet strings. Names may end with a dot or not. Types without a struct above are taken in the
// form of RFC 3597 §5 only. The error is one line naming what is wrong.
struct RecordParseError {
  std::string text;
};
std::variant<RecordData, RecordParseError> parse_record_data(RecordType type, std::string_view text);

}  // namespace sesame::dns
