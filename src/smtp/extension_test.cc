#include "smtp/extension.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "smtp/testing/corpus.h"

namespace sesame::smtp {
namespace {

EhloReply read(std::vector<std::string> lines) { return read_ehlo_reply(Reply{250, {}, std::move(lines)}); }

TEST(EhloReply, IsReadToTypedExtensions) {
  const auto ehlo = read({"mx.example greets you", "size 35882577", "8bitmime", "STARTTLS", "PIPELINING",
                          "AUTH plain LOGIN", "ENHANCEDSTATUSCODES", "LIMITS RCPTMAX=100 MAILMAX=5 FOO=1 BAR"});
  EXPECT_EQ(ehlo.domain, "mx.example");
  Extensions expected{.pipelining = true, .starttls = true, .eight_bit_mime = true};
  expected.enhanced_status_codes = true;
  expected.size = true;
  expected.max_message_octets = 35882577;
  expected.auth_mechanisms = {"PLAIN", "LOGIN"};
  expected.limits = {.mail_max = 5, .rcpt_max = 100};
  EXPECT_EQ(ehlo.extensions, expected);
  EXPECT_TRUE(ehlo.extensions.offers_auth("plain"));
  EXPECT_FALSE(ehlo.extensions.offers_auth("CRAM-MD5"));
}

TEST(EhloReply, PassesOverWhatIsNoEhloLine) {
  const auto ehlo = read({"mx.example", "", "AUTH=LOGIN", "-X", "OK", "SIZE abc", "SIZE 5"});
  EXPECT_EQ(ehlo.extensions, (Extensions{.size = true}));
  EXPECT_EQ(ehlo.lines.size(), 3u);
}

TEST(EhloReply, FirstLineIsNeverAKeyword) { EXPECT_FALSE(read({"STARTTLS"}).extensions.starttls); }

TEST(EhloReply, WrittenAndReadIsTheSame) {
  Extensions all{.pipelining = true, .starttls = true, .eight_bit_mime = true, .smtputf8 = true, .chunking = true};
  all.binary_mime = all.dsn = all.enhanced_status_codes = all.require_tls = all.size = true;
  all.max_message_octets = 10485760;
  all.auth_mechanisms = {"PLAIN", "LOGIN"};
  all.limits = {.mail_max = 1, .rcpt_max = 2, .rcpt_domain_max = 3};
  for (const auto& extensions : {all, Extensions{}, Extensions{.size = true}}) {
    auto lines = ehlo_lines(extensions);
    lines.insert(lines.begin(), "mx.example");
    EXPECT_EQ(read(lines).extensions, extensions);
  }
}

// The corpus ends lines with LF; see reply_test.cc.
TEST(EhloReplyCorpus, EveryCaseIsDecided) {
  for (const auto& entry : testing::load_corpus("smtp-replies/ehlo.json")) {
    std::string wire;
    for (const auto line : split(testing::text_at(entry, "reply"), '\n')) {
      if (!line.empty()) wire += std::string(line) + "\r\n";
    }
    const auto parsed = parse_reply(wire, EnhancedStatusCodes::ignore);
    ASSERT_TRUE(parsed) << wire;
    if (const auto* code = entry.as_object().if_contains("error_code")) {
      EXPECT_EQ(parsed->reply.code, code->to_number<int>());
      EXPECT_FALSE(parsed->reply.is_positive());
      continue;
    }
    const auto ehlo = read_ehlo_reply(parsed->reply);
    EXPECT_EQ(ehlo.domain, testing::text_at(entry, "host"));
    boost::json::array keywords, mechanisms;
    for (const auto& line : ehlo.lines) keywords.emplace_back(line.keyword);
    for (const auto& mechanism : ehlo.extensions.auth_mechanisms) mechanisms.emplace_back(mechanism);
    EXPECT_EQ(keywords, entry.at("capabilities").as_array());
    EXPECT_EQ(mechanisms, entry.at("auth").as_array());
    EXPECT_EQ(ehlo.extensions.max_message_octets, entry.at("size").to_number<std::uint64_t>());
    for (const auto& [keyword, key] :
         {std::pair("NO-SOLICITING", "no_soliciting"), std::pair("DELIVERBY", "deliver_by")}) {
      const auto* expected = entry.as_object().if_contains(key);
      if (expected == nullptr) continue;
      const auto line = std::ranges::find(ehlo.lines, keyword, &EhloLine::keyword);
      ASSERT_NE(line, ehlo.lines.end());
      EXPECT_EQ(line->parameters.at(0),
                expected->is_string() ? std::string(expected->as_string()) : boost::json::serialize(*expected));
    }
  }
}

}  // namespace
}  // namespace sesame::smtp
