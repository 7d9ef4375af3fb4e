// Chains of others: ValiMail's ARC suite (written for drafts of RFC 8617) and stalwart's messages with their keys.
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <boost/json.hpp>
#include <cstdio>
#include <sstream>

#include "base/testing/corpora.h"
#include "base/text.h"
#include "mailauth/arc/verify.h"
#include "mailauth/testing/crlf.h"
#include "mailauth/testing/run.h"
#include "mailauth/testing/zone_resolver.h"

namespace sesame::mailauth::arc {
namespace {

struct Exception {
  std::string_view test, why;
};

#include "mailauth/arc/arc_corpus_exceptions.inc"

bool is_exception(std::string_view test) {
  return std::ranges::any_of(exceptions, [&](const Exception& e) { return e.test == test; });
}

struct Tally {
  explicit Tally(const char* set) : name(set) {}
  ~Tally() { std::printf("%s: %d passed, %d failed, %d listed exceptions\n", name, passed, failed, listed); }
  void judge(const std::string& test, const std::string& expected, const ArcOutcome& outcome) {
    const bool good = arc::name(outcome.result) == expected;
    const bool is_listed = is_exception(test);
    (good ? passed : is_listed ? listed : failed) += 1;
    EXPECT_NE(good, is_listed) << name << " " << test << ": " << arc::name(outcome.result) << " (" << outcome.problem
                               << "), expected " << (is_listed ? "an exception" : expected);
  }
  const char* name;
  int passed = 0, failed = 0, listed = 0;
};

ArcOutcome judge(testing::ZoneResolver& dns, const std::string& octets, std::int64_t time = 1700000000) {
  const auto parsed = message::parse_message(octets);
  return testing::run(verify(dns, parsed, from_unix_ms(time * 1000), net::after(std::chrono::hours(1))));
}

TEST(ArcCorpus, ValiMail) {
  const auto dir = find_corpus("arc-valimail");
  if (!dir) GTEST_SKIP();
  Tally tally("arc-valimail");
  for (const YAML::Node& document : YAML::LoadAllFromFile(*dir / "arc-draft-validation-tests.yml")) {
    if (!document.IsMap()) continue;
    testing::ZoneResolver dns;
    for (const auto& record : document["txt-records"])
      dns.add_txt(record.first.as<std::string>(), record.second.as<std::string>());
    for (const auto& test : document["tests"]) {
      const YAML::Node& cv = test.second["cv"];
      const std::string expected = cv.IsNull() ? "" : ascii_lower(cv.as<std::string>());
      const std::string octets = testing::with_crlf(test.second["message"].as<std::string>());
      tally.judge(test.first.as<std::string>(), expected, judge(dns, octets));
    }
  }
  EXPECT_EQ(tally.passed + tally.failed + tally.listed, 175);  // 171 names, four of which stand there twice
}

// DNS records, an empty line, the message.
TEST(ArcCorpus, Stalwart) {
  const auto dir = find_corpus("arc-stalwart");
  if (!dir) GTEST_SKIP();
  Tally tally("arc-stalwart");
  for (const auto& [file, expected] : boost::json::parse(read_file(*dir / "expected.json")).as_object()) {
    const std::string octets = testing::with_crlf(read_file(*dir / std::string(file)));
    const std::size_t end = octets.find("\r\n\r\n");
    testing::ZoneResolver dns;
    std::istringstream lines(octets.substr(0, end));
    for (std::string line; std::getline(lines, line);) {
      const std::size_t blank = line.find(' ');
      if (blank != line.npos) dns.add_txt(line.substr(0, blank), trim(std::string_view(line).substr(blank)));
    }
    tally.judge(file, std::string(expected.at("arc").as_string()), judge(dns, octets.substr(end + 4)));
  }
}

}  // namespace
}  // namespace sesame::mailauth::arc
