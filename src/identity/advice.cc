// Each advise_ function goes from the recognised cause to the general one and answers with the first that fits.
#include "identity/advice.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/text.h"
#include "dns/name.h"
#include "mailauth/spf/record.h"

namespace sesame::identity {
namespace {

using dns::ServerStatus;

bool has_answered(ServerStatus status) {
  return status == ServerStatus::found || status == ServerStatus::no_data || status == ServerStatus::nxdomain;
}

bool has_records(const Reply& reply) { return !all_records(reply).empty(); }

std::string type_and_name(const RecordFinding& record) {
  return fmt::format("{} record at {}", dns::name(record.type), record.name);
}

// What providers ask for: the name relative to the zone.
std::string name_in_zone(const Reply& reply) {
  if (reply.zone.empty() || !dns::is_below(reply.name, reply.zone)) return reply.name;
  return reply.name.substr(0, reply.name.size() - reply.zone.size() - 1);
}

std::string publish(const RecordFinding& record) {
  return fmt::format("Publish {} {} {}.", record.name, dns::name(record.type), record.expected);
}

std::string advise_unknown(const Reply& reply) {
  if (reply.no_servers) {
    return fmt::format(
        "The name servers for {} could not be found ({}). Nothing is known about the record; the look is "
        "repeated.",
        reply.name, reply.no_servers->detail);
  }
  std::vector<std::string> servers;
  for (const dns::ServerLook& server : reply.servers) {
    servers.push_back(fmt::format("{}: {}", server.server, dns::name(server.answer.status)));
  }
  return fmt::format("None of the name servers for {} gave an answer ({}). Check that they work; the look is repeated.",
                     reply.name, fmt::join(servers, ", "));
}

std::string advise_partial(const Judged& judged, const Reply& reply) {
  std::vector<std::string> lacking;
  for (const ServerFinding& server : judged.record.servers) {
    if (has_answered(server.status) && !server.right) lacking.push_back(server.server);
  }
  std::ranges::sort(lacking);
  lacking.erase(std::unique(lacking.begin(), lacking.end()), lacking.end());
  return fmt::format(
      "The name servers of {} disagree: not yet right on {}. Usually that passes within minutes; if it stays, "
      "that server does not follow the changes of the zone.",
      reply.zone.empty() ? reply.name : reply.zone, fmt::join(lacking, ", "));
}

// What the same for every kind of record.
std::optional<std::string> advise_by_status(const Judged& judged, const Reply& reply) {
  switch (judged.record.status) {
    case RecordStatus::good: return "";
    case RecordStatus::unknown: return advise_unknown(reply);
    case RecordStatus::partial: return advise_partial(judged, reply);
    case RecordStatus::missing:
    case RecordStatus::wrong: break;
  }
  if (reply.no_servers) {
    return fmt::format("There is no zone for {} in the DNS: is the domain registered and delegated?", reply.name);
  }
  return std::nullopt;
}

std::optional<std::string> advise_alias(const RecordFinding& record, const Reply& reply) {
  const auto alias = alias_at(reply);
  if (!alias) return std::nullopt;
  return fmt::format(
      "{} is an alias (CNAME) for {}. A name with a CNAME can hold no other record: remove the CNAME (at some "
      "providers: switch off the proxy for this name), then publish {} {}.",
      reply.name, *alias, dns::name(record.type), record.expected);
}

std::optional<std::string> advise_doubled(const RecordFinding& record, const Reply& reply, const Extras& extras) {
  if (!has_records(extras.doubled)) return std::nullopt;
  return fmt::format(
      "The record stands at {}: your DNS provider adds {} to the name by itself. Enter only \"{}\" as the "
      "name of the {} record.",
      extras.doubled.name, reply.zone, name_in_zone(reply), dns::name(record.type));
}

std::optional<std::string> advise_proxy(const Reply& reply, const Extras& extras, std::string_view wanted) {
  if (!has_records(extras.addresses)) return std::nullopt;
  return fmt::format(
      "{} has an address ({}) and no {} record, as a web proxy of the DNS provider makes it. Switch the proxy "
      "off for this name (\"DNS only\").",
      reply.name, shown(all_records(extras.addresses).front()), wanted);
}

// The provider took a target without its last dot as relative: target.zone.
bool is_doubled_target(std::string_view target, std::string_view expected, std::string_view zone) {
  return !zone.empty() && dns::equal(target, fmt::format("{}.{}", expected, zone));
}

std::optional<std::string> advise_doubled_target(std::string_view target, const std::string& expected,
                                                 const Reply& reply) {
  if (!is_doubled_target(target, expected, reply.zone)) return std::nullopt;
  return fmt::format(
      "The target became {}: your DNS provider adds {} to it. Enter the target with a dot at the end: {}", target,
      reply.zone, expected + ".");
}

std::string list_of(const std::vector<dns::RecordData>& records) {
  std::vector<std::string> texts;
  for (const dns::RecordData& record : records) texts.push_back(shown(record));
  return fmt::format("{}", fmt::join(texts, "; "));
}

std::string advise_several_mx(const std::vector<dns::RecordData>& records, const Judged& judged,
                              const ServiceNames& names) {
  std::vector<dns::RecordData> foreign;
  for (const dns::RecordData& record : records) {
    const auto* mx = std::get_if<dns::Mx>(&record);
    if (mx && !names.is_feedback_host(mx->exchange)) foreign.push_back(record);
  }
  if (foreign.empty()) {
    return fmt::format("There are {} MX records at {} and there must be exactly one. Keep {}.", records.size(),
                       judged.record.name, judged.record.expected);
  }
  return fmt::format(
      "There are {} MX records at {} and there must be exactly one, {}. Remove: {}. If mail is received at "
      "this name, choose another name for the MAIL FROM domain.",
      records.size(), judged.record.name, judged.record.expected, list_of(foreign));
}

std::string advise_foreign_mx(const dns::Mx& mx, const Judged& judged, const Reply& reply, const Extras& extras,
                              const ServiceNames& names) {
  if (mx.exchange.empty()) {
    return fmt::format("The MX record at {} says that the name takes no mail (null MX). Replace it by {}.", reply.name,
                       judged.record.expected);
  }
  if (const auto doubled = advise_doubled_target(mx.exchange, names.feedback_host(), reply)) return *doubled;
  const auto beside = all_records(extras.wildcard);
  if (std::ranges::find(beside, dns::RecordData(mx)) != beside.end()) {
    return fmt::format(
        "A wildcard (*.{}) answers with the MX record {}. Publish {} at the name itself; that takes it out of "
        "the wildcard.",
        dns::parent(reply.name), shown(mx), judged.record.expected);
  }
  if (dns::is_below(mx.exchange, "amazonses.com")) {
    return fmt::format("The MX record at {} leads to Amazon SES ({}). For this service it must be {}.", reply.name,
                       mx.exchange, judged.record.expected);
  }
  return fmt::format(
      "The MX record at {} leads to {}. Replace it by {}. If mail is received at this name, choose another "
      "name for the MAIL FROM domain.",
      reply.name, mx.exchange, judged.record.expected);
}

std::string advise_missing(const RecordFinding& record, const Reply& reply) {
  const std::string where =
      dns::equal(reply.zone, reply.name)
          ? fmt::format(" {} is a zone of its own, on other name servers than its parent: publish it there.",
                        reply.name)
          : "";
  return fmt::format("There is no {}. {}{}", type_and_name(record), publish(record), where);
}

// Does the text stand there with another letter case, as some providers make it?
bool differs_in_case_only(const std::string& found, const std::string& wanted) {
  return found != wanted && ascii_iequals(found, wanted);
}

}  // namespace

std::string advise_record(const Judged& judged, const Reply& reply, const Extras& extras, std::string wrong) {
  if (auto advice = advise_by_status(judged, reply)) return std::move(*advice);
  if (auto advice = advise_alias(judged.record, reply)) return std::move(*advice);
  if (judged.record.status == RecordStatus::wrong) return wrong;
  if (auto advice = advise_doubled(judged.record, reply, extras)) return std::move(*advice);
  return advise_missing(judged.record, reply);
}

std::string advise_mail_from_mx(const Judged& judged, const Reply& reply, const Extras& extras,
                                const ServiceNames& names) {
  if (const auto advice = advise_by_status(judged, reply)) return *advice;
  if (const auto advice = advise_alias(judged.record, reply)) return *advice;
  const std::vector<dns::RecordData> records = all_records(reply);
  if (records.size() > 1) return advise_several_mx(records, judged, names);
  if (records.size() == 1) {
    if (const auto* mx = std::get_if<dns::Mx>(&records.front())) {
      return advise_foreign_mx(*mx, judged, reply, extras, names);
    }
  }
  if (const auto advice = advise_doubled(judged.record, reply, extras)) return *advice;
  if (const auto advice = advise_proxy(reply, extras, "MX")) return *advice + " " + publish(judged.record);
  return advise_missing(judged.record, reply);
}

std::string advise_mail_from_spf(const Judged& judged, const Reply& reply, const Extras& extras,
                                 const ServiceNames& names) {
  if (const auto advice = advise_by_status(judged, reply)) return *advice;
  if (const auto advice = advise_alias(judged.record, reply)) return *advice;
  if (judged.record.status == RecordStatus::missing) {
    if (const auto advice = advise_doubled(judged.record, reply, extras)) return *advice;
    return fmt::format("There is no SPF record at {}, so receivers cannot tell that this service may send for it. {}",
                       reply.name, publish(judged.record));
  }
  for (const dns::ServerLook& server : reply.servers) {
    if (server.answer.status == ServerStatus::found) return spf_trouble(server.answer.records, names);
  }
  return advise_missing(judged.record, reply);
}

std::string advise_dkim_cname(const Judged& judged, const Reply& reply, const Extras& extras) {
  if (const auto advice = advise_by_status(judged, reply)) return *advice;
  const std::vector<dns::RecordData> records = all_records(reply);
  if (!records.empty()) {
    const auto* cname = std::get_if<dns::Cname>(&records.front());
    if (cname) {
      if (const auto advice = advise_doubled_target(cname->target, judged.record.expected, reply)) return *advice;
    }
    return fmt::format("The CNAME at {} leads to {}. It must lead to {}.", reply.name, shown(records.front()),
                       judged.record.expected);
  }
  if (const auto advice = advise_doubled(judged.record, reply, extras)) return *advice;
  if (has_records(extras.text)) {
    return fmt::format("There is a TXT record at {} where a CNAME must be. Remove it and publish CNAME {}.", reply.name,
                       judged.record.expected);
  }
  if (const auto advice = advise_proxy(reply, extras, "CNAME")) return *advice;
  return advise_missing(judged.record, reply);
}

std::string advise_dkim_key(const Judged& judged, const Reply& reply, const Extras& extras,
                            const std::string& public_key) {
  if (const auto advice = advise_by_status(judged, reply)) return *advice;
  if (const auto advice = advise_alias(judged.record, reply)) return *advice;
  const std::vector<dns::RecordData> records = all_records(reply);
  if (records.size() > 1) {
    return fmt::format("There are {} TXT records at {} and there must be exactly one, with your public key.",
                       records.size(), reply.name);
  }
  if (records.size() == 1) {
    const auto* txt = std::get_if<dns::Txt>(&records.front());
    const std::string key = txt ? public_key_of(txt->joined()).value_or("") : "";
    if (differs_in_case_only(key, public_key)) {
      return fmt::format(
          "The key at {} was changed in its letter case by the DNS provider, which makes it another key. {}",
          reply.name, publish(judged.record));
    }
    if (key.empty())
      return fmt::format("The TXT record at {} holds no public key (p=). {}", reply.name, publish(judged.record));
    return fmt::format("The TXT record at {} holds another key than the one you gave. {}", reply.name,
                       publish(judged.record));
  }
  if (const auto advice = advise_doubled(judged.record, reply, extras)) return *advice;
  return advise_missing(judged.record, reply);
}

std::string advise_txt_token(const Judged& judged, const Reply& reply, const Extras& extras, const std::string& token) {
  if (const auto advice = advise_by_status(judged, reply)) return *advice;
  if (const auto advice = advise_alias(judged.record, reply)) return *advice;
  for (const dns::RecordData& record : all_records(reply)) {
    const auto* txt = std::get_if<dns::Txt>(&record);
    if (!txt) continue;
    if (differs_in_case_only(txt->joined(), token)) {
      return fmt::format(
          "The token at {} was changed in its letter case by the DNS provider. Enter it exactly as given; if "
          "the provider cannot keep it, use the DKIM records instead.",
          reply.name);
    }
    if (txt->joined() == fmt::format("\"{}\"", token)) {
      return fmt::format("The token at {} stands in quotation marks of its own. Enter it without them.", reply.name);
    }
  }
  if (const auto advice = advise_doubled(judged.record, reply, extras)) return *advice;
  if (judged.record.status == RecordStatus::wrong) {
    return fmt::format("The TXT record at {} is not the token. {}", reply.name, publish(judged.record));
  }
  return advise_missing(judged.record, reply);
}

}  // namespace sesame::identity
