// The SPF suites of others: openspf's (RFC 7208 and RFC 4408), pyspf's, blitiri's and stalwart's.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <boost/asio/ip/address.hpp>
#include <set>
#include <sstream>

#include "base/testing/corpora.h"
#include "base/text.h"
#include "dns/name.h"
#include "mailauth/spf/check_host.h"
#include "mailauth/testing/run.h"
#include "mailauth/testing/zone_resolver.h"

namespace sesame::mailauth::spf {
namespace {

struct Exception {
  std::string_view suite, test, why;
};

#include "mailauth/spf/spf_suite_exceptions.inc"

const Exception* exception_for(std::string_view suite, std::string_view test) {
  const auto found = std::ranges::find_if(exceptions, [&](auto& e) { return e.suite == suite && e.test == test; });
  return found == std::end(exceptions) ? nullptr : &*found;
}

struct Tally {
  int passed = 0, failed = 0, listed = 0;
  void judge(std::string_view suite, const std::string& test, bool good, const std::string& detail) {
    const Exception* exception = exception_for(suite, test);
    if (good) {
      ++passed;
      EXPECT_EQ(exception, nullptr) << suite << " " << test << " is listed as an exception and passes";
    } else if (exception != nullptr) {
      ++listed;
    } else {
      ++failed;
      ADD_FAILURE() << suite << " " << test << ": " << detail;
    }
  }
  void print(std::string_view suite) const {
    std::printf("%.*s: %d passed, %d failed, %d listed exceptions\n", static_cast<int>(suite.size()), suite.data(),
                passed, failed, listed);
  }
};

dns::RecordData record_data(dns::RecordType type, const YAML::Node& value) {
  const auto text = [&] { return value.as<std::string>(); };
  switch (type) {
    case dns::RecordType::a: return dns::A{text()};
    case dns::RecordType::aaaa: return dns::Aaaa{text()};
    case dns::RecordType::ptr: return dns::Ptr{dns::canonical(text())};
    case dns::RecordType::cname: return dns::Cname{dns::canonical(text())};
    case dns::RecordType::mx: return dns::Mx{value[0].as<std::uint16_t>(), dns::canonical(value[1].as<std::string>())};
    default: return dns::Txt{value.IsSequence() ? value.as<std::vector<std::string>>() : std::vector{text()}};
  }
}

// One name's records. TIMEOUT or SERVFAIL answers for every type that is not given. SPF stands for TXT too unless TXT
// is given.
void add_records(testing::ZoneResolver& dns, const std::string& name, const YAML::Node& records) {
  bool timeout = false, servfail = false, txt_given = false;
  std::set<dns::RecordType> given;
  for (const auto& record : records) {
    if (record.IsScalar()) timeout |= record.as<std::string>() == "TIMEOUT";
    if (record.IsMap() && record["TXT"]) txt_given = true;
  }
  for (const auto& record : records) {
    if (!record.IsMap()) continue;
    const std::string type = record.begin()->first.as<std::string>();
    const YAML::Node value = record.begin()->second;
    if (value.IsScalar() && value.as<std::string>() == "NONE") continue;
    if (type == "TIMEOUT" || type == "SERVFAIL") {
      timeout |= type == "TIMEOUT";
      servfail |= type == "SERVFAIL";
      continue;
    }
    const auto record_type = dns::parse_record_type(type == "SPF" ? "TXT" : type);
    ASSERT_TRUE(record_type) << type;
    if (value.IsScalar() && value.as<std::string>() == "TIMEOUT") {
      dns.fail(name, *record_type, dns::AnswerStatus::timeout);
      continue;
    }
    if (type == "SPF" && txt_given) continue;
    given.insert(*record_type);
    dns.add(name, *record_type, record_data(*record_type, value));
  }
  if (!timeout && !servfail) return;
  const auto status = timeout ? dns::AnswerStatus::timeout : dns::AnswerStatus::servfail;
  for (const auto type :
       {dns::RecordType::a, dns::RecordType::aaaa, dns::RecordType::mx, dns::RecordType::txt, dns::RecordType::ptr}) {
    if (!given.contains(type)) dns.fail(name, type, status);
  }
}

SpfQuery query(const std::string& ip, const std::string& helo, const std::string& mail_from) {
  SpfQuery query;
  query.ip = boost::asio::ip::make_address(ip);
  query.helo = helo;
  const std::size_t at = mail_from.rfind('@');
  if (at == mail_from.npos) {
    query.mail_from_domain = mail_from;
  } else {
    query.mail_from_local_part = mail_from.substr(0, at);
    query.mail_from_domain = mail_from.substr(at + 1);
  }
  return query;
}

bool accepts(const YAML::Node& expected, std::string_view found) {
  if (expected.IsScalar()) return ascii_iequals(expected.as<std::string>(), found);
  return std::ranges::any_of(expected.begin(), expected.end(),
                             [&](const auto& one) { return ascii_iequals(one.template as<std::string>(), found); });
}

void run_case(std::string_view suite, dns::Resolver& dns, const std::string& test, const YAML::Node& node,
              const std::string& default_explanation, Tally& tally) {
  const auto text = [&](const char* key) { return node[key] ? node[key].as<std::string>() : std::string(); };
  const SpfOutcome outcome = testing::run(
      check_host(dns, query(text("host"), text("helo"), text("mailfrom")), net::after(std::chrono::hours(1))));
  bool good = accepts(node["result"], name(outcome.result));
  if (node["explanation"]) {
    const std::string expected = node["explanation"].as<std::string>();
    good = good && (outcome.explanation.empty() ? default_explanation : outcome.explanation) == expected;
  }
  tally.judge(suite, test, good,
              std::string(name(outcome.result)) + " (" + outcome.problem + ") '" + outcome.explanation +
                  "', expected " + YAML::Dump(node["result"]) + " " + text("explanation"));
}

void run_suite(std::string_view set, const std::string& file) {
  const auto dir = find_corpus(set);
  if (!dir) GTEST_SKIP();
  Tally tally;
  for (const auto& document : YAML::LoadAllFromFile(*dir / file)) {
    if (!document["tests"]) continue;
    testing::ZoneResolver dns;
    for (const auto& entry : document["zonedata"]) add_records(dns, entry.first.as<std::string>(), entry.second);
    for (const auto& entry : document["tests"])
      run_case(file, dns, entry.first.as<std::string>(), entry.second, "DEFAULT", tally);
  }
  tally.print(file);
}

TEST(SpfSuite, OpenspfRfc7208) { run_suite("spf-openspf", "rfc7208-tests.yml"); }
TEST(SpfSuite, OpenspfRfc7208Of2014) { run_suite("spf-openspf", "rfc7208-tests-2014-05.yml"); }
TEST(SpfSuite, OpenspfRfc4408) { run_suite("spf-openspf", "rfc4408-tests.yml"); }
TEST(SpfSuite, Pyspf) { run_suite("spf-extra", "pyspf-tests.yml"); }
TEST(SpfSuite, Blitiri) { run_suite("spf-extra", "blitirispf-tests.yml"); }

std::string strip(std::string_view text) { return std::string(trim(text)); }

void add_address(testing::ZoneResolver& dns, const std::string& owner, const std::string& address) {
  if (address.find(':') == address.npos) {
    dns.add(owner, dns::RecordType::a, dns::A{address});
  } else {
    dns.add(owner, dns::RecordType::aaaa, dns::Aaaa{address});
  }
}

// An mx line gives the addresses of the hosts and leaves out their names.
void add_stalwart_record(testing::ZoneResolver& dns, const std::string& kind, const std::string& rest) {
  const std::size_t blank = rest.find(' ');
  const std::string owner = rest.substr(0, blank);
  const std::string value = blank == rest.npos ? "" : strip(rest.substr(blank));
  if (kind == "spf" || kind == "exp" || kind == "txt") {
    dns.add_txt(owner, value);
    return;
  }
  int host = 0;
  for (const auto item : split(value, ',')) {
    if (kind == "a") {
      add_address(dns, owner, strip(item));
    } else if (kind == "mx") {
      const std::string name = "host" + std::to_string(++host) + "." + owner;
      dns.add(owner, dns::RecordType::mx, dns::Mx{10, name});
      add_address(dns, name, strip(item));
    } else if (kind == "ptr") {
      const auto octets = boost::asio::ip::make_address_v4(owner).to_bytes();
      const std::string name = fmt::format("{}.{}.{}.{}.in-addr.arpa", octets[3], octets[2], octets[1], octets[0]);
      dns.add(name, dns::RecordType::ptr, dns::Ptr{dns::canonical(strip(item))});
    } else {
      FAIL() << "unknown kind of record " << kind;
    }
  }
}

// `domain` is the HELO, checked first; the MAIL FROM identity decides unless HELO failed. No sender: the domain alone.
SpfOutcome check_stalwart(testing::ZoneResolver& dns, std::map<std::string, std::string>& test) {
  const net::Deadline deadline = net::after(std::chrono::hours(1));
  SpfQuery asked = query(test["ip"], test["domain"], test["sender"]);
  if (asked.mail_from_domain.empty()) asked.mail_from_domain = test["domain"];
  if (asked.mail_from_domain != test["domain"]) {
    SpfOutcome helo = testing::run(check_helo(dns, asked, deadline));
    if (helo.result == SpfResult::fail) return helo;
  }
  return testing::run(check_host(dns, asked, deadline));
}

// A file is read as a run of settings: documents by "---", `type: name value` lines for records (kept for the document
// in its `records` section, for one "- name:" entry elsewhere), and each `expect` asks with what is set by then.
class StalwartFile {
 public:
  explicit StalwartFile(std::string file) : file_(std::move(file)) {}

  void run(const std::string& text) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) take(line);
    tally_.print("spf-stalwart/" + file_);
  }

 private:
  void take(const std::string& line) {
    if (line.starts_with("---")) start_document();
    const std::size_t colon = line.find(':');
    if (line.starts_with("#") || line.starts_with("---") || colon == line.npos) return;
    std::string key = strip(line.substr(0, colon));
    const std::string value = strip(line.substr(colon + 1));
    if (key == "- name") {
      dns_ = document_dns_;
      section_ = "tests";
    }
    if (key.starts_with("- ")) key = key.substr(2);
    if (key == "name") title_ = value;
    if (line[0] != ' ') {
      section_ = key;
    } else if (key == "spf" || key == "exp" || key == "txt" || key == "a" || key == "mx" || key == "ptr") {
      add_stalwart_record(dns_, key, value);
      if (section_ == "records") document_dns_ = dns_;
    } else if (key == "expect") {
      expect(value);
    } else {
      settings_[key] = value;
    }
  }

  void start_document() {
    document_dns_ = {};
    for (const std::string_view name : {"_dns_error.org", "_dns_error.test.org"})
      document_dns_.fail(name, dns::RecordType::txt, dns::AnswerStatus::servfail);
    dns_ = document_dns_;
    settings_.clear();
  }

  void expect(const std::string& value) {
    const SpfOutcome outcome = check_stalwart(dns_, settings_);
    const std::size_t blank = std::min(value.find(' '), value.size());
    const std::string explanation = strip(value.substr(blank));
    const bool good =
        value.substr(0, blank) == name(outcome.result) && (explanation.empty() || explanation == outcome.explanation);
    tally_.judge(file_, title_ + ": " + settings_["domain"] + " from " + settings_["ip"], good,
                 std::string(name(outcome.result)) + " (" + outcome.problem + ") '" + outcome.explanation +
                     "', expected " + value);
  }

  std::string file_, title_, section_;
  testing::ZoneResolver document_dns_, dns_;
  std::map<std::string, std::string> settings_;
  Tally tally_;
};

TEST(SpfSuite, Stalwart) {
  const auto dir = find_corpus("spf-stalwart");
  if (!dir) GTEST_SKIP();
  for (const std::string file : {"basic.yml", "examples.yml", "include.yml", "ip.yml", "mx.yml", "redirect.yml"})
    StalwartFile(file).run("---\n" + read_file(*dir / file));
}

}  // namespace
}  // namespace sesame::mailauth::spf
