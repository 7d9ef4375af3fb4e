#include "dns/tsig.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

#include "base/digest.h"
#include "base/text.h"
#include "dns/name.h"
#include "dns/wire_reader.h"
#include "dns/wire_writer.h"

namespace sesame::dns {
namespace {

constexpr std::uint16_t type_tsig = 250;
constexpr std::uint16_t class_any = 255;
constexpr std::size_t additional_count_at = 10;  // in the header

// The values of the record's Error field beyond RCODEs (§3).
constexpr std::uint16_t error_badsig = 16, error_badkey = 17, error_badtime = 18, error_badtrunc = 22;

struct Tsig {
  std::string key_name, algorithm;
  std::uint64_t time_signed = 0;  // 48 bits, seconds since 1970
  std::uint16_t fudge = 0, original_id = 0, error = 0;
  std::string_view mac, other;
};

struct Found {
  std::size_t record_at = 0;  // where it begins; it is the message's last
  Tsig tsig;
};

std::string hmac(const TsigKey& key, std::string_view octets) {
  const EVP_MD* const digest = key.algorithm == TsigAlgorithm::hmac_sha512 ? EVP_sha512() : EVP_sha256();
  const std::string_view secret = key.octets.reveal();
  std::string mac(static_cast<std::size_t>(EVP_MD_get_size(digest)), '\0');
  unsigned length = 0;
  HMAC(digest, secret.data(), static_cast<int>(secret.size()), reinterpret_cast<const unsigned char*>(octets.data()),
       octets.size(), reinterpret_cast<unsigned char*>(mac.data()), &length);
  return mac;
}

void write_time(WireWriter& writer, std::uint64_t seconds) {
  writer.u16(static_cast<unsigned>(seconds >> 32 & 0xffffU));
  writer.u32(static_cast<std::uint32_t>(seconds & 0xffffffffU));
}

// §4.3.3: names whole and in lower case, as name() and to_wire_name have them.
std::string variables(const Tsig& tsig) {
  WireWriter writer(WireWriter::Names::whole);
  writer.name(tsig.key_name);
  writer.u16(class_any);
  writer.u32(0);
  writer.name(tsig.algorithm);
  write_time(writer, tsig.time_signed);
  writer.u16(tsig.fudge);
  writer.u16(tsig.error);
  writer.u16(static_cast<unsigned>(tsig.other.size()));
  writer.octets(tsig.other);
  return writer.take();
}

std::string record_of(const Tsig& tsig) {
  WireWriter writer(WireWriter::Names::whole);
  writer.name(tsig.key_name);
  writer.u16(type_tsig);
  writer.u16(class_any);
  writer.u32(0);
  const std::size_t start = writer.open_length();
  writer.name(tsig.algorithm);
  write_time(writer, tsig.time_signed);
  writer.u16(tsig.fudge);
  writer.u16(static_cast<unsigned>(tsig.mac.size()));
  writer.octets(tsig.mac);
  writer.u16(tsig.original_id);
  writer.u16(tsig.error);
  writer.u16(static_cast<unsigned>(tsig.other.size()));
  writer.octets(tsig.other);
  writer.close_length(start);
  return writer.take();
}

unsigned u16_at(std::string_view octets, std::size_t at) {
  return static_cast<unsigned>(static_cast<unsigned char>(octets[at])) << 8 |
         static_cast<unsigned char>(octets[at + 1]);
}

void set_u16(std::string& octets, std::size_t at, unsigned value) {
  octets[at] = static_cast<char>(value >> 8 & 0xffU);
  octets[at + 1] = static_cast<char>(value & 0xffU);
}

bool read_data(WireReader& reader, Tsig& tsig) {
  auto algorithm = reader.name(false);
  if (!algorithm) return false;
  tsig.algorithm = std::move(*algorithm);
  std::uint16_t high = 0, mac_octets = 0, other_octets = 0;
  std::uint32_t low = 0;
  if (!reader.u16(high) || !reader.u32(low) || !reader.u16(tsig.fudge) || !reader.u16(mac_octets)) return false;
  tsig.time_signed = static_cast<std::uint64_t>(high) << 32 | low;
  return reader.octets(mac_octets, tsig.mac) && reader.u16(tsig.original_id) && reader.u16(tsig.error) &&
         reader.u16(other_octets) && reader.octets(other_octets, tsig.other) && reader.left() == 0;
}

// Passes over one resource record; true if it is a TSIG record, which then is in `found`.
Result<bool, TsigErrc> read_record(WireReader& reader, Found& found) {
  found.record_at = reader.at();
  auto owner = reader.name(false);
  std::uint16_t type = 0, record_class = 0, data_octets = 0;
  std::uint32_t ttl = 0;
  const bool whole = owner && reader.u16(type) && reader.u16(record_class) && reader.u32(ttl) &&
                     reader.u16(data_octets) && reader.left() >= data_octets;
  if (!whole) return std::unexpected(TsigErrc::malformed);
  if (type != type_tsig) {
    std::string_view passed;
    reader.octets(data_octets, passed);
    return false;
  }
  if (record_class != class_any || ttl != 0) return std::unexpected(TsigErrc::malformed);
  found.tsig.key_name = std::move(*owner);
  reader.limit_to(data_octets);
  if (!read_data(reader, found.tsig)) return std::unexpected(TsigErrc::malformed);
  reader.lift_limit();
  return true;
}

// §5.1: exactly one, and the last of the additional section.
Result<Found, TsigErrc> find_tsig(std::string_view octets) {
  if (octets.size() < header_octets) return std::unexpected(TsigErrc::malformed);
  WireReader reader(octets);
  std::string_view header;
  reader.octets(header_octets, header);
  for (unsigned i = 0; i < u16_at(octets, 4); ++i) {
    std::uint32_t type_and_class = 0;
    if (!reader.name(false) || !reader.u32(type_and_class)) return std::unexpected(TsigErrc::malformed);
  }
  const unsigned additional = u16_at(octets, additional_count_at);
  const unsigned records = u16_at(octets, 6) + u16_at(octets, 8) + additional;
  Found found;
  bool is_tsig = false;
  for (unsigned i = 0; i < records; ++i) {
    if (is_tsig) return std::unexpected(TsigErrc::malformed);
    const auto read = read_record(reader, found);
    if (!read) return std::unexpected(read.error());
    is_tsig = *read;
  }
  if (reader.left() > 0 || (is_tsig && additional == 0)) return std::unexpected(TsigErrc::malformed);
  if (!is_tsig) return std::unexpected(TsigErrc::unsigned_message);
  return found;
}

std::optional<TsigErrc> refusal_in(const Tsig& tsig) {
  switch (tsig.error) {
    case error_badkey: return TsigErrc::key_unknown;
    case error_badsig:
    case error_badtrunc: return TsigErrc::mac_refused;
    case error_badtime: return TsigErrc::time_refused;
    default: return std::nullopt;
  }
}

bool is_current(const Tsig& tsig, Time now) {
  const auto at = static_cast<std::int64_t>(tsig.time_signed);  // 48 bits
  const std::int64_t apart = at - to_unix_seconds(now);
  return apart <= tsig_fudge.count() && -apart <= tsig_fudge.count();
}

// The message as it was before it was signed.
std::string without_tsig(std::string_view octets, const Found& found) {
  std::string plain(octets.substr(0, found.record_at));
  set_u16(plain, 0, found.tsig.original_id);
  set_u16(plain, additional_count_at, u16_at(octets, additional_count_at) - 1);
  return plain;
}

}  // namespace

std::string_view name(TsigAlgorithm algorithm) {
  return algorithm == TsigAlgorithm::hmac_sha512 ? "hmac-sha512" : "hmac-sha256";
}

std::optional<TsigAlgorithm> parse_tsig_algorithm(std::string_view text) {
  for (const TsigAlgorithm each : {TsigAlgorithm::hmac_sha256, TsigAlgorithm::hmac_sha512}) {
    if (ascii_iequals(text, name(each))) return each;
  }
  return std::nullopt;
}

std::string_view explain(TsigErrc code) {
  switch (code) {
    case TsigErrc::malformed: return "it is not a DNS message";
    case TsigErrc::unsigned_message: return "it is not signed";
    case TsigErrc::other_key: return "it is signed with another key";
    case TsigErrc::bad_mac: return "its signature is not that of the key";
    case TsigErrc::bad_time: return "it was signed at another time: the clocks differ by more than five minutes";
    case TsigErrc::key_unknown: return "it does not know a key of this name and algorithm, or not for this (BADKEY)";
    case TsigErrc::mac_refused: return "it has another secret for the key of this name (BADSIG)";
    case TsigErrc::time_refused: return "its clock and ours differ by more than five minutes (BADTIME)";
  }
  return "?";
}

SignedRequest sign_request(std::string message, const TsigKey& key, Time now) {
  Tsig tsig;
  tsig.key_name = canonical(key.name);
  tsig.algorithm = name(key.algorithm);
  tsig.time_signed = static_cast<std::uint64_t>(to_unix_seconds(now));
  tsig.fudge = static_cast<std::uint16_t>(tsig_fudge.count());
  tsig.original_id = static_cast<std::uint16_t>(u16_at(message, 0));
  SignedRequest request;
  request.mac = hmac(key, message + variables(tsig));
  tsig.mac = request.mac;
  set_u16(message, additional_count_at, u16_at(message, additional_count_at) + 1);
  request.octets = std::move(message) + record_of(tsig);
  return request;
}

Result<std::string, TsigError> verify_response(std::string_view octets, const TsigKey& key,
                                               std::string_view request_mac, Time now) {
  std::optional<Rcode> rcode;
  if (octets.size() >= header_octets) rcode = static_cast<Rcode>(u16_at(octets, 2) & 0xfU);
  const auto fail = [&](TsigErrc code) { return std::unexpected(TsigError{code, rcode}); };
  const auto found = find_tsig(octets);
  if (!found) return fail(found.error());
  const Tsig& tsig = found->tsig;
  const auto refusal = refusal_in(tsig);
  if (refusal && tsig.mac.empty()) return fail(*refusal);  // §5.3.2
  if (!equal(tsig.key_name, key.name) || !equal(tsig.algorithm, name(key.algorithm))) return fail(TsigErrc::other_key);

  std::string plain = without_tsig(octets, *found);
  std::array<char, 2> mac_octets{};
  mac_octets[0] = static_cast<char>(request_mac.size() >> 8 & 0xffU);
  mac_octets[1] = static_cast<char>(request_mac.size() & 0xffU);
  std::string digested(mac_octets.data(), mac_octets.size());
  digested.append(request_mac).append(plain).append(variables(tsig));
  if (!equal_constant_time(hmac(key, digested), tsig.mac)) return fail(TsigErrc::bad_mac);
  if (refusal) return fail(*refusal);  // BADTIME is signed
  if (!is_current(tsig, now)) return fail(TsigErrc::bad_time);
  return plain;
}

}  // namespace sesame::dns
