// The SPF half of advice.h: reading the record of a MAIL FROM domain as its owner meant it.
#include <fmt/format.h>

#include <algorithm>

#include "dns/name.h"
#include "identity/advice.h"
#include "mailauth/spf/record.h"

namespace sesame::identity {
namespace {

namespace spf = mailauth::spf;

bool names_domain(const spf::MacroString& text, const std::string& domain) {
  const std::string* literal = text.literal();
  return literal && dns::equal(*literal, domain);
}

bool includes(const spf::Directive& directive, const std::string& domain) {
  const auto* include = std::get_if<spf::Include>(&directive.mechanism);
  return include && directive.result == spf::SpfResult::pass && names_domain(include->domain, domain);
}

bool is_all(const spf::Directive& directive) { return std::holds_alternative<spf::All>(directive.mechanism); }

std::string trouble_of(const spf::SpfRecord& record, const ServiceNames& names) {
  const auto all = std::ranges::find_if(record.directives, is_all);
  const auto ours = std::ranges::find_if(
      record.directives, [&](const spf::Directive& directive) { return includes(directive, names.service_domain); });
  if (all != record.directives.end() && all->result == spf::SpfResult::pass) {
    return fmt::format("The SPF record ends in \"{}\": everybody may send in this name. End it in ~all.", all->text);
  }
  if (ours == record.directives.end()) {
    const bool redirected =
        all == record.directives.end() && record.redirect && names_domain(*record.redirect, names.service_domain);
    if (redirected) return "";
    return fmt::format("The SPF record does not include this service: put include:{} into it, or publish \"{}\".",
                       names.service_domain, names.spf_record());
  }
  if (all < ours) {
    return fmt::format(
        "In the SPF record \"{}\" stands before include:{}, and what follows it is not read. Move it to the "
        "end.",
        all->text, names.service_domain);
  }
  return "";
}

}  // namespace

std::string spf_trouble(const std::vector<dns::Record>& txt_records, const ServiceNames& names) {
  std::vector<std::string> found;
  for (const dns::Record& record : txt_records) {
    const auto* txt = std::get_if<dns::Txt>(&record.data);
    if (txt && spf::is_spf_record(txt->joined())) found.push_back(txt->joined());
  }
  if (found.empty()) {
    return fmt::format("Among the TXT records there is no SPF record. Add \"{}\".", names.spf_record());
  }
  if (found.size() > 1) {
    return fmt::format(
        "There are {} SPF records, which receivers take as a permanent error (RFC 7208 §4.5). Keep one: "
        "\"{}\".",
        found.size(), names.spf_record());
  }
  const auto record = spf::parse_record(found.front());
  if (!record)
    return fmt::format("The SPF record has an error: {} Publish \"{}\".", record.error().text, names.spf_record());
  return trouble_of(*record, names);
}

std::string spf_evaluation_trouble(const mailauth::spf::SpfOutcome& outcome) {
  if (outcome.result != spf::SpfResult::permerror) return "";
  if (outcome.lookups > 10) {
    return fmt::format(
        "Evaluating the SPF record takes more than ten look-ups, which receivers take as a permanent error "
        "(RFC 7208 §4.6.4). Remove what is not needed for this name; include of this service is enough.");
  }
  return fmt::format("Receivers find a permanent error in the SPF record: {}", outcome.problem);
}

}  // namespace sesame::identity
