#include "dns_providers/wanted.h"

#include <fmt/format.h>

#include <algorithm>

#include "dns/name.h"

namespace sesame::dns_providers {
namespace {

using dns::RecordType;

constexpr std::size_t max_string_octets = 255;  // RFC 1035 §3.3

dns::Txt text_of(std::string_view text) {
  dns::Txt txt;
  do {
    txt.strings.emplace_back(text.substr(0, max_string_octets));
    text.remove_prefix(std::min(text.size(), max_string_octets));
  } while (!text.empty());
  return txt;
}

void add_dkim(std::vector<Wanted>& wanted, const store::IdentityRecord& identity, const identity::ServiceNames& names,
              const std::string& own_public_key) {
  const auto& dkim = identity.dkim;
  if (!dkim) return;
  for (const std::string& selector : dkim->selectors) {
    const std::string name = dns::canonical(fmt::format("{}._domainkey.{}", selector, identity.name));
    if (dkim->origin == store::DkimOrigin::external) {
      wanted.push_back({Purpose::dkim, name, RecordType::txt, text_of("v=DKIM1; k=rsa; p=" + own_public_key)});
    } else {
      wanted.push_back(
          {Purpose::dkim, name, RecordType::cname, dns::Cname{dns::canonical(names.dkim_target(selector))}});
    }
  }
}

void add_mail_from(std::vector<Wanted>& wanted, const std::string& domain, const identity::ServiceNames& names,
                   MailFromBy by) {
  if (by == MailFromBy::delegation) {
    wanted.push_back({Purpose::mail_from_delegation, domain, RecordType::ns, dns::Ns{names.name_server()}});
    return;
  }
  wanted.push_back({Purpose::mail_from_mx, domain, RecordType::mx, dns::Mx{10, names.feedback_host()}});
  wanted.push_back({Purpose::mail_from_spf, domain, RecordType::txt, text_of(names.spf_record())});
}

bool has(const store::IdentityRecord& identity, Part part) {
  switch (part) {
    case Part::dkim: return identity.dkim.has_value() && !identity.dkim->selectors.empty();
    case Part::mail_from: return identity.mail_from.has_value();
    case Part::verification: return identity.txt_token.has_value();
    case Part::dmarc: return true;
  }
  return false;
}

std::string_view lacking(Part part) {
  switch (part) {
    case Part::dkim: return "DKIM is not set up for it.";
    case Part::mail_from: return "It has no MAIL FROM domain: set one first.";
    case Part::verification: return "It is not verified by a TXT record.";
    case Part::dmarc: break;
  }
  return "";
}

}  // namespace

std::string_view name(Purpose purpose) {
  switch (purpose) {
    case Purpose::dkim: return "dkim";
    case Purpose::verification: return "verification";
    case Purpose::mail_from_mx: return "mail_from_mx";
    case Purpose::mail_from_spf: return "mail_from_spf";
    case Purpose::mail_from_delegation: return "mail_from_delegation";
    case Purpose::dmarc: return "dmarc";
  }
  return "?";
}

std::string_view name(Part part) {
  switch (part) {
    case Part::dkim: return "dkim";
    case Part::mail_from: return "mail_from";
    case Part::verification: return "verification";
    case Part::dmarc: return "dmarc";
  }
  return "?";
}

std::string_view name(MailFromBy by) { return by == MailFromBy::delegation ? "delegation" : "records"; }

Result<std::vector<Wanted>, std::string> wanted_records(const store::IdentityRecord& identity,
                                                        const identity::ServiceNames& names,
                                                        const WantedOptions& options) {
  if (identity.kind != store::IdentityKind::domain) {
    return std::unexpected(fmt::format("{} is an address: records are published for domains.", identity.name));
  }
  std::vector<Wanted> wanted;
  for (const Part part : all_parts) {
    const bool asked =
        options.parts ? (std::ranges::find(*options.parts, part) != options.parts->end()) : part != Part::dmarc;
    if (!asked) continue;
    if (!has(identity, part)) {
      if (options.parts) return std::unexpected(fmt::format("{}: {}", identity.name, lacking(part)));
      continue;
    }
    switch (part) {
      case Part::dkim: add_dkim(wanted, identity, names, options.own_public_key); break;
      case Part::mail_from:
        if (identity.mail_from) add_mail_from(wanted, identity.mail_from->domain, names, options.mail_from);
        break;
      case Part::verification:
        wanted.push_back({Purpose::verification, "_amazonses." + identity.name, RecordType::txt,
                          text_of(identity.txt_token.value_or(""))});
        break;
      case Part::dmarc:
        wanted.push_back({Purpose::dmarc, "_dmarc." + identity.name, RecordType::txt, text_of("v=DMARC1; p=none;")});
        break;
    }
  }
  if (wanted.empty()) return std::unexpected(fmt::format("There is nothing to publish for {}.", identity.name));
  return wanted;
}

}  // namespace sesame::dns_providers
