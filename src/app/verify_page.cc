#include "app/verify_page.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/commands/commands.h"
#include "app/terminal.h"
#include "base/text.h"

namespace sesame::app {
namespace {

using mailauth::Verdict;
using mailauth::dkim::DkimResult;
using mailauth::dkim::SignatureResult;
using mailauth::dmarc::DmarcResult;
using mailauth::dmarc::Policy;
using mailauth::spf::SpfResult;

bool any_signature(const Verdict& verdict, DkimResult result) {
  return std::ranges::any_of(verdict.dkim, [&](const SignatureResult& one) { return one.result == result; });
}

Colour colour_of(std::string_view word) {
  if (word == "pass") return Colour::green;
  return word == "fail" || word == "permerror" || word == "policy" ? Colour::red : Colour::yellow;
}

// Paragraphs of a label, a result word and lines beside them.
class Page {
 public:
  explicit Page(bool colours) : colours_(colours) {}

  void sentence(Colour colour, std::string_view text) { text_ += coloured(colour, text, colours_) + "\n\n"; }

  // `first` and further lines are of outside origin in part.
  void method(std::string_view label, std::string_view word, std::string_view first) {
    const std::string padding(word.size() < word_columns ? word_columns - word.size() : 1, ' ');
    const std::string name = coloured(Colour::bold, fmt::format("{:<6}", label), colours_);
    text_ += fmt::format("  {}{}{}{}\n", name, coloured(colour_of(word), word, colours_), padding, harmless(first));
  }
  void line(std::string_view text) {
    if (!text.empty()) text_ += std::string(2 + 6 + word_columns, ' ') + harmless(text) + "\n";
  }
  void heading(std::string_view text) { text_ += "\n  " + std::string(text) + "\n"; }
  // A rule's result, its title and lines of outside origin in part.
  void rule(std::string_view word, std::string_view title, std::string_view first) {
    const std::string_view shown = word == "not applicable" ? "n/a" : word;
    const std::string padding(shown.size() < rule_word_columns ? rule_word_columns - shown.size() : 1, ' ');
    const Colour colour = word == "pass" ? Colour::green : word == "fail" ? Colour::red : Colour::yellow;
    text_ += fmt::format("  {}{}{:<{}}{}\n", coloured(colour, shown, colours_), padding, title, rule_title_columns,
                         harmless(first));
  }
  void rule_line(std::string_view text) {
    text_ += std::string(2 + rule_word_columns + rule_title_columns, ' ') + harmless(text) + "\n";
  }
  void verbatim(std::string_view label, std::string_view text) { text_ += fmt::format("\n  {} {}\n", label, text); }
  void further(std::string_view text) { text_ += fmt::format("      {}\n", text); }

  std::string finish() && { return std::move(text_); }

 private:
  static constexpr std::size_t word_columns = 11;        // "permerror" and two blanks
  static constexpr std::size_t rule_word_columns = 6;    // "pass" and two blanks
  static constexpr std::size_t rule_title_columns = 23;  // "one-click unsubscribe" and two blanks
  bool colours_;
  std::string text_;
};

std::string of_policy(Policy disposition) {
  switch (disposition) {
    case Policy::none: return "asks for nothing to be done about it";
    case Policy::quarantine: return "asks receivers to treat it as suspicious";
    case Policy::reject: return "asks receivers to reject it";
  }
  return {};
}

std::string what_passed(const Verdict& verdict) {
  const bool spf = verdict.spf.result == SpfResult::pass;
  const bool dkim = any_signature(verdict, DkimResult::pass);
  return spf && dkim ? "SPF and DKIM pass" : spf ? "SPF passes" : "DKIM passes";
}

std::string answer(const Verdict& verdict, int status) {
  const auto& dmarc = verdict.dmarc;
  const std::string author = harmless(dmarc.author_domain);
  if (status == exit_unknown) return "Could not find out: DNS did not answer a question the answer hangs on.";
  switch (dmarc.result) {
    case DmarcResult::pass: return fmt::format("Genuine: {} stands behind this message.", author);
    case DmarcResult::fail:
      return fmt::format("Not authenticated as from {}; {} {}.", author, harmless(dmarc.policy_domain),
                         of_policy(dmarc.disposition));
    case DmarcResult::permerror:
      return fmt::format("Cannot be judged: {}.",
                         dmarc.problem.empty() ? "it has no author domain" : harmless(dmarc.problem));
    case DmarcResult::none:
    case DmarcResult::temperror: break;
  }
  if (status == exit_good)
    return fmt::format("{}, but {} publishes no DMARC policy: nothing ties that to the author.", what_passed(verdict),
                       author);
  return "Nothing vouches for this message: neither SPF nor DKIM passes, and there is no DMARC policy.";
}

// Why an identifier that passed does not count, which is what people ask most.
std::string not_aligned(std::string_view method, std::string_view domain, const Verdict& verdict) {
  return fmt::format("{} passed for {}, which is not in line with {}", method, domain, verdict.dmarc.author_domain);
}

std::string spf_alignment(const Verdict& verdict) {
  if (verdict.dmarc.spf_aligned) return "SPF aligned: yes";
  if (verdict.spf.result == SpfResult::pass)
    return "SPF aligned: no, " + not_aligned("it", verdict.spf.domain, verdict);
  return "SPF aligned: no, it did not pass";
}

std::string dkim_alignment(const Verdict& verdict) {
  if (verdict.dmarc.dkim_aligned) return "DKIM aligned: yes";
  for (const SignatureResult& one : verdict.dkim) {
    if (one.result == DkimResult::pass) return "DKIM aligned: no, " + not_aligned("it", one.domain, verdict);
  }
  return verdict.dkim.empty() ? "DKIM aligned: no, the message is not signed" : "DKIM aligned: no, it did not pass";
}

void put_dmarc(Page& page, const Verdict& verdict) {
  const auto& dmarc = verdict.dmarc;
  const auto word = name(dmarc.result);
  if (dmarc.author_domain.empty()) {
    page.method("DMARC", word, "no author domain");
  } else if (dmarc.result == DmarcResult::temperror) {
    page.method("DMARC", word, dmarc.author_domain);
  } else if (dmarc.policy_domain.empty()) {
    page.method("DMARC", word, dmarc.author_domain + ": no policy published");
  } else {
    page.method("DMARC", word,
                fmt::format("{}: p={} published at {}{}", dmarc.author_domain, name(dmarc.policy), dmarc.policy_domain,
                            dmarc.testing ? ", in testing (t=y)" : ""));
    page.line(dkim_alignment(verdict));
    page.line(spf_alignment(verdict));
    if (dmarc.result == DmarcResult::fail)
      page.line(fmt::format("to be done with this message: {}", name(dmarc.disposition)));
  }
  page.line(dmarc.problem);
}

void put_spf(Page& page, const mailauth::ConnectionFacts& facts, const Verdict& verdict) {
  const auto& spf = verdict.spf;
  const char* identity = spf.identity == mailauth::spf::Identity::helo ? "HELO" : "MAIL FROM";
  page.method(
      "SPF", name(spf.result),
      fmt::format("{} {}, client {}", identity, spf.domain.empty() ? "(none)" : spf.domain, facts.ip.to_string()));
  if (!spf.matched_term.empty()) page.line(fmt::format("decided by \"{}\"", spf.matched_term));
  page.line(spf.problem);
  if (!spf.explanation.empty()) page.line(fmt::format("its owner explains: \"{}\"", spf.explanation));
  if (spf.lookups > 0)
    page.line(fmt::format("{} of 10 look-ups, {} of 2 empty answers", spf.lookups, spf.void_lookups));
}

void put_dkim(Page& page, const Verdict& verdict) {
  if (verdict.dkim.empty()) page.method("DKIM", "none", "the message is not signed");
  for (const SignatureResult& one : verdict.dkim) {
    const std::string bits = one.key_bits == 0 ? "" : fmt::format(", {} bits", one.key_bits);
    page.method("DKIM", name(one.result),
                fmt::format("{}, selector {}, {}{}", one.domain.empty() ? "(no domain)" : one.domain,
                            one.selector.empty() ? "(none)" : one.selector,
                            one.algorithm.empty() ? "(no algorithm)" : one.algorithm, bits));
    page.line(one.problem);
    if (one.testing) page.line("the key is published as a test (t=y)");
  }
}

void put_arc(Page& page, const Verdict& verdict) {
  const auto& arc = verdict.arc;
  std::string sealers;
  for (const std::string& domain : arc.sealers) sealers += (sealers.empty() ? "sealed by " : ", then ") + domain;
  const bool none = arc.result == mailauth::arc::ArcResult::none;
  page.method("ARC", name(arc.result), none ? "no forwarder left a chain" : sealers);
  page.line(arc.problem);
  const auto oldest_pass = arc.oldest_pass.value_or(0);
  if (oldest_pass > 0) page.line(fmt::format("the message was changed before instance {}", oldest_pass));
}

// "asked for by google; of bulk senders by yahoo, microsoft"
std::string who_asks(mailauth::Rule rule) {
  std::string everybody, bulk;
  for (const mailauth::PublishedRule& published : mailauth::published_rules()) {
    if (published.rule != rule) continue;
    std::string& list = published.audience == mailauth::Audience::bulk ? bulk : everybody;
    list += fmt::format("{}{}{}", list.empty() ? "" : ", ", name(published.receiver),
                        published.demand == mailauth::Demand::recommended ? " (recommended)" : "");
  }
  if (everybody.empty()) return "asked of bulk senders by " + bulk;
  return "asked by " + everybody + (bulk.empty() ? "" : "; of bulk senders by " + bulk);
}

void put_rules(Page& page, const Verdict& verdict) {
  if (verdict.sender_rules.empty()) return;
  page.heading("What Google, Yahoo and Microsoft ask of senders (bulk: 5,000 messages a day and more):");
  for (const mailauth::RuleFinding& finding : verdict.sender_rules) {
    page.rule(name(finding.result), title(finding.rule), finding.sentence);
    if (finding.result != mailauth::RuleResult::fail) continue;
    page.rule_line(finding.repair);
    page.rule_line(who_asks(finding.rule));
  }
}

void put_field(Page& page, const Verdict& verdict) {
  bool first = true;
  for (const std::string_view part : split(format_field(verdict.authentication_results), '\n')) {
    const std::string text = harmless(trim(part), 2000);
    if (text.empty()) continue;
    const std::size_t colon = text.find(':');
    if (first) page.verbatim(text.substr(0, colon + 1), trim(std::string_view(text).substr(colon + 1)));
    if (!first) page.further(text);
    first = false;
  }
}

}  // namespace

int verify_status(const Verdict& verdict) {
  const auto passed = [&] { return verdict.spf.result == SpfResult::pass || any_signature(verdict, DkimResult::pass); };
  switch (verdict.dmarc.result) {
    case DmarcResult::pass: return exit_good;
    case DmarcResult::fail:
    case DmarcResult::permerror: return exit_bad_news;
    case DmarcResult::temperror: return exit_unknown;
    case DmarcResult::none: break;
  }
  if (passed()) return exit_good;
  const bool unanswered = verdict.spf.result == SpfResult::temperror || any_signature(verdict, DkimResult::temperror);
  return unanswered ? exit_unknown : exit_bad_news;
}

std::string verify_page(const mailauth::ConnectionFacts& facts, const Verdict& verdict, bool colours) {
  const int status = verify_status(verdict);
  Page page(colours);
  page.sentence(status == exit_good       ? Colour::green
                : status == exit_bad_news ? Colour::red
                                          : Colour::yellow,
                answer(verdict, status));
  put_dmarc(page, verdict);
  put_spf(page, facts, verdict);
  put_dkim(page, verdict);
  put_arc(page, verdict);
  put_rules(page, verdict);
  put_field(page, verdict);
  return std::move(page).finish();
}

}  // namespace sesame::app
