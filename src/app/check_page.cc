#include "app/check_page.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "app/commands/commands.h"
#include "app/terminal.h"
#include "base/text.h"

namespace sesame::app {
namespace {

using check::DkimKey;
using check::KeyStatus;
using check::Problem;
using check::Report;
using check::Severity;
using check::SpfNode;
using check::SpfTerm;
using check::Topic;
using mailauth::spf::SpfResult;

constexpr std::size_t label_columns = 14;
constexpr std::size_t word_columns = 9;
constexpr std::size_t max_shown_lines = 40;  // of an SPF tree

Colour colour_of(Severity severity) {
  switch (severity) {
    case Severity::bad: return Colour::red;
    case Severity::advice:
    case Severity::unknown: break;
  }
  return Colour::yellow;
}

// Lines of at most `columns`, broken at blanks; a word that is longer stays whole.
std::vector<std::string> wrapped(std::string_view text, std::size_t columns) {
  std::vector<std::string> lines(1);
  for (const std::string_view word : split(text, ' ')) {
    if (!lines.back().empty() && lines.back().size() + 1 + word.size() > columns) lines.emplace_back();
    if (!lines.back().empty()) lines.back() += ' ';
    lines.back() += word;
  }
  return lines;
}

class Page {
 public:
  Page(const Report& report, bool colours, std::size_t columns)
      : report_(report), colours_(colours), columns_(columns) {}

  std::string print() &&;

 private:
  void put_topic(std::string_view label, Topic topic, std::string_view first) {
    put_topic(label, word_for({topic}), first);
  }
  // A word of the topic's problems, the gravest; "good" without.
  std::pair<std::string_view, Colour> word_for(std::initializer_list<Topic> topics) const;
  void put_topic(std::string_view label, std::pair<std::string_view, Colour> word, std::string_view first);
  void line(std::string_view text);                          // wrapped
  void item(std::string_view label, std::string_view text);  // on one line, so that it can be copied

  void put_mail_from();
  void put_spf();
  void put_tree(const SpfNode& node, const std::string& indent);
  void put_tree_line(const std::string& text, const SpfTerm& term);
  void put_dkim();
  void put_dmarc();
  void put_reports();
  void put_addresses();
  void put_name_servers();
  void put_optional();
  void put_problems();
  void put_problem(std::size_t number, const Problem& problem);
  void put_field(std::string_view label, std::string_view text);

  const Report& report_;
  const bool colours_;
  const std::size_t columns_;
  std::size_t tree_lines_ = 0;
  std::string text_;
};

std::pair<std::string_view, Colour> Page::word_for(std::initializer_list<Topic> topics) const {
  std::optional<Severity> gravest;
  for (const Problem& problem : report_.problems) {
    if (std::ranges::find(topics, problem.topic) == topics.end()) continue;
    gravest = problem.severity;  // they are in the order of gravity
    break;
  }
  if (!gravest) return {"good", Colour::green};
  switch (*gravest) {
    case Severity::bad: return {"bad", Colour::red};
    case Severity::unknown: return {"unknown", Colour::yellow};
    case Severity::advice: break;
  }
  return {"fair", Colour::yellow};
}

void Page::put_topic(std::string_view label, std::pair<std::string_view, Colour> word, std::string_view first) {
  const std::string padding(word.first.size() < word_columns ? word_columns - word.first.size() : 1, ' ');
  text_ += fmt::format("  {}{}{}{}\n", coloured(Colour::bold, fmt::format("{:<{}}", label, label_columns), colours_),
                       coloured(word.second, word.first, colours_), padding, harmless(first));
}

void Page::line(std::string_view text) {
  const std::size_t indent = 2 + label_columns + word_columns;
  for (const std::string& part : wrapped(harmless(text, 1000), columns_ > indent ? columns_ - indent : 40)) {
    text_ += std::string(indent, ' ') + part + "\n";
  }
}

void Page::item(std::string_view label, std::string_view text) {
  text_ += fmt::format("{:{}}{:<5}{}\n", "", 2 + label_columns + word_columns, label, harmless(text, 1000));
}

void Page::put_mail_from() {
  if (!report_.mail_from || report_.mail_from->domain.empty()) return;
  const check::MailFromFinding& finding = *report_.mail_from;
  std::string first = finding.domain;
  if (finding.service) first += fmt::format(", for {} in {}", finding.service->service_domain, finding.service->region);
  put_topic("MAIL FROM", Topic::mail_from, first);
  for (const check::Record& record : finding.records) {
    if (record.finding.purpose == identity::RecordPurpose::dkim) continue;
    const std::string type = dns::name(record.finding.type);
    const auto& found = record.finding.found;
    if (found.empty()) item(type, "(nothing)");
    for (const std::string& each : found) item(&each == &found.front() ? type : "", each);
  }
}

std::string for_others(SpfResult result) {
  switch (result) {
    case SpfResult::pass: return "everybody else passes too";
    case SpfResult::fail: return "everybody else fails";
    case SpfResult::softfail: return "everybody else softfails";
    case SpfResult::neutral:
    case SpfResult::none:
    case SpfResult::temperror:
    case SpfResult::permerror: break;
  }
  return "nothing is said of everybody else";
}

void Page::put_tree_line(const std::string& text, const SpfTerm& term) {
  if (++tree_lines_ > max_shown_lines) return;
  std::string line_text = harmless(text, 120);
  std::string beside;
  if (term.lookups > 0) beside = term.lookups == 1 ? "1 look-up" : fmt::format("{} look-ups", term.lookups);
  if (!term.note.empty()) beside += fmt::format("{}{}", beside.empty() ? "" : ", ", harmless(term.note));
  constexpr std::size_t beside_column = 44;
  // Box characters are three octets and one column.
  const auto octets_beyond = std::ranges::count_if(line_text, [](char c) { return (c & 0xc0) == 0x80; });
  const std::size_t shown = line_text.size() - static_cast<std::size_t>(octets_beyond);
  if (!beside.empty()) line_text += std::string(shown < beside_column ? beside_column - shown : 2, ' ') + beside;
  text_ += std::string(2 + label_columns + word_columns, ' ') + line_text + "\n";
}

// Terms that only list networks share a line, so that a long list stays short.
void Page::put_tree(const SpfNode& node, const std::string& indent) {
  const auto is_plain = [](const SpfTerm& term) { return term.below.empty() && term.lookups == 0 && !term.is_all; };
  for (std::size_t i = 0; i < node.terms.size(); ++i) {
    std::size_t end = i + 1;
    std::string text = node.terms[i].text;
    while (is_plain(node.terms[i]) && end < node.terms.size() && is_plain(node.terms[end])) ++end;
    if (end - i > 2) {
      text = fmt::format("{} … {} ({} networks)", text, node.terms[end - 1].text, end - i);
      i = end - 1;
    }
    const bool last = i + 1 == node.terms.size();
    put_tree_line(indent + (last ? "└ " : "├ ") + text, node.terms[i]);
    for (const SpfNode& below : node.terms[i].below) put_tree(below, indent + (last ? "  " : "│ "));
  }
}

void Page::put_spf() {
  const check::SpfFinding& spf = report_.spf;
  if (spf.tree.record.empty()) return put_topic("SPF", Topic::spf, fmt::format("{}: no record", spf.domain));
  const bool told_before = word_for({Topic::spf}).first == "good" && !spf.is_usable();
  put_topic("SPF", told_before ? word_for({Topic::mail_from}) : word_for({Topic::spf}),
            fmt::format("{}: {} of {} look-ups, {} of {} empty", spf.domain, spf.tree.lookups, check::max_spf_lookups,
                        spf.tree.void_lookups, check::max_void_spf_lookups));
  if (spf.is_usable()) {
    const std::uint64_t addresses = check::ipv4_addresses(spf.networks);
    line(fmt::format("{} network{} ({} IPv4 address{}) may send; {}", spf.networks.size(),
                     spf.networks.size() == 1 ? "" : "s", addresses, addresses == 1 ? "" : "es",
                     for_others(check::result_for_others(spf.tree))));
  }
  tree_lines_ = 0;
  put_tree(spf.tree, "");
  if (tree_lines_ > max_shown_lines)
    line(fmt::format("… and {} lines more (--json has them)", tree_lines_ - max_shown_lines));
}

std::string describe(const DkimKey& key) {
  std::string text = key.selector;
  if (!key.algorithm.empty()) text += fmt::format(": {}, {} bits", key.algorithm, key.bits);
  if (key.algorithm.empty()) text += fmt::format(": {}", check::name(key.status));
  if (key.status == KeyStatus::testing) text += ", testing";
  if (key.exact_domain_only) text += ", this very domain only";
  if (key.status == KeyStatus::weak) text += ", too weak";
  if (!key.alias.empty()) text += fmt::format(" (at {})", key.alias);
  return text;
}

void Page::put_dkim() {
  const check::DkimFinding& dkim = report_.dkim;
  if (dkim.keys.empty())
    return put_topic("DKIM", Topic::dkim, fmt::format("no key under the {} selectors asked for", dkim.asked));
  for (std::size_t i = 0; i < dkim.keys.size(); ++i) {
    if (i == 0) put_topic("DKIM", Topic::dkim, describe(dkim.keys[i]));
    if (i > 0) line(describe(dkim.keys[i]));
  }
}

void Page::put_dmarc() {
  const check::DmarcFinding& dmarc = report_.dmarc;
  if (dmarc.record.empty()) {
    put_topic("DMARC", Topic::dmarc, fmt::format("{}: no policy", report_.author_domain));
    return;
  }
  put_topic("DMARC", Topic::dmarc, dmarc.record);
  line(dmarc.meaning);
  line(fmt::format("SPF aligned: {}; DKIM aligned: {}", report_.spf_aligned() ? "yes" : "no",
                   report_.dkim_aligned() ? "yes" : "no"));
  put_reports();
}

void Page::put_reports() {
  using mailauth::dmarc::ReportConsent;
  for (const check::ReportAddress& address : report_.dmarc.reports) {
    const ReportConsent consent = address.destination.consent;
    const bool agrees = consent == ReportConsent::given || consent == ReportConsent::not_needed;
    line(fmt::format("{} to {}{}", address.failures ? "failure reports" : "reports", address.uri,
                     consent == ReportConsent::given ? ", which agrees to that"
                     : agrees                        ? ""
                                                     : ", which has not agreed"));
  }
}

void Page::put_addresses() {
  bool first = true;
  for (const check::AddressFinding& address : report_.addresses) {
    const std::string name = address.reverse.confirmed.empty() ? "no name that leads back"
                                                               : fmt::format("{} and back", address.reverse.confirmed);
    const std::string text =
        fmt::format("{}: {}; SPF {}", address.ip.to_string(), name, mailauth::spf::name(address.spf.result));
    if (std::exchange(first, false)) {
      put_topic("Addresses", Topic::addresses, text);
    } else {
      line(text);
    }
  }
}

void Page::put_name_servers() {
  const check::ZoneFinding& zone = report_.zone;
  put_topic("Name servers", Topic::name_servers,
            fmt::format("zone {}", zone.servers.empty() ? "not found out"
                                   : zone.apex.empty()  ? "of the root"
                                                        : zone.apex));
  for (const check::NameServerFinding& server : zone.servers) {
    line(fmt::format("{:<32} {:<16} {}", server.name, server.address.empty() ? "no address" : server.address,
                     server.serial ? fmt::format("serial {}", *server.serial) : std::string(dns::name(server.status))));
  }
  const check::Provider& provider = report_.provider;
  if (provider.choices.empty()) return;
  line(fmt::format("at {}{}", provider.name(), provider.runs_all ? "" : ", and others"));
  for (const check::KnownProvider* choice : provider.choices) {
    if (!choice->help_url.empty()) line(fmt::format("adding records: {}", choice->help_url));
  }
}

void Page::put_optional() {
  const check::MtaStsFinding& sts = report_.mta_sts;
  if (!sts.record.empty()) {
    put_topic("MTA-STS", Topic::mta_sts,
              sts.policy ? fmt::format("mode {}, {} days, mx {}", name(sts.policy->mode),
                                       sts.policy->max_age_seconds / 86400, fmt::join(sts.policy->mx, ", "))
                         : fmt::format("{}; policy not fetched: {}", sts.record, sts.not_fetched));
  }
  const check::TlsRptFinding& rpt = report_.tls_rpt;
  if (!rpt.record.empty()) {
    put_topic("TLS-RPT", Topic::tls_rpt,
              rpt.parsed ? fmt::format("reports to {}", fmt::join(rpt.parsed->rua, ", ")) : rpt.record);
  }
  std::vector<std::string_view> absent;
  if (sts.record.empty()) absent.push_back("MTA-STS");
  if (rpt.record.empty()) absent.push_back("TLS-RPT");
  if (absent.empty()) return;
  put_topic("Optional", {"none", Colour::bold},
            fmt::format("{}: not published; about mail to the domain", fmt::join(absent, ", ")));
}

void Page::put_field(std::string_view label, std::string_view text) {
  constexpr std::size_t indent = 5 + 8;
  const auto lines = wrapped(harmless(text, 1500), columns_ > indent ? columns_ - indent : 40);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    text_ += fmt::format("     {:<8}{}\n", i == 0 ? label : "", lines[i]);
  }
}

void Page::put_problem(std::size_t number, const Problem& problem) {
  text_ +=
      fmt::format("\n {:>2}  {}\n", number, coloured(colour_of(problem.severity), harmless(problem.asked), colours_));
  put_field("found", problem.found);
  put_field("change", problem.change);
}

void Page::put_problems() {
  struct Part {
    Severity severity;
    std::string_view title;
  };
  std::size_t number = 0;
  for (const Part part : {Part{Severity::bad, "To put right"}, Part{Severity::unknown, "Could not be found out"},
                          Part{Severity::advice, "Could be better"}}) {
    bool first = true;
    for (const Problem& problem : report_.problems) {
      if (problem.severity != part.severity) continue;
      if (std::exchange(first, false)) text_ += "\n" + coloured(Colour::bold, part.title, colours_) + "\n";
      put_problem(++number, problem);
    }
  }
}

std::string Page::print() && {
  const int status = check_status(report_);
  text_ += coloured(status == exit_good       ? Colour::green
                    : status == exit_bad_news ? Colour::red
                                              : Colour::yellow,
                    harmless(report_.summary), colours_);
  text_ += "\n";
  if (report_.exists) {
    for (const std::string& part : wrapped(harmless(report_.decision), columns_)) text_ += part + "\n";
    text_ += "\n";
    put_mail_from();
    put_spf();
    put_dkim();
    put_dmarc();
    put_addresses();
    put_name_servers();
    put_optional();
  }
  put_problems();
  return std::move(text_);
}

}  // namespace

int check_status(const Report& report) {
  switch (report.verdict) {
    case check::Verdict::good: return exit_good;
    case check::Verdict::bad: return exit_bad_news;
    case check::Verdict::unknown: break;
  }
  return exit_unknown;
}

std::string check_page(const Report& report, bool colours, std::size_t columns) {
  return Page(report, colours, columns).print();
}

}  // namespace sesame::app
