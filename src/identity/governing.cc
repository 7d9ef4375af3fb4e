#include "identity/governing.h"

#include <algorithm>

#include "base/text.h"
#include "dns/name.h"

namespace sesame::identity {
namespace {

using store::IdentityKind;
using store::VerificationStatus;

bool is_found_or_in_grace(VerificationStatus status) {
  return status == VerificationStatus::success || status == VerificationStatus::temporary_failure;
}

// Pointers to the verified records, most specific first.
std::vector<const store::IdentityRecord*> verified_in_order(std::string_view address,
                                                            const std::vector<store::IdentityRecord>& records) {
  std::vector<const store::IdentityRecord*> ordered;
  for (const std::string& candidate : candidate_names(address)) {
    const auto record = std::ranges::find(records, candidate, &store::IdentityRecord::name);
    if (record != records.end() && may_send(*record)) ordered.push_back(&*record);
  }
  return ordered;
}

}  // namespace

bool may_send(const store::IdentityRecord& identity) { return is_found_or_in_grace(identity.verification); }

bool signs(const store::IdentityRecord& identity) {
  return identity.dkim && identity.dkim->signing_enabled && is_found_or_in_grace(identity.dkim->status);
}

std::vector<std::string> candidate_names(std::string_view address) {
  const std::size_t at = address.rfind('@');
  if (at == std::string_view::npos || at == 0 || at + 1 == address.size()) return {};
  const std::string_view local_part = address.substr(0, at);
  const std::string_view as_given = address.substr(at);  // with the "@": addresses compare case-sensitively

  std::vector<std::string> names{std::string(address)};
  const std::size_t plus = local_part.find('+');
  if (plus != std::string_view::npos && plus > 0) {
    names.push_back(std::string(local_part.substr(0, plus)).append(as_given));
  }
  const std::string_view domain_text = as_given.substr(1);
  std::string domain = dns::canonical(domain_text);
  if (!is_ascii(domain)) domain = dns::to_ascii(domain_text).value_or("");
  if (!dns::is_valid_name(domain)) return names;
  for (std::string_view name = domain; dns::label_count(name) >= 2; name = dns::parent(name)) names.emplace_back(name);
  return names;
}

Governing govern(std::string_view address, const std::vector<store::IdentityRecord>& records, bool strict_mail_from) {
  const std::vector<const store::IdentityRecord*> verified = verified_in_order(address, records);
  Governing result;
  if (verified.empty()) return result;
  result.verified = true;
  result.settings = verified.front();

  const auto dkim = std::ranges::find_if(verified, [](const store::IdentityRecord* record) {
    return record->kind == IdentityKind::domain && record->dkim && is_found_or_in_grace(record->dkim->status);
  });
  if (dkim != verified.end() && signs(**dkim)) result.dkim = *dkim;

  const auto last = strict_mail_from ? verified.begin() + 1 : verified.end();
  const auto mail_from = std::find_if(
      verified.begin(), last, [](const store::IdentityRecord* record) { return record->mail_from.has_value(); });
  if (mail_from != last) result.mail_from = *mail_from;
  return result;
}

}  // namespace sesame::identity
