// dns/tsig.h: transaction signatures: a request and its one response, signed with a shared key.
//
// Source: RFC 8945 (§4.2 the record, §4.3 what is digested, §5.3 the client's side, §5.3.2 errors without a signature),
// RFC 4635 (names of the algorithms). Pure; the time is an argument. MACs are never truncated and truncated ones not
// taken. Compared in constant time.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "base/secret.h"
#include "dns/wire.h"

namespace sesame::dns {

enum class TsigAlgorithm { hmac_sha256, hmac_sha512 };
std::string_view name(TsigAlgorithm algorithm);  // "hmac-sha256"
std::optional<TsigAlgorithm> parse_tsig_algorithm(std::string_view text);

struct TsigKey {
  std::string name;  // dns/name.h form; both sides call the key by it
  TsigAlgorithm algorithm = TsigAlgorithm::hmac_sha256;
  Secret octets;
};

inline constexpr std::chrono::seconds tsig_fudge{300};  // §10: how far the clocks may differ

struct SignedRequest {
  std::string octets;
  std::string mac;  // to check the response with
};

// `message` is a whole DNS message without a TSIG record. Throws std::invalid_argument if the key's name is no name.
SignedRequest sign_request(std::string message, const TsigKey& key, Time now);

enum class TsigErrc {
  malformed,         // no DNS message, or its TSIG record is broken or not the last one
  unsigned_message,  // no signature; nothing in it can be believed
  other_key,         // signed with another key or algorithm than the request
  bad_mac,           // not signed by who has the key, or not for this request
  bad_time,          // signed more than the fudge ago or ahead
  key_unknown,       // the server says BADKEY: no such key (name or algorithm). Not signed, so only a hint
  mac_refused,       // the server says BADSIG or BADTRUNC: the key's octets differ. Likewise
  time_refused,      // the server says BADTIME: the clocks differ
};
std::string_view explain(TsigErrc code);  // for people, as the end of "the response of the server: ..."

struct TsigError {
  TsigErrc code = TsigErrc::malformed;
  std::optional<Rcode> rcode;  // what the header says, if there is one; not to be relied on
};

// The response without its TSIG record, as octets that parse_message takes; everything in it is the server's word.
// `request_mac` is that of sign_request. Linear in the octets.
Result<std::string, TsigError> verify_response(std::string_view octets, const TsigKey& key,
                                               std::string_view request_mac, Time now);

}  // namespace sesame::dns
