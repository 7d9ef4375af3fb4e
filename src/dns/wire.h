// dns/wire.h: DNS messages, as octets and as values.
//
// Source: RFC 1035 §4 (format, name compression), RFC 3597 (unknown types), RFC 6891 (EDNS(0)), RFC 2181 §8 (TTL) and
// §9 (truncation). No I/O; bad octets never throw.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "dns/record.h"

namespace sesame::dns {

constexpr std::size_t header_octets = 12;
constexpr std::size_t max_plain_udp_octets = 512;   // RFC 1035 §4.2.1, without EDNS
constexpr std::size_t safe_udp_octets = 1232;       // fits every path's MTU unfragmented (RFC 9715)
constexpr std::size_t max_message_octets = 65'535;  // over TCP
constexpr std::size_t max_wire_name_octets = 255;   // RFC 1035 §2.3.4
constexpr std::uint16_t class_in = 1;

enum class Opcode : std::uint8_t { query = 0, status = 2, notify = 4, update = 5 };

// With EDNS 12 bits, without it the low 4.
enum class Rcode : std::uint16_t {
  noerror = 0,
  formerr = 1,
  servfail = 2,
  nxdomain = 3,
  notimp = 4,
  refused = 5,
  yxdomain = 6,  // this one to nxrrset, notauth and notzone: RFC 2136 §2.2
  yxrrset = 7,
  nxrrset = 8,
  notauth = 9,
  notzone = 10,
  badvers = 16,
};
std::string name(Rcode rcode);  // "NXDOMAIN"; "RCODE11" for unknown ones

struct Question {
  std::string name;  // letters keep the case they came in, because an answer must repeat it
  RecordType type = RecordType::a;
  std::uint16_t record_class = class_in;
  friend bool operator==(const Question&, const Question&) = default;
};

struct Edns {
  std::uint16_t udp_size = safe_udp_octets;
  std::uint8_t version = 0;
  bool dnssec_ok = false;
  friend bool operator==(const Edns&, const Edns&) = default;
};

struct Header {
  std::uint16_t id = 0;
  bool qr = false, aa = false, tc = false, rd = false, ra = false, ad = false, cd = false;
  Opcode opcode = Opcode::query;
  friend bool operator==(const Header&, const Header&) = default;
};

// Records are of class IN, names in dns/name.h form. EDNS options are not kept.
struct Message {
  Header header;
  Rcode rcode = Rcode::noerror;
  std::vector<Question> questions;
  std::vector<Record> answers, authority, additional;  // without the OPT record
  std::optional<Edns> edns;
  friend bool operator==(const Message&, const Message&) = default;
};

// Whatever it is, the octets are not a DNS message; a server answers FORMERR (RFC 1035 §4.1.1).
enum class WireError {
  truncated,        // the octets end before the counts in the header are satisfied
  trailing_octets,  // octets follow the last record
  bad_name,         // label type, length, or a compression pointer that does not point backwards
  bad_rdata,        // the data do not fill RDLENGTH exactly in the form of their type
  bad_opt,          // OPT twice, outside additional, with an owner or with broken options (RFC 6891 §6.1)
};
std::string_view name(WireError error);

// The first 12 octets alone, so that a server can answer what it cannot parse. nullopt if there are fewer.
std::optional<Header> parse_header(std::string_view octets);

// A whole message. Records of other classes (TSIG, SIG(0), UPDATE's) are checked and dropped. Linear in the octets but
// for compressed names, each at most 255 octets.
Result<Message, WireError> parse_message(std::string_view octets);

// Names are compressed where RFC 3597 §4 allows. Throws std::invalid_argument if a name, an address or a
// character-string cannot be on the wire: a bug of the caller, who gets names from outside through is_valid_name or
// to_wire_name. May exceed max_message_octets.
std::string serialise(const Message& message);

// At most `limit` octets (at least 512): additional records are left out first; if answer and authority do not fit,
// they are dropped and TC is set (RFC 2181 §9). A referral whose glue does not fit is truncated too.
std::string serialise_within(const Message& message, std::size_t limit);

// Uncompressed wire form. Any octets are taken as they are but '.', which separates, and \DDD. nullopt if a label is
// empty or too long, or the whole is. "" is the root.
std::optional<std::string> to_wire_name(std::string_view name);

}  // namespace sesame::dns
