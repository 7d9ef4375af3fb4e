// Every case of the address corpora is decided: either as the corpus says, or by a line in a table here with the
// section that decides otherwise. An entry of a table that no longer disagrees fails too.

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <map>
#include <set>

#include "base/testing/corpora.h"
#include "base/text.h"
#include "message/address_list.h"

namespace sesame::message {
namespace {

// text -> why we decide the other way round
using Disagreements = std::map<std::string, std::string_view>;

class Judge {
 public:
  explicit Judge(const Disagreements& disagreements) : disagreements_(disagreements) {}

  void decide(const std::string& text, bool corpus_says, bool we_say) {
    ++decided_;
    const bool excepted = disagreements_.contains(text);
    if (excepted) used_.insert(text);
    EXPECT_EQ(we_say, corpus_says != excepted) << (excepted ? "no longer a disagreement: " : "") << text;
  }

  void expect_decided(std::size_t count) {
    EXPECT_EQ(decided_, count);
    for (const auto& [text, why] : disagreements_) EXPECT_TRUE(used_.contains(text)) << "not in the corpus: " << text;
  }

 private:
  const Disagreements& disagreements_;
  std::set<std::string> used_;
  std::size_t decided_ = 0;
};

std::string element(std::string_view xml, std::string_view name) {
  const auto open = xml.find("<" + std::string(name) + ">");
  if (open == std::string_view::npos) return {};
  const auto start = open + name.size() + 2;
  return std::string(xml.substr(start, xml.find("</", start) - start));
}

void append_utf8(std::string& out, std::uint32_t code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xc0 | code >> 6);
    out += static_cast<char>(0x80 | (code & 0x3f));
  } else {
    out += static_cast<char>(0xe0 | code >> 12);
    out += static_cast<char>(0x80 | (code >> 6 & 0x3f));
    out += static_cast<char>(0x80 | (code & 0x3f));
  }
}

// Character references; U+2400 to U+241F stand for the control characters.
std::string unescape(std::string_view xml) {
  static const std::map<std::string, std::string, std::less<>> named{
      {"amp", "&"}, {"lt", "<"}, {"gt", ">"}, {"quot", "\""}, {"apos", "'"}};
  std::string out;
  for (std::size_t i = 0; i < xml.size(); ++i) {
    const auto end = xml[i] == '&' ? xml.find(';', i) : std::string_view::npos;
    if (end == std::string_view::npos) {
      out += xml[i];
      continue;
    }
    const std::string_view reference = xml.substr(i + 1, end - i - 1);
    if (reference.starts_with("#x")) {
      const auto code = static_cast<std::uint32_t>(std::stoul(std::string(reference.substr(2)), nullptr, 16));
      append_utf8(out, code >= 0x2400 && code <= 0x241f ? code - 0x2400 : code);
    } else if (reference.starts_with("#")) {
      append_utf8(out, static_cast<std::uint32_t>(std::stoul(std::string(reference.substr(1)))));
    } else {
      out += named.find(reference)->second;
    }
    i = end;
  }
  return out;
}

struct IsEmailCase {
  std::string address, category, diagnosis;
};

std::vector<IsEmailCase> isemail_cases(const std::filesystem::path& corpus) {
  std::vector<IsEmailCase> cases;
  for (const char* file : {"tests.xml", "tests-original.xml"}) {
    const std::string xml = read_file(corpus / file);
    for (std::size_t at = 0; (at = xml.find("<test id", at)) != std::string::npos;) {
      const auto end = xml.find("</test>", at);
      const std::string_view test = std::string_view(xml).substr(at, end - at);
      cases.push_back({unescape(element(test, "address")), element(test, "category"), element(test, "diagnosis")});
      at = end;
    }
  }
  return cases;
}

constexpr std::size_t isemail_count = 261;

TEST(AddressCorpus, IsEmailByRfc5321) {
  const auto corpus = find_corpus("address-isemail");
  if (!corpus) GTEST_SKIP();
  // The categories are nested: valid, then valid for RFC 5321, then only with comments, obsolete forms and so on.
  static const std::set<std::string> rfc5321{"ISEMAIL_VALID_CATEGORY", "ISEMAIL_DNSWARN", "ISEMAIL_RFC5321"};
  static const Disagreements none{};
  Judge judge(none);
  for (const IsEmailCase& c : isemail_cases(*corpus)) {
    // RFC 4291 §2.2: "::" is one group or more, so what RFC 5321 §4.1.3 deprecates is an address all the same.
    const bool valid = rfc5321.contains(c.category) || c.diagnosis == "ISEMAIL_RFC5321_IPV6DEPRECATED";
    judge.decide(c.address, valid, parse_addr_spec(c.address).has_value());
  }
  judge.expect_decided(isemail_count);
}

TEST(AddressCorpus, IsEmailByRfc5322WithCommentsAndObsoleteForms) {
  static const Disagreements ours{
      {std::string("\"test\\\0\"@iana.org", 17), "RFC 5321 §4.1.2: quoted-pairSMTP is 32-126"},
      {"\"\x7f\"@iana.org", "RFC 5321 §4.1.2: qtextSMTP is 32-126"},
      {"\"\\\x7f\"@iana.org", "RFC 5321 §4.1.2: quoted-pairSMTP is 32-126"},
      {"\"\\\n\"@iana.org", "RFC 5321 §4.1.2: quoted-pairSMTP is 32-126"},
      {std::string("\"Unicode NULL \\\0\"@char.com", 26), "RFC 5321 §4.1.2: quoted-pairSMTP is 32-126"},
      {R"("abcdefghijklmnopqrstuvwxyz abcdefghijklmnopqrstuvwxyz abcdefg\h"@iana.org)",
       "RFC 5321 §4.1.2: sent with minimal quoting it has 64 octets"},
  };
  const auto corpus = find_corpus("address-isemail");
  if (!corpus) GTEST_SKIP();
  static const std::set<std::string> rfc5322{"ISEMAIL_VALID_CATEGORY", "ISEMAIL_DNSWARN", "ISEMAIL_RFC5321",
                                             "ISEMAIL_CFWS", "ISEMAIL_DEPREC"};
  Judge judge(ours);
  for (const IsEmailCase& c : isemail_cases(*corpus)) {
    judge.decide(c.address, rfc5322.contains(c.category), parse_mailbox(c.address).has_value());
  }
  judge.expect_decided(isemail_count);
}

TEST(AddressCorpus, Mox) {
  const auto corpus = find_corpus("address-mox");
  if (!corpus) GTEST_SKIP();
  static const Disagreements none{};
  Judge judge(none);
  const auto cases = boost::json::parse(read_file(*corpus / "cases.json"));
  for (const auto& c : cases.as_array()) {
    std::string text(c.at("input").as_string());
    if (c.at("kind").as_string() == "localpart") text += "@example.com";
    judge.decide(text, c.at("valid").as_bool(), parse_addr_spec(text).has_value());
  }
  judge.expect_decided(21);
}

TEST(AddressCorpus, Egulias) {
  const auto corpus = find_corpus("address-egulias");
  if (!corpus) GTEST_SKIP();
  static const Disagreements ours{
      {"\u00e2@iana.org", "RFC 6531: SMTPUTF8 is not offered, domains are A-labels"},
      {"инфо@письмо.рф", "RFC 6531: SMTPUTF8 is not offered, domains are A-labels"},
      {"1500111@профи-инвест.рф", "RFC 6531: SMTPUTF8 is not offered, domains are A-labels"},
      {"fab\\ ien@symfony.com", "RFC 5322 §3.2.4: no quoted-pair outside of quotes"},
      {R"("test"."test"@iana.org)", "RFC 5322 §4.4: obs-local-part"},
      {R"("test".test@iana.org)", "RFC 5322 §4.4: obs-local-part"},
      {"\"\t\"@invalid.example.com", "RFC 5321 §4.1.2: qtextSMTP has no HTAB"},
      {"too_long_localpart_too_long_localpart_too_long_localpart_too_long_localpart@invalid.example.com",
       "RFC 5321 §4.5.3.1.1: 64 octets"},
      {"username@ example . com", "RFC 5322 §4.4: obs-domain"},
      {"username@ example.com", "RFC 5322 §3.4.1: CFWS around the domain"},
      {"example@[IPv6:2001:0db8:85a3:0000:0000:8a2e:0370:7334::]", "RFC 5321 §4.1.3: too many groups"},
      {"example@[IPv6:2001:0db8:85a3:0000:0000:8a2e:0370:]", "RFC 5321 §4.1.3: a group is missing"},
      {"example@[::123.45.67.178]", "RFC 5321 §4.1.3: IPv6 literals carry their tag"},
  };
  Judge judge(ours);
  const auto cases = boost::json::parse(read_file(*corpus / "cases.json"));
  for (const auto& c : cases.as_array()) {
    const auto* hex = c.as_object().if_contains("address_hex");
    const std::string text =
        hex != nullptr ? hex_decode(std::string(hex->as_string())).value() : std::string(c.at("address").as_string());
    judge.decide(text, c.at("valid").as_bool(), parse_mailbox(text).has_value());
  }
  judge.expect_decided(97);
  const auto parts = boost::json::parse(read_file(*corpus / "parts.json"));
  for (const auto& c : parts.as_array()) {
    const auto address = parse_addr_spec(std::string(c.at("address").as_string()));
    ASSERT_TRUE(address);
    EXPECT_EQ(local_part_to_wire(address->local_part), std::string(c.at("local").as_string()));
    EXPECT_EQ(address->domain, std::string(c.at("domain").as_string()));
  }
}

// One per line; "#" begins a comment, at the front of a line or after blanks.
std::vector<std::string> flanker_lines(const std::filesystem::path& file) {
  std::vector<std::string> lines;
  const std::string text = read_file(file);
  for (std::string_view line : split(text, '\n')) {
    if (line.starts_with("# ") || line == "#") continue;
    const auto comment = line.find("     #");
    line = trim(line.substr(0, comment));
    if (!line.empty()) lines.emplace_back(line);
  }
  return lines;
}

TEST(AddressCorpus, Flanker) {
  const auto corpus = find_corpus("address-flanker");
  if (!corpus) GTEST_SKIP();
  static const Disagreements ours{
      {"bob@under_scope", "RFC 5321 §4.1.2: sub-domain has no underscore"},
      {"用户@例子.广告", "RFC 6531: SMTPUTF8 is not offered, domains are A-labels"},
      {"उपयोगकर्ता@उदाहरण.कॉम", "RFC 6531: SMTPUTF8 is not offered, domains are A-labels"},
      {"юзер@екзампл.ком", "RFC 6531: SMTPUTF8 is not offered, domains are A-labels"},
      {"θσερ@εχαμπλε.ψομ", "RFC 6531: SMTPUTF8 is not offered, domains are A-labels"},
      {"аджай@экзампл.рус", "RFC 6531: SMTPUTF8 is not offered, domains are A-labels"},
      {R"("foo"(yay)@(hoopla)[1.2.3.4])", "RFC 5322 §3.2.2: comments around the words"},
      {R"(partially."quoted"@example.com)", "RFC 5322 §4.4: obs-local-part"},
      {R"(first."".last@example.com)", "RFC 5322 §4.4: obs-local-part"},
  };
  Judge judge(ours);
  std::size_t count = 0;
  struct File {
    const char *name, *domain;
    bool valid;
  };
  for (const File& file : {File{"mailbox_valid.txt", "", true},
                           {"mailbox_invalid.txt", "", false},
                           {"abridged_localpart_valid.txt", "@example.com", true},
                           {"abridged_localpart_invalid.txt", "@example.com", false}}) {
    for (const std::string& line : flanker_lines(*corpus / file.name)) {
      const std::string text = line + file.domain;
      judge.decide(text, file.valid, parse_mailbox(text).has_value());
      ++count;
    }
  }
  EXPECT_GT(count, 200u);
  judge.expect_decided(count);
}

// The addresses of `expected` (a list or groups) in order; what the corpus calls an address need not be one.
std::vector<std::string> expected_addresses(const boost::json::value& expected) {
  std::vector<std::string> out;
  const auto take = [&](const boost::json::value& list) {
    for (const auto& a : list.as_array()) {
      out.push_back(a.at("address").is_null() ? "" : std::string(a.at("address").as_string()));
    }
  };
  if (const auto* list = expected.as_object().if_contains("List"); list != nullptr) take(*list);
  if (const auto* groups = expected.as_object().if_contains("Group"); groups != nullptr) {
    for (const auto& group : groups->as_array()) take(group.at("addresses"));
  }
  return out;
}

TEST(AddressCorpus, HeaderFields) {
  const auto corpus = find_corpus("mime-header-fields");
  if (!corpus) GTEST_SKIP();
  static const Disagreements ours{
      {"Pete(A nice \n \\\n ) chap) <pete(his\n account)@silly\n .test(his host)>", "RFC 5322 §3.2.1: no quoted LF"},
      {"A Group(Some people)\n        :Chris Jones <c@(Chris's host.)public.example>,\n            "
       "joe@example.org,\n     John <jdoe@one.test> (my dear friend); (the end of the group)",
       "RFC 5322 §3.2.2: a comment alone is no mailbox"},
      {"(Empty list)(start)Hidden recipients  :(nobody(that I know))  ;",
       "RFC 5322 §3.2.2: a comment alone is no mailbox"},
      {"Mary Smith <@node.test:mary@example.net>, , jdoe@test  . example",
       "RFC 5322 §4.4: the route is dropped, blanks in a domain mean nothing"},
      {"test@test.com\ninvalid@address.com", "the corpus stops at the end of the field, we are given its value"},
      {"\"=?ISO-8859-1?Q =?ISO-8859-1?Q?a?= \\\" =?ISO-8859-1?Q?b?=\" <last@address.com>\n\nbody@content.com",
       "the corpus stops at the end of the field, we are given its value"},
      {"<mailto:archive@host.com?subject=index%20list>", "RFC 2369: a URI, not an address"},
      {"<mailto:moderator@host.com> (Postings are Moderated)", "RFC 2369: a URI, not an address"},
      {"(Use this command to join the list)\n   <mailto:list-manager@host.com?body=subscribe%20list>",
       "RFC 2369: a URI, not an address"},
      {"NO (posting not allowed on this list)", "RFC 2369 §3.4: a word, not an address"},
      {"<http://www.host.com/list/>, <mailto:list-info@host.com>", "RFC 2369: a URI, not an address"},
      {"(Use this command to get off the list)\n     <mailto:list-manager@host.com?body=unsubscribe%20list>",
       "RFC 2369: a URI, not an address"},
      {"<http://www.host.com/list.cgi?cmd=unsub&lst=list>,\n   <mailto:list-request@host.com?subject=unsubscribe>",
       "RFC 2369: a URI, not an address"},
      {"<mailto:listmom@host.com> (Contact Person for Help)", "RFC 2369: a URI, not an address"},
      {"<a@b.com> =?utf-8?q?Doe?=", "RFC 5322 §3.4: the display name stands before"},
  };
  Judge judge(ours);
  const auto cases = boost::json::parse(read_file(*corpus / "address.json"));
  for (const auto& c : cases.as_array()) {
    std::string value(c.at("header").as_string());
    if (value.ends_with('\n')) value.pop_back();
    const auto list = parse_address_list(value);
    std::vector<std::string> found;
    if (list) {
      for (const Mailbox& m : *list) found.push_back(to_wire(m.address));
    }
    judge.decide(value, true, list && found == expected_addresses(c.at("expected")));
  }
  judge.expect_decided(40);
}

}  // namespace
}  // namespace sesame::message
