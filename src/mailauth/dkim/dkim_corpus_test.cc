// Signed messages of others. Most of mail-dkim's predate RFC 4871 or use rsa-sha1 or short keys: those must not pass.
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <cstdio>
#include <sstream>

#include "base/testing/corpora.h"
#include "base/text.h"
#include "mailauth/dkim/sign.h"
#include "mailauth/dkim/verify.h"
#include "mailauth/testing/crlf.h"
#include "mailauth/testing/run.h"
#include "mailauth/testing/zone_resolver.h"

namespace sesame::mailauth::dkim {
namespace {

namespace json = boost::json;
namespace fs = std::filesystem;

// After every corpus message was written; before none of their x= but where a case gives a time.
constexpr std::int64_t default_time = 1528637909;

struct Tally {
  explicit Tally(std::string set) : name(std::move(set)) {}
  ~Tally() { std::printf("%s: %d passed, %d failed\n", name.c_str(), passed, failed); }
  void judge(const std::string& test, bool good, const std::string& detail) {
    good ? ++passed : ++failed;
    EXPECT_TRUE(good) << name << " " << test << ": " << detail;
  }
  std::string name;
  int passed = 0, failed = 0;
};

std::vector<SignatureResult> judge(testing::ZoneResolver& dns, const std::string& octets,
                                   std::int64_t time = default_time) {
  const auto parsed = message::parse_message(octets);
  return testing::run(verify(dns, parsed, from_unix_ms(time * 1000), net::after(std::chrono::hours(1))));
}

std::string describe(const std::vector<SignatureResult>& results) {
  std::string out;
  for (const auto& r : results) out += std::string(name(r.result)) + " " + r.domain + " (" + r.problem + ") ";
  return out.empty() ? "no signature" : out;
}

bool all_pass(const std::vector<SignatureResult>& results, std::size_t count) {
  return results.size() == count &&
         std::ranges::all_of(results, [](const auto& r) { return r.result == DkimResult::pass; });
}

json::object expectations(const fs::path& dir) { return json::parse(read_file(dir / "expected.json")).as_object(); }

// Lines of `name <blanks> TXT`; NXDOMAIN and ~~error~~ stand for look-ups that end so.
void load_mail_dkim_zone(const fs::path& file, testing::ZoneResolver& dns) {
  std::istringstream lines(read_file(file));
  for (std::string line; std::getline(lines, line);) {
    const std::size_t blank = line.find_first_of(" \t");
    if (line.starts_with('#') || blank == line.npos) continue;
    const std::string owner = line.substr(0, blank);
    const std::string value(trim(std::string_view(line).substr(blank)));
    if (value.starts_with("~~")) {
      dns.fail(owner, dns::RecordType::txt, dns::AnswerStatus::timeout);
    } else if (value != "NXDOMAIN") {
      dns.add_txt(owner, value == "\"\"" ? "" : value);
    }
  }
}

TEST(DkimCorpus, MailDkim) {
  const auto dir = find_corpus("dkim-mail-dkim");
  if (!dir) GTEST_SKIP();
  testing::ZoneResolver dns;
  load_mail_dkim_zone(*dir / "dns.txt", dns);
  Tally tally("dkim-mail-dkim");
  int too_old = 0;
  for (const auto& [file, expected] : expectations(*dir)) {
    const auto results = judge(dns, read_file(*dir / std::string(file)));
    const bool passed = std::ranges::any_of(results, [](const auto& r) { return r.result == DkimResult::pass; });
    const bool old = expected.as_object().contains("modern_rules");
    too_old += old && expected.at("result") == "pass";
    tally.judge(file, passed == (!old && expected.at("result") == "pass"), describe(results));
  }
  std::printf("dkim-mail-dkim: %d that passed once must not pass now (rsa-sha1, short keys, no v=1, DomainKeys)\n",
              too_old);
}

TEST(DkimCorpus, Dkimpy) {
  const auto dir = find_corpus("dkim-dkimpy");
  if (!dir) GTEST_SKIP();
  Tally tally("dkim-dkimpy");
  for (const auto& [file, value] : expectations(*dir)) {
    const json::object& expected = value.as_object();
    if (!expected.contains("signatures")) continue;
    testing::ZoneResolver dns;
    for (const auto& [owner, record] : expected.at("zone").as_object()) {
      const std::string text(record.as_string());
      constexpr std::string_view in_file = "content of ";
      dns.add_txt(owner, text.starts_with(in_file) ? trim(read_file(*dir / text.substr(in_file.size()))) : text);
    }
    std::string octets = read_file(*dir / std::string(file));
    if (expected.at("lf_to_crlf").as_bool()) octets = testing::with_crlf(octets);
    const auto results = judge(dns, octets);
    tally.judge(file, all_pass(results, expected.at("signatures").as_array().size()), describe(results));
  }
}

// "-----BEGIN ..." and "-----END ..." lines removed.
std::string without_pem_lines(const std::string& text) {
  std::istringstream lines(text);
  std::string out;
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("-----")) out += line;
  }
  return out;
}

TEST(DkimCorpus, DkimpyMessagesSignedHere) {
  const auto dir = find_corpus("dkim-dkimpy");
  if (!dir) GTEST_SKIP();
  Tally tally("dkim-dkimpy, signed here");
  const auto key = SigningKey::import_base64(without_pem_lines(read_file(*dir / "test.private")));
  ASSERT_TRUE(key);
  const SignOptions options{
      .signing_domain = "example.com", .selector = "test", .key = &*key, .time = from_unix_ms(default_time * 1000)};
  const auto file = [&](const char* name) { return testing::with_crlf(read_file(*dir / name)); };
  EXPECT_EQ(sign(file("test_nofrom.message"), options).error(), SignError::no_from_field);
  for (const char* name : {"test.message", "message.mbox", "rfc6376.msg", "test_extra.message"}) {
    const std::string message = file(name);
    const auto field = sign(message, options);
    ASSERT_TRUE(field) << name;
    for (const char* record : {"test.txt", "test2.txt", "badversion.txt", "badk.txt", "test_bad.txt"}) {
      testing::ZoneResolver dns;
      dns.add_txt("test._domainkey.example.com", trim(read_file(*dir / record)));
      const auto results = judge(dns, *field + message);
      const bool good_record = std::string_view(record) == "test.txt" || std::string_view(record) == "test2.txt";
      const bool passed = !results.empty() && results[0].result == DkimResult::pass;
      tally.judge(std::string(name) + " with " + record, passed == good_record, describe(results));
    }
  }
}

TEST(DkimCorpus, Stalwart) {
  const auto dir = find_corpus("dkim-stalwart");
  if (!dir) GTEST_SKIP();
  Tally tally("dkim-stalwart");
  for (const auto& [file, expected] : expectations(*dir)) {
    const std::string octets = testing::with_crlf(read_file(*dir / std::string(file)));
    const std::size_t end = octets.find("\r\n\r\n");
    testing::ZoneResolver dns;
    std::istringstream lines(octets.substr(0, end));
    for (std::string line; std::getline(lines, line);) {
      const std::size_t blank = line.find(' ');
      if (blank != line.npos) dns.add_txt(line.substr(0, blank), trim(std::string_view(line).substr(blank)));
    }
    const auto results = judge(dns, octets.substr(end + 4), expected.at("time").as_int64());
    tally.judge(file, !results.empty() && results.back().result == DkimResult::pass, describe(results));
  }
}

TEST(DkimCorpus, MimeKit) {
  const auto dir = find_corpus("dkim-mimekit");
  if (!dir) GTEST_SKIP();
  Tally tally("dkim-mimekit");
  for (const auto& [file, value] : expectations(*dir)) {
    const json::object& expected = value.as_object();
    testing::ZoneResolver dns;
    if (const auto* keys = expected.if_contains("keys")) {
      for (const auto& [owner, record] : keys->as_object()) dns.add_txt(owner, std::string(record.as_string()));
    } else {
      dns.add_txt("20120113._domainkey.gmail.com", "v=DKIM1; p=" + without_pem_lines(read_file(*dir / "gmail.pub")));
    }
    const auto results = judge(dns, testing::with_crlf(read_file(*dir / std::string(file))));
    const bool good = expected.contains("signatures") ? all_pass(results, expected.at("signatures").as_array().size())
                                                      : !results.empty() && results[0].result == DkimResult::pass;
    tally.judge(file, good, describe(results));
  }
}

TEST(DkimCorpus, Rfc8463Example) {
  const auto dir = find_corpus("dkim-mailauth");
  if (!dir) GTEST_SKIP();
  Tally tally("dkim-mailauth/rfc8463");
  testing::ZoneResolver dns;
  for (const auto& [owner, types] : json::parse(read_file(*dir / "rfc8463/dns.json")).as_object()) {
    for (const auto& strings : types.at("TXT").as_array()) {
      dns::Txt txt;
      for (const auto& string : strings.as_array()) txt.strings.emplace_back(string.as_string());
      dns.add(owner, dns::RecordType::txt, txt);
    }
  }
  const auto results = judge(dns, testing::with_crlf(read_file(*dir / "rfc8463/signed.eml")));
  tally.judge("signed.eml", all_pass(results, 2), describe(results));
}

}  // namespace
}  // namespace sesame::mailauth::dkim
