#include "mailauth/verdict/sender_rules.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "dns/name.h"
#include "mailauth/dkim/key.h"
#include "mailauth/verdict/message_format.h"
#include "mailauth/verdict/unsubscribe.h"

namespace sesame::mailauth {
namespace {

using dkim::DkimResult;
using dkim::SignatureResult;
using dmarc::DmarcResult;
using spf::SpfResult;

constexpr unsigned recommended_rsa_bits = 2048;

RuleFinding pass(Rule rule, std::string sentence) { return {rule, RuleResult::pass, std::move(sentence), {}}; }
RuleFinding fail(Rule rule, std::string sentence, std::string repair) {
  return {rule, RuleResult::fail, std::move(sentence), std::move(repair)};
}
RuleFinding not_applicable(Rule rule, std::string sentence) {
  return {rule, RuleResult::not_applicable, std::move(sentence), {}};
}

// The signature that says most for the message, and why there is none.
const SignatureResult* first_with(std::span<const SignatureResult> signatures, DkimResult result) {
  const auto found = std::ranges::find(signatures, result, &SignatureResult::result);
  return found == signatures.end() ? nullptr : &*found;
}

std::string spf_domain(const SenderEvidence& evidence) {
  return evidence.spf.domain.empty() ? "the MAIL FROM domain" : evidence.spf.domain;
}

RuleFinding judge_spf(const SenderEvidence& evidence) {
  const std::string domain = spf_domain(evidence);
  if (evidence.spf.result == SpfResult::pass) return pass(Rule::spf, fmt::format("SPF passes for {}.", domain));
  if (evidence.spf.result == SpfResult::temperror)
    return not_applicable(Rule::spf, fmt::format("DNS did not answer, so SPF for {} is not known.", domain));
  const std::string found = fmt::format("SPF says {} for {}.", name(evidence.spf.result), domain);
  if (evidence.spf.result == SpfResult::none)
    return fail(Rule::spf, found,
                fmt::format("Publish a TXT record at {} that begins with v=spf1 and allows {}.", domain,
                            evidence.ip.to_string()));
  if (evidence.spf.result == SpfResult::permerror)
    return fail(Rule::spf, found, fmt::format("Correct the SPF record of {}: {}.", domain, evidence.spf.problem));
  return fail(Rule::spf, found,
              fmt::format("Add {} to the SPF record of {}, or send through a server it allows.",
                          evidence.ip.to_string(), domain));
}

RuleFinding judge_dkim(const SenderEvidence& evidence) {
  if (const auto* good = first_with(evidence.dkim, DkimResult::pass))
    return pass(Rule::dkim, fmt::format("a signature of {} passes.", good->domain));
  if (const auto* silent = first_with(evidence.dkim, DkimResult::temperror))
    return not_applicable(Rule::dkim,
                          fmt::format("DNS did not answer, so the signature of {} is not judged.", silent->domain));
  if (evidence.dkim.empty())
    return fail(Rule::dkim, "the message is not signed.",
                "Sign with DKIM for the domain of From and publish the key in DNS.");
  const SignatureResult& bad = evidence.dkim.front();
  return fail(Rule::dkim, fmt::format("no signature passes; of the first: {}.", bad.problem),
              "Sign last, after everything that changes the message, with a key whose record is in DNS.");
}

RuleFinding judge_either(const RuleFinding& spf, const RuleFinding& dkim) {
  if (spf.result == RuleResult::pass) return pass(Rule::spf_or_dkim, spf.sentence);
  if (dkim.result == RuleResult::pass) return pass(Rule::spf_or_dkim, dkim.sentence);
  if (spf.result == RuleResult::not_applicable) return not_applicable(Rule::spf_or_dkim, spf.sentence);
  if (dkim.result == RuleResult::not_applicable) return not_applicable(Rule::spf_or_dkim, dkim.sentence);
  return fail(Rule::spf_or_dkim, "neither SPF nor DKIM passes.", dkim.repair);
}

RuleFinding judge_key(const SenderEvidence& evidence) {
  unsigned best = 0, shortest = 0;
  bool ed25519 = false;
  for (const SignatureResult& one : evidence.dkim) {
    if (one.key_bits == 0) continue;
    if (one.algorithm == "ed25519-sha256") {
      ed25519 = ed25519 || one.result == DkimResult::pass;
    } else if (one.result == DkimResult::pass) {
      best = std::max(best, one.key_bits);
    } else if (one.key_bits < dkim::min_rsa_bits) {
      shortest = shortest == 0 ? one.key_bits : std::min(shortest, one.key_bits);
    }
  }
  if (best >= recommended_rsa_bits) return pass(Rule::dkim_key, fmt::format("the RSA key has {} bits.", best));
  if (best > 0)
    return pass(Rule::dkim_key, fmt::format("the RSA key has {} bits, which suffices; {} are recommended.", best,
                                            recommended_rsa_bits));
  if (shortest > 0)
    return fail(Rule::dkim_key, fmt::format("the RSA key has {} bits, fewer than {}.", shortest, dkim::min_rsa_bits),
                fmt::format("Make an RSA key of {} bits and publish it under a new selector.", recommended_rsa_bits));
  if (ed25519) return not_applicable(Rule::dkim_key, "the key is of Ed25519; the rule is about RSA.");
  return not_applicable(Rule::dkim_key, "no signature with a key that could be obtained.");
}

RuleFinding judge_dmarc_record(const SenderEvidence& evidence) {
  const auto& dmarc = evidence.dmarc;
  if (dmarc.author_domain.empty()) return not_applicable(Rule::dmarc_record, "the message has no author domain.");
  if (!dmarc.policy_domain.empty())
    return pass(Rule::dmarc_record, fmt::format("{} publishes p={}.", dmarc.policy_domain, name(dmarc.policy)));
  if (dmarc.result == DmarcResult::temperror)
    return not_applicable(Rule::dmarc_record, fmt::format("DNS did not answer for _dmarc.{}.", dmarc.author_domain));
  return fail(Rule::dmarc_record, fmt::format("there is no DMARC policy for {}.", dmarc.author_domain),
              fmt::format("Publish a TXT record at _dmarc.{} with at least \"v=DMARC1; p=none\".",
                          dmarc.organizational_domain.empty() ? dmarc.author_domain : dmarc.organizational_domain));
}

// How a domain that passed stands to the author domain where no DMARC record tells the organization's domain.
enum class Kinship { none, possible, certain };
Kinship kinship(std::string_view a, std::string_view b) {
  if (dns::is_at_or_below(a, b) || dns::is_at_or_below(b, a)) return Kinship::certain;
  while (dns::label_count(a) > 2) a = dns::parent(a);
  return dns::is_below(b, a) ? Kinship::possible : Kinship::none;
}

RuleFinding judge_alignment_without_record(const SenderEvidence& evidence) {
  const std::string& author = evidence.dmarc.author_domain;
  Kinship closest = Kinship::none;
  const auto consider = [&](bool passed, const std::string& domain) {
    if (passed) closest = std::max(closest, kinship(domain, author));
  };
  consider(evidence.spf.result == SpfResult::pass, evidence.spf.domain);
  for (const SignatureResult& one : evidence.dkim) consider(one.result == DkimResult::pass, one.domain);
  if (closest == Kinship::certain)
    return pass(Rule::alignment, fmt::format("a domain in line with {} passes.", author));
  if (closest == Kinship::possible)
    return not_applicable(Rule::alignment,
                          fmt::format("without a DMARC record nothing says which domains belong with {}.", author));
  return fail(Rule::alignment, fmt::format("nothing that passes is in line with {}.", author),
              fmt::format("Sign with d={0}, or use a MAIL FROM domain below {0}.", author));
}

RuleFinding judge_alignment(const SenderEvidence& evidence) {
  const auto& dmarc = evidence.dmarc;
  if (dmarc.author_domain.empty())
    return fail(Rule::alignment, "the message has no author domain that could be judged.",
                "Give the message one From field with one address.");
  if (dmarc.spf_aligned || dmarc.dkim_aligned)
    return pass(Rule::alignment,
                fmt::format("{} {} in line with {}.",
                            dmarc.spf_aligned && dmarc.dkim_aligned ? "SPF and DKIM"
                            : dmarc.spf_aligned                     ? "SPF"
                                                                    : "DKIM",
                            dmarc.spf_aligned && dmarc.dkim_aligned ? "are" : "is", dmarc.author_domain));
  if (dmarc.result == DmarcResult::temperror)
    return not_applicable(Rule::alignment, "DNS did not answer, so alignment is not known.");
  if (dmarc.policy_domain.empty()) return judge_alignment_without_record(evidence);
  return fail(Rule::alignment, fmt::format("nothing that passes is in line with {}.", dmarc.author_domain),
              fmt::format("Sign with d={0}, or use a MAIL FROM domain below {0}.", dmarc.author_domain));
}

RuleFinding judge_reverse_dns(const SenderEvidence& evidence) {
  const std::string ip = evidence.ip.to_string();
  const ReverseDns& reverse = evidence.reverse;
  if (!is_public(evidence.ip))
    return not_applicable(Rule::reverse_dns, fmt::format("{} is no address of the Internet.", ip));
  if (!reverse.confirmed.empty())
    return pass(Rule::reverse_dns, fmt::format("{} is {}, which leads back to it.", ip, reverse.confirmed));
  if (reverse.unanswered)
    return not_applicable(Rule::reverse_dns, fmt::format("DNS did not answer about the name of {}.", ip));
  if (reverse.names.empty())
    return fail(Rule::reverse_dns, fmt::format("{} has no PTR record.", ip),
                fmt::format("Ask whoever provides {} to set its PTR record to the server's host name.", ip));
  return fail(Rule::reverse_dns, fmt::format("{} is called {}, which does not lead back to it.", ip, reverse.names[0]),
              fmt::format("Give {} an address record with {}, or change the PTR record.", reverse.names[0], ip));
}

RuleFinding judge_tls(const SenderEvidence& evidence) {
  if (!evidence.tls)
    return not_applicable(
        Rule::tls, fmt::format("no Received field tells how the message came from {}.", evidence.ip.to_string()));
  if (evidence.tls->empty())
    return fail(Rule::tls, "the message came without TLS.",
                "Let the sending server use STARTTLS whenever the receiver offers it.");
  return pass(Rule::tls, fmt::format("the message came over {}.", *evidence.tls));
}

RuleFinding judge_unsubscribe(const SenderEvidence& evidence) {
  constexpr Rule rule = Rule::one_click_unsubscribe;
  if (!evidence.bulk && !is_marked_as_bulk(evidence.message))
    return not_applicable(rule, "nothing marks the message as marketing or sent to subscribers.");
  const Unsubscribe found = find_unsubscribe(evidence.message, evidence.dkim);
  if (found.one_click) return pass(rule, "List-Unsubscribe and List-Unsubscribe-Post are there, and signed.");
  return fail(
      rule, found.problem + ".",
      "Add List-Unsubscribe with an https: URI and \"List-Unsubscribe-Post: List-Unsubscribe=One-Click\", and let "
      "the DKIM signature cover both.");
}

RuleFinding judge_format(const SenderEvidence& evidence) {
  const auto problems = format_problems(evidence.message, evidence.octets);
  if (problems.empty()) return pass(Rule::message_format, "the message keeps to RFC 5322.");
  return fail(Rule::message_format, fmt::format("{}.", fmt::join(problems, "; ")),
              "Let the program that writes the message produce each of these fields and lines as RFC 5322 asks.");
}

}  // namespace

std::vector<RuleFinding> judge_sender_rules(const SenderEvidence& evidence) {
  RuleFinding spf = judge_spf(evidence);
  RuleFinding dkim = judge_dkim(evidence);
  std::vector<RuleFinding> findings;
  findings.push_back(judge_either(spf, dkim));
  findings.push_back(std::move(spf));
  findings.push_back(std::move(dkim));
  findings.push_back(judge_key(evidence));
  findings.push_back(judge_dmarc_record(evidence));
  findings.push_back(judge_alignment(evidence));
  findings.push_back(judge_reverse_dns(evidence));
  findings.push_back(judge_tls(evidence));
  findings.push_back(judge_unsubscribe(evidence));
  findings.push_back(judge_format(evidence));
  return findings;
}

}  // namespace sesame::mailauth
