#include "check/dkim_keys.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/digest.h"
#include "check/beside.h"
#include "check/questions.h"
#include "dns/name.h"
#include "mailauth/dkim/key_record.h"

namespace sesame::check {
namespace {

namespace dkim = mailauth::dkim;

constexpr auto selectors = std::to_array<std::string_view>({
#include "check/selectors.inc"
});
constexpr unsigned wanted_rsa_bits = 2048;

DkimKey key_at(std::string_view selector, const std::string& domain, bool given) {
  DkimKey key;
  key.selector = selector;
  key.name = dns::canonical(fmt::format("{}._domainkey.{}", selector, domain));
  key.given = given;
  return key;
}

net::Task<void> ask(dns::Resolver& resolver, DkimKey& key, net::Deadline deadline) {
  const dns::Answer answer = co_await resolver.resolve(key.name, dns::RecordType::txt, deadline);
  read_key(answer, key);
}

void judge_size(DkimKey& key) {
  const bool rsa = key.algorithm == dkim::name(dkim::Algorithm::rsa_sha256);
  if (rsa && key.bits < dkim::min_rsa_bits) {
    key.status = KeyStatus::weak;
    key.problem = fmt::format(
        "An RSA key of {} bits is not accepted (RFC 8301 §3.2): publish and sign with one of 2048 bits.", key.bits);
  } else if (rsa && key.bits > dkim::max_verified_rsa_bits) {
    key.status = KeyStatus::broken;
    key.problem = fmt::format("An RSA key of {} bits is more than receivers verify: use 2048 bits.", key.bits);
  } else if (rsa && key.bits < wanted_rsa_bits && key.status == KeyStatus::good) {
    key.status = KeyStatus::short_key;
    key.problem = fmt::format("An RSA key of {} bits is still accepted; replace it by one of 2048 bits.", key.bits);
  }
}

void read_record(const std::string& text, DkimKey& key) {
  const auto record = dkim::parse_key_record(text);
  if (!record) {
    const bool revoked = record.error() == dkim::KeyRecordError::revoked;
    key.status = revoked ? KeyStatus::revoked : KeyStatus::broken;
    key.problem = revoked ? "The key is revoked (empty p=): nothing signed with it passes."
                          : fmt::format("The key record {}: publish the one your signer gave you, unchanged.",
                                        dkim::describe(record.error()));
    return;
  }
  key.algorithm = dkim::name(record->key.algorithm());
  key.bits = record->key.bits();
  key.exact_domain_only = record->exact_domain_only;
  key.status = KeyStatus::good;
  if (record->testing) {
    key.status = KeyStatus::testing;
    key.problem = "The key is marked as a test (t=y): remove that once signing works.";
  } else if (!record->accepts_sha256) {
    key.status = KeyStatus::broken;
    key.problem = "h= does not allow sha256, the only hash receivers accept (RFC 8301): remove h=.";
  }
  judge_size(key);
}

Severity severity_of(const DkimKey& key) {
  switch (key.status) {
    case KeyStatus::unknown: return Severity::unknown;
    case KeyStatus::good:
    case KeyStatus::short_key:
    case KeyStatus::testing: return Severity::advice;
    case KeyStatus::revoked: return key.given ? Severity::bad : Severity::advice;  // how old keys are put away
    case KeyStatus::weak:
    case KeyStatus::broken:
    case KeyStatus::missing: break;
  }
  return Severity::bad;
}

void judge(DkimFinding& finding, const std::string& domain) {
  for (const DkimKey& key : finding.keys) {
    if (key.problem.empty() || (key.status == KeyStatus::revoked && !key.given)) continue;
    finding.problems.push_back({Topic::dkim, severity_of(key), question_text(key.name, dns::RecordType::txt),
                                key.record.empty() ? "nothing" : key.record, key.problem});
  }
  if (!finding.keys.empty()) return;
  finding.problems.push_back(
      {Topic::dkim, Severity::advice, fmt::format("{} selectors below _domainkey.{}", finding.asked, domain),
       "no key under any of them",
       "If mail is signed, say with which selector (--selector, the s= of a DKIM-Signature). If it is not, sign it: "
       "the large receivers require DKIM of bulk senders."});
}

// What only a wildcard answers says nothing about the selector.
void drop_echoes(DkimFinding& finding, const DkimKey& nobodys) {
  finding.wildcard = !nobodys.record.empty();
  std::erase_if(finding.keys, [&](const DkimKey& key) {
    if (key.given) return false;
    return key.status == KeyStatus::missing || key.status == KeyStatus::unknown ||
           (finding.wildcard && key.record == nobodys.record);
  });
}

}  // namespace

std::string_view name(KeyStatus status) {
  switch (status) {
    case KeyStatus::good: return "good";
    case KeyStatus::short_key: return "short";
    case KeyStatus::weak: return "weak";
    case KeyStatus::testing: return "testing";
    case KeyStatus::revoked: return "revoked";
    case KeyStatus::broken: return "broken";
    case KeyStatus::missing: return "missing";
    case KeyStatus::unknown: break;
  }
  return "unknown";
}

bool is_accepted(KeyStatus status) {
  return status == KeyStatus::good || status == KeyStatus::short_key || status == KeyStatus::testing;
}

bool DkimFinding::has_accepted_key() const {
  return std::ranges::any_of(keys, [](const DkimKey& key) { return is_accepted(key.status); });
}

std::span<const std::string_view> common_selectors() { return selectors; }

void read_key(const dns::Answer& answer, DkimKey& key) {
  if (!answer.cname_chain.empty()) key.alias = answer.cname_chain.front();
  if (!is_answered(answer)) {
    key.status = KeyStatus::unknown;
    key.problem = fmt::format("DNS did not answer the question for TXT of {}. Try again.", key.name);
    return;
  }
  const std::vector<std::string> found = texts(answer.records);
  if (found.empty()) {
    key.status = KeyStatus::missing;
    key.problem = key.alias.empty() ? "There is no key under this selector: publish the record your signer gave you."
                                    : fmt::format("The alias leads to {}, where there is no key.", key.alias);
    return;
  }
  key.record = shown_all(answer.records);
  if (found.size() > 1) {
    key.status = KeyStatus::broken;
    key.problem = fmt::format("There are {} TXT records; receivers expect exactly one key record.", found.size());
    return;
  }
  read_record(found.front(), key);
}

net::Task<DkimFinding> look_at_dkim(dns::Resolver& resolver, std::string domain, std::vector<std::string> given,
                                    Time now, net::Deadline deadline) {
  DkimFinding finding;
  for (const std::string& selector : given) finding.keys.push_back(key_at(selector, domain, true));
  for (const std::string_view selector : selectors) {
    if (std::ranges::find(given, selector) == given.end()) finding.keys.push_back(key_at(selector, domain, false));
  }
  std::erase_if(finding.keys, [](const DkimKey& key) { return !dns::is_valid_name(key.name); });
  finding.asked = finding.keys.size();
  const std::string random = sha256_hex(fmt::format("{}/{}", domain, to_unix_ms(now))).substr(0, 16);
  DkimKey nobodys = key_at(random, domain, false);
  std::vector<net::Task<void>> questions;
  questions.push_back(ask(resolver, nobodys, deadline));
  for (DkimKey& key : finding.keys) questions.push_back(ask(resolver, key, deadline));
  co_await beside(std::move(questions));
  drop_echoes(finding, nobodys);
  judge(finding, domain);
  co_return finding;
}

}  // namespace sesame::check
