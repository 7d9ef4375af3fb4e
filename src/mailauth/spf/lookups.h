// mailauth/spf/lookups.h: the DNS questions of one SPF evaluation, counted.
//
// Source: RFC 7208 §4.6.4 (limits), §5 (names to ask for), §5.5 (validated names).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dns/resolver.h"
#include "mailauth/spf/outcome.h"
#include "net/task.h"

namespace sesame::mailauth::spf {

constexpr unsigned max_lookup_terms = 10;
constexpr unsigned max_void_lookups = 2;
constexpr std::size_t max_mx_records = 10;
constexpr std::size_t max_ptr_records = 10;

// Belongs to one evaluation, which outlives every call. Not thread-safe.
class Lookups {
 public:
  Lookups(dns::Resolver& resolver, net::Deadline deadline) : resolver_(resolver), deadline_(deadline) {}

  // Notes that a term asks DNS. False: that is one too many.
  bool spend_term() { return ++terms_ <= max_lookup_terms; }
  unsigned terms() const { return terms_; }
  unsigned voids() const { return voids_; }
  bool too_many_voids() const { return voids_ > max_void_lookups; }

  // Asks without counting an empty answer. A name that cannot exist in DNS is answered with nxdomain, unasked.
  net::Task<dns::Answer> ask(std::string name, dns::RecordType type);
  // The same for a term: an empty answer is a void look-up.
  net::Task<dns::Answer> ask_for_term(std::string name, dns::RecordType type);

  // The names of `ip` that resolve back to it (§5.5), those at or below `preferred` first; at most `max_ptr_records`
  // are looked at. Failures of DNS leave names out. Asks PTR once per evaluation.
  net::Task<std::vector<std::string>> validated_names(net::IpAddress ip, std::string preferred);

 private:
  net::Task<bool> resolves_to(std::string name, net::IpAddress ip);

  dns::Resolver& resolver_;
  net::Deadline deadline_;
  unsigned terms_ = 0;
  unsigned voids_ = 0;
  std::optional<std::vector<std::string>> ptr_names_;
};

// True if `name` can be asked for: 1..253 octets, labels of 1..63.
bool is_askable(std::string_view name);

// The addresses among the answer's records.
std::vector<net::IpAddress> addresses(const dns::Answer& answer);

dns::RecordType address_type_of(const net::IpAddress& ip);

// The name that PTR records of an address stand at (§5.5).
std::string reverse_name(const net::IpAddress& ip);

}  // namespace sesame::mailauth::spf
