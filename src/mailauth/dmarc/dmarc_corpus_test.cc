// DMARC cases of others (corpora/dmarc-cases). Where they follow RFC 7489 and RFC 9989 changed the answer, they are
// listed.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <cstdio>

#include "base/testing/corpora.h"
#include "base/text.h"
#include "dns/name.h"
#include "mailauth/dmarc/evaluate.h"
#include "mailauth/dmarc/report_destination.h"
#include "mailauth/dmarc/tree_walk.h"
#include "mailauth/testing/run.h"
#include "mailauth/testing/zone_resolver.h"
#include "mailauth/verdict/author_domain.h"

namespace sesame::mailauth::dmarc {
namespace {

namespace json = boost::json;

struct Exception {
  std::string_view file, test, why;
};

#include "mailauth/dmarc/dmarc_corpus_exceptions.inc"

class Tally {
 public:
  explicit Tally(std::string file) : file_(std::move(file)) {}
  ~Tally() {
    std::printf("dmarc-cases/%s: %d passed, %d failed, %d listed exceptions\n", file_.c_str(), passed_, failed_,
                listed_);
  }
  void judge(const std::string& test, bool good, const std::string& detail) {
    const bool listed =
        std::ranges::any_of(exceptions, [&](const Exception& e) { return e.file == file_ && test.ends_with(e.test); });
    EXPECT_FALSE(good && listed) << file_ << ": " << test << " is listed as an exception and passes";
    if (good) {
      ++passed_;
    } else if (listed) {
      ++listed_;
    } else {
      ++failed_;
      ADD_FAILURE() << file_ << ": " << test << ": " << detail;
    }
  }

 private:
  std::string file_;
  int passed_ = 0, failed_ = 0, listed_ = 0;
};

json::array load(const std::filesystem::path& dir, const char* file) {
  return json::parse(read_file(dir / file)).as_array();
}

std::string text(const json::value& value) { return std::string(value.as_string()); }

net::Deadline later() { return net::after(std::chrono::hours(1)); }

spf::SpfOutcome spf_outcome(std::string domain, std::string_view result) {
  spf::SpfOutcome outcome;
  outcome.domain = std::move(domain);
  for (const auto value : {spf::SpfResult::pass, spf::SpfResult::fail, spf::SpfResult::temperror}) {
    if (spf::name(value) == result) outcome.result = value;
  }
  return outcome;
}

dkim::SignatureResult signature(std::string domain, std::string_view result) {
  dkim::SignatureResult signature;
  signature.domain = std::move(domain);
  signature.result = dkim::DkimResult::fail;
  if (result == "pass") signature.result = dkim::DkimResult::pass;
  if (result == "temperror") signature.result = dkim::DkimResult::temperror;
  return signature;
}

std::string describe(const DmarcOutcome& outcome) {
  return fmt::format("{} author={} at={} org={} policy={} disposition={} spf={} dkim={} ({})", name(outcome.result),
                     outcome.author_domain, outcome.policy_domain, outcome.organizational_domain, name(outcome.policy),
                     name(outcome.disposition), outcome.spf_aligned, outcome.dkim_aligned, outcome.problem);
}

std::string domain_of(const std::string& from) { return from.substr(from.find('@') + 1); }

TEST(DmarcCorpus, Records) {
  const auto dir = find_corpus("dmarc-cases");
  if (!dir) GTEST_SKIP();
  Tally tally("records.json");
  for (const auto& entry : load(*dir, "records.json")) {
    const auto& expected = entry.as_object();
    const std::string txt = text(expected.at("record"));
    const auto record = parse_record(txt);
    const bool valid = record && record->p;
    bool good = valid == expected.at("valid").as_bool();
    const auto same_policy = [&](const char* key, std::optional<Policy> found) {
      const auto* value = expected.if_contains(key);
      return value == nullptr || (found && name(*found) == text(*value));
    };
    if (good && valid) {
      good = same_policy("p", record->p) && same_policy("sp", record->for_existing_subdomain()) &&
             same_policy("np", record->for_nonexistent_subdomain());
      if (const auto* adkim = expected.if_contains("adkim"))
        good = good && (text(*adkim) == "s") == (record->adkim == Alignment::strict);
      if (const auto* aspf = expected.if_contains("aspf"))
        good = good && (text(*aspf) == "s") == (record->aspf == Alignment::strict);
      if (const auto* rua = expected.if_contains("rua")) good = good && rua->as_array().size() == record->rua.size();
      if (const auto* t = expected.if_contains("t")) good = good && t->as_bool() == record->testing;
      if (expected.contains("psd")) good = good && record->psd == PublicSuffix::yes;
    }
    tally.judge(txt, good, valid ? "accepted" : "refused");
  }
}

void check_evaluation(const json::object& test, Tally& tally) {
  testing::ZoneResolver dns;
  for (const auto& [name, txt] : test.at("txt").as_object()) dns.add_txt(name, text(txt));
  if (const auto* names = test.if_contains("a_records")) {
    for (const auto& name : names->as_array()) dns.add(text(name), dns::RecordType::a, dns::A{"192.0.2.1"});
  }
  spf::SpfOutcome spf;
  if (test.at("spf").is_array()) spf = spf_outcome(text(test.at("spf").at(0)), text(test.at("spf").at(1)));
  std::vector<dkim::SignatureResult> dkim;
  for (const auto& pair : test.at("dkim").as_array()) dkim.push_back(signature(text(pair.at(0)), text(pair.at(1))));
  const DmarcOutcome outcome =
      testing::run(evaluate(dns, {domain_of(text(test.at("header_from")))}, spf, dkim, later()));
  const auto aligned = [](const json::value& value) { return value.is_bool() ? value.as_bool() : value == "pass"; };
  bool good = true;
  for (const auto& [key, value] : test.at("expect").as_object()) {
    if (key == "spf_aligned") good = good && aligned(value) == outcome.spf_aligned;
    if (key == "dkim_aligned") good = good && aligned(value) == outcome.dkim_aligned;
    if (key == "policy") good = good && text(value) == name(outcome.policy);
    if (key == "status") good = good && text(value) == name(outcome.result);
    if (key == "reject") good = good && value.as_bool() == (outcome.disposition == Policy::reject);
    if (key == "apply_policy" || key == "record_found")
      good = good && value.as_bool() == !outcome.policy_domain.empty();
    if (key == "domain" && !outcome.policy_domain.empty()) good = good && text(value) == outcome.policy_domain;
  }
  tally.judge(text(test.at("name")), good, describe(outcome));
}

TEST(DmarcCorpus, Evaluation) {
  const auto dir = find_corpus("dmarc-cases");
  if (!dir) GTEST_SKIP();
  Tally tally("evaluation.json");
  for (const auto& test : load(*dir, "evaluation.json")) check_evaluation(test.as_object(), tally);
}

void add_zone(const json::object& zone, testing::ZoneResolver& dns) {
  for (const auto& [name, types] : zone) {
    for (const auto& strings : types.at("TXT").as_array()) {
      dns::Txt txt;
      for (const auto& string : strings.as_array()) txt.strings.push_back(text(string));
      dns.add(name, dns::RecordType::txt, txt);
    }
  }
}

// What mailauth's result object calls a thing, from our outcome; null for what it has not.
json::value result_at(std::string_view path, const DmarcOutcome& outcome, const testing::ZoneResolver& dns) {
  const auto aligned_domain = [&](bool aligned) { return aligned ? json::value("aligned") : json::value(); };
  if (path == "status.result") return json::string(name(outcome.result));
  if (path == "status.header.from") return json::string(outcome.author_domain);
  if (path == "status.header.d") return json::string(outcome.organizational_domain);
  if (path == "domain") return json::string(outcome.organizational_domain);
  if (path == "p") return json::string(name(outcome.policy));
  // mailauth reports the policy t= leaves.
  if (path == "policy")
    return json::string(name(outcome.disposition != Policy::none ? outcome.disposition : outcome.policy));
  if (path == "alignment.spf.result") return aligned_domain(outcome.spf_aligned);
  if (path == "alignment.dkim.result") return aligned_domain(outcome.dkim_aligned);
  if (path == "dmarc_txt_queries_in_order") {
    json::array asked;
    for (const auto& name : dns.asked()) asked.emplace_back(name);
    return asked;
  }
  return nullptr;
}

void check_mailauth(const json::object& test, Tally& tally) {
  testing::ZoneResolver dns;
  add_zone(test.at("zone").as_object(), dns);
  const auto& input = test.at("input").as_object();
  spf::SpfOutcome spf;
  for (const auto& one : input.at("spfDomains").as_array()) spf = spf_outcome(text(one.at("domain")), "pass");
  std::vector<dkim::SignatureResult> dkim;
  for (const auto& one : input.at("dkimDomains").as_array()) dkim.push_back(signature(text(one.at("domain")), "pass"));
  const DmarcOutcome outcome =
      testing::run(evaluate(dns, {domain_of(text(input.at("headerFrom")))}, spf, dkim, later()));
  bool good = true;
  for (const auto& expectation : test.at("expect").as_array()) {
    const std::string path = text(expectation.at("path"));
    const std::string op = text(expectation.at("op"));
    const json::value found = result_at(path, outcome, dns);
    if (op == "is not ok" || op == "is undefined") {
      good = good && found.is_null();
    } else if (op == "equal" && path.starts_with("alignment.") && path.ends_with(".result")) {
      good = good && !found.is_null();
    } else if (op == "equal") {
      good = good && found == expectation.at("value");
    } else if (op == "include") {
      good = false;
    }  // "is true" and "is false" of the strict flags are inputs of ours, not results
  }
  tally.judge(text(test.at("name")), good, describe(outcome));
}

TEST(DmarcCorpus, Rfc9989OfMailauth) {
  const auto dir = find_corpus("dmarc-cases");
  if (!dir) GTEST_SKIP();
  Tally tally("rfc9989-mailauth.json");
  for (const auto& test : load(*dir, "rfc9989-mailauth.json")) check_mailauth(test.as_object(), tally);
}

TEST(DmarcCorpus, VerifyOfMailauth) {
  const auto dir = find_corpus("dmarc-cases");
  if (!dir) GTEST_SKIP();
  Tally tally("verify-mailauth.json");
  for (const auto& test : load(*dir, "verify-mailauth.json")) check_mailauth(test.as_object(), tally);
}

// The record a walk from `domain` would apply: its own, its organizational domain's or its suffix's.
const DmarcRecord* applying(const TreeWalk& walk) {
  const WalkStep* step = walk.at(walk.start);
  if (step == nullptr) step = walk.at(walk.organizational_domain());
  return step == nullptr ? nullptr : &step->record;
}

TEST(DmarcCorpus, RecordLookupOfMailauth) {
  const auto dir = find_corpus("dmarc-cases");
  if (!dir) GTEST_SKIP();
  Tally tally("record-lookup-mailauth.json");
  for (const auto& test : load(*dir, "record-lookup-mailauth.json")) {
    testing::ZoneResolver dns;
    add_zone(test.at("zone").as_object(), dns);
    TreeWalker walker(dns, later());
    const TreeWalk walk = testing::run(walker.walk(text(test.at("input").at("domain"))));
    const DmarcRecord* record = applying(walk);
    bool good = true;
    for (const auto& expectation : test.at("expect").as_array()) {
      const std::string path = text(expectation.at("path"));
      if (path == "(result)") good = good && (text(expectation.at("op")) == "is false") == (record == nullptr);
      if (path == "p") good = good && record != nullptr && name(*record->p) == text(expectation.at("value"));
      if (path == "sp") good = good && name(*record->sp) == text(expectation.at("value"));
      if (path == "adkim") good = good && (record->adkim == Alignment::strict) == (expectation.at("value") == "s");
      if (path == "isOrgRecord")
        good = good && (walk.at(walk.start) == nullptr) == (text(expectation.at("op")) == "is true");
    }
    tally.judge(text(test.at("name")), good, record == nullptr ? "no record" : "a record");
  }
}

TEST(DmarcCorpus, LookupOfMox) {
  const auto dir = find_corpus("dmarc-cases");
  if (!dir) GTEST_SKIP();
  Tally tally("lookup.json");
  for (const auto& test : load(*dir, "lookup.json")) {
    testing::ZoneResolver dns;
    for (const auto& [name, records] : test.at("zone").as_object()) {
      if (records.is_object()) dns.fail(name, dns::RecordType::txt, dns::AnswerStatus::servfail);
      if (!records.is_array()) continue;
      for (const auto& record : records.as_array()) dns.add_txt(name, text(record));
    }
    TreeWalker walker(dns, later());
    const TreeWalk walk = testing::run(walker.walk(text(test.at("lookup"))));
    const auto& expected = test.at("expect").as_object();
    const bool found = applying(walk) != nullptr;
    const bool good = found == expected.at("record_found").as_bool() &&
                      walk.temperror == (expected.at("status") == "temperror") &&
                      (!found || walk.organizational_domain() == text(expected.at("domain")));
    tally.judge(text(test.at("lookup")), good, walk.problem);
  }
}

void load_mail_dmarc_zone(const std::filesystem::path& dir, testing::ZoneResolver& dns) {
  for (const auto& entry : load(dir, "mail-dmarc-zone.json")) {
    const std::string line = text(entry);
    const auto words = split(line, ' ');
    const auto type = dns::parse_record_type(words[2]);
    ASSERT_TRUE(type) << line;
    const std::string data = line.substr(words[0].size() + words[1].size() + words[2].size() + 3);
    dns.add(words[0], *type, std::get<dns::RecordData>(dns::parse_record_data(*type, data)));
  }
}

TEST(DmarcCorpus, MailDmarc) {
  const auto dir = find_corpus("dmarc-cases");
  if (!dir) GTEST_SKIP();
  testing::ZoneResolver dns;
  load_mail_dmarc_zone(*dir, dns);
  Tally tally("mail-dmarc.json");
  int other = 0;
  for (const auto& test : load(*dir, "mail-dmarc.json")) {
    const std::string check = text(test.at("check"));
    if (check == "organizational_domain") {
      TreeWalker walker(dns, later());
      const TreeWalk walk = testing::run(walker.walk(text(test.at("domain"))));
      tally.judge(text(test.at("domain")), walk.organizational_domain() == text(test.at("expect")),
                  walk.organizational_domain());
    } else if (check == "disposition") {
      const auto spf = spf_outcome(text(test.at("spf").at(0)), text(test.at("spf").at(1)));
      const DmarcOutcome outcome = testing::run(evaluate(dns, {text(test.at("header_from"))}, spf, {}, later()));
      tally.judge(text(test.at("header_from")), name(outcome.disposition) == text(test.at("expect")),
                  describe(outcome));
    } else if (check == "external_report_allowed") {
      const ReportDestination destination = testing::run(
          check_report_destination(dns, text(test.at("domain")), "mailto:d@" + text(test.at("destination")), later()));
      tally.judge(text(test.at("domain")), (destination.consent == ReportConsent::given) == test.at("expect").as_bool(),
                  destination.problem);
    } else {
      ++other;  // about the public suffix list, which RFC 9989 no longer uses
    }
  }
  std::printf("dmarc-cases/mail-dmarc.json: %d cases are not about evaluation\n", other);
}

TEST(DmarcCorpus, AlignmentOfOpenDmarc) {
  const auto dir = find_corpus("dmarc-cases");
  if (!dir) GTEST_SKIP();
  Tally tally("alignment-opendmarc.json");
  for (const auto& test : load(*dir, "alignment-opendmarc.json")) {
    const std::string author = dns::canonical(text(test.at("a")));
    const std::string mode = text(test.at("mode")).substr(0, 1);
    testing::ZoneResolver dns;
    // OpenDMARC takes organizational domains from a list of suffixes; here they publish a record.
    std::string_view organization = author;
    while (dns::label_count(organization) > 2) organization = dns::parent(organization);
    dns.add_txt("_dmarc." + std::string(organization), "v=DMARC1; p=none; aspf=" + mode);
    const auto spf = spf_outcome(text(test.at("b")), "pass");
    const DmarcOutcome outcome = testing::run(evaluate(dns, {author}, spf, {}, later()));
    tally.judge(text(test.at("a")) + " and " + text(test.at("b")), outcome.spf_aligned == test.at("aligned").as_bool(),
                describe(outcome));
  }
}

TEST(DmarcCorpus, FromDomain) {
  const auto dir = find_corpus("dmarc-cases");
  if (!dir) GTEST_SKIP();
  Tally tally("from-domain.json");
  for (const auto& test : load(*dir, "from-domain.json")) {
    const AuthorDomains authors = author_domains_of(text(test.at("header_from")));
    const bool good = test.at("domain").is_null()
                          ? authors.domains.size() != 1
                          : authors.domains == std::vector<std::string>{text(test.at("domain"))};
    tally.judge(text(test.at("header_from")), good, fmt::format("{}", fmt::join(authors.domains, " ")));
  }
}

}  // namespace
}  // namespace sesame::mailauth::dmarc
