// dns_providers/wanted.h: the records an identity wants to have published. Pure.
//
// Source: docs/mail-from.md (records a customer publishes); RFC 9989 (DMARC) for the policy that is
// offered where there is none.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "dns/record.h"
#include "identity/service_names.h"
#include "store/identity_record.h"

namespace sesame::dns_providers {

// Spelled as the purposes of a diagnosis are.
enum class Purpose { dkim, verification, mail_from_mx, mail_from_spf, mail_from_delegation, dmarc };
std::string_view name(Purpose purpose);

enum class Part { dkim, mail_from, verification, dmarc };
inline constexpr std::array all_parts = {Part::dkim, Part::mail_from, Part::verification, Part::dmarc};
std::string_view name(Part part);

enum class MailFromBy { records, delegation };  // MX and TXT, or NS to the built-in name server
std::string_view name(MailFromBy by);

struct Wanted {
  Purpose purpose = Purpose::dkim;
  std::string name;
  dns::RecordType type = dns::RecordType::cname;
  dns::RecordData data;
};

struct WantedOptions {
  std::optional<std::vector<Part>> parts;  // nullopt: all the identity has, but no DMARC policy
  MailFromBy mail_from = MailFromBy::records;
  std::string own_public_key;  // p= of the identity's own DKIM key; empty for Easy DKIM
};

// At least one. The error is a sentence: an address, or a part that was asked for and that the identity does not have.
Result<std::vector<Wanted>, std::string> wanted_records(const store::IdentityRecord& identity,
                                                        const identity::ServiceNames& names,
                                                        const WantedOptions& options);

}  // namespace sesame::dns_providers
