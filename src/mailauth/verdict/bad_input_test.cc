// What hostile senders and broken zones put before the judges: each ends in a result, within a bound of CPU time that
// leaves room for sanitizers and a debug build, and of questions.
#include <gtest/gtest.h>

#include <boost/asio/ip/address.hpp>
#include <boost/json.hpp>
#include <ctime>

#include "base/text.h"
#include "mailauth/dkim/sign.h"
#include "mailauth/testing/run.h"
#include "mailauth/testing/zone_resolver.h"
#include "mailauth/verdict/verdict.h"

namespace sesame::mailauth {
namespace {

using namespace std::string_literals;

constexpr std::size_t megabyte = 1'000'000;
constexpr std::size_t most_questions =
    250;  // SPF 111, ten keys, walks of eight names for each of up to ten domains, PTR

class BadInput : public ::testing::Test {
 protected:
  // The verdict, and no more than `seconds` of CPU time for it.
  Verdict judge(const std::string& octets, double seconds) {
    const std::size_t asked = dns.questions();
    const std::clock_t start = std::clock();
    Verdict verdict =
        testing::run(evaluate_message(dns, facts, octets, from_unix_ms(0), net::after(std::chrono::hours(1))));
    EXPECT_LT(static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC, seconds);
    EXPECT_LE(dns.questions() - asked, most_questions);
    EXPECT_TRUE(is_utf8(boost::json::serialize(to_json(verdict))));
    return verdict;
  }

  ConnectionFacts facts{.ip = boost::asio::ip::make_address("192.0.2.1"),
                        .helo = "out.example",
                        .reverse_path = "id@example.com",
                        .receiver = "mx.example.net"};
  testing::ZoneResolver dns;
};

std::string times(std::size_t count, std::string_view text) {
  std::string out;
  out.reserve(count * text.size());
  for (std::size_t i = 0; i < count; ++i) out += text;
  return out;
}

std::string signature(std::string_view domain, std::string_view more = "h=From") {
  return "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=" + std::string(domain) + "; s=s; " +
         std::string(more) + "; bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b=AA==\r\n";
}
const std::string from = "From: ann@example.com\r\n";

TEST_F(BadInput, HeaderFieldOf50MegabytesEndsInTime) {
  EXPECT_EQ(judge("X: " + std::string(50 * megabyte, 'x') + "\r\n" + from + "\r\n", 20).spf.result,
            spf::SpfResult::none);
}

TEST_F(BadInput, HeaderOf50MegabytesOfTinyFieldsEndsInTime) {
  const Verdict verdict = judge(from + times(10 * megabyte, "a:b\r\n") + "\r\n", 20);
  EXPECT_EQ(verdict.dmarc.author_domain, "example.com");
}

TEST_F(BadInput, FoldingWithoutEndEndsInTime) {
  judge("From:" + times(megabyte, "\r\n ") + "ann@example.com\r\nReceived:" + times(megabyte, " [") + "\r\n\r\n", 20);
}

TEST_F(BadInput, AddressesWithoutEndEndInTime) {
  const Verdict verdict = judge("From: " + times(megabyte / 5, "a@b.example, ") + "c@d.example\r\n\r\n", 20);
  EXPECT_NE(verdict.dmarc.result, dmarc::DmarcResult::pass);
  judge("From: " + times(megabyte, "(") + "\r\nDate: " + times(megabyte, "(") + "\r\nMessage-ID: <" +
            times(megabyte, "(") + "\r\n\r\n",
        20);
}

TEST_F(BadInput, TenThousandSignaturesCostTenQuestions) {
  std::string octets;
  for (int i = 0; i < 10'000; ++i) octets += signature("d" + std::to_string(i) + ".example");
  EXPECT_EQ(judge(octets + from + "\r\n", 10).dkim.size(), 10u);
}

TEST_F(BadInput, SignaturesThatNameAFieldAMillionTimesEndInTime) {
  std::string octets;
  for (int i = 0; i < 10; ++i) octets += signature("example.com", "h=From:" + times(megabyte / 10, "x:") + "x");
  judge(octets + from + times(5'000, "x: y\r\n") + "\r\n", 20);
}

TEST_F(BadInput, SignaturesOfTenLengthsOfALargeBodyEndInTime) {
  std::string octets;
  for (int i = 0; i < 10; ++i) octets += signature("example.com", "h=From; l=" + std::to_string(i));
  judge(octets + from + "\r\n" + times(megabyte / 5, " \t x\r\n"), 20);
}

TEST_F(BadInput, CnameLoopsAreAnsweredAsBroken) {
  for (const char* name : {"example.com", "_dmarc.example.com", "s._domainkey.example.com"})
    dns.add(name, dns::RecordType::cname, dns::Cname{name});
  const Verdict verdict = judge(signature("example.com") + from + "\r\n", 2);
  EXPECT_EQ(verdict.spf.result, spf::SpfResult::temperror);
  EXPECT_EQ(verdict.dkim.at(0).result, dkim::DkimResult::temperror);
  EXPECT_EQ(verdict.dmarc.result, dmarc::DmarcResult::temperror);
}

TEST_F(BadInput, SpfThatIncludesItselfEndsAtTheLimit) {
  dns.add_txt("example.com", "v=spf1 include:example.com redirect=example.com");
  EXPECT_EQ(judge(from + "\r\n", 2).spf.result, spf::SpfResult::permerror);
}

TEST_F(BadInput, RecordsOf64KilobytesAreRead) {
  dns.add_txt("example.com", "v=spf1" + times(9'000, " +ip4:1") + " -all");
  dns.add_txt("_dmarc.example.com", "v=DMARC1; p=none; rua=" + times(3'000, "mailto:d@example.com,"));
  dns.add_txt("s._domainkey.example.com", "v=DKIM1; n=" + std::string(60'000, 'x') + "; p=" + std::string(4'000, 'A'));
  const Verdict verdict = judge(signature("example.com") + from + "\r\n", 2);
  EXPECT_EQ(verdict.spf.result, spf::SpfResult::permerror);
  EXPECT_EQ(verdict.dkim.at(0).result, dkim::DkimResult::permerror);
  EXPECT_EQ(verdict.dmarc.policy_domain, "example.com");
}

TEST_F(BadInput, MacrosThatExpandWithoutEndStayNames) {
  facts.reverse_path = std::string(10'000, 'x') + "@example.com";
  dns.add_txt("example.com", "v=spf1 exists:" + times(5'000, "%{l}") + ".example.com -all");
  EXPECT_EQ(judge(from + "\r\n", 10).spf.result, spf::SpfResult::fail);
}

// DER of an RSAPublicKey with a modulus of so many bits, all of them one, and this exponent.
std::string rsa_public_key(std::size_t bits, std::string exponent) {
  std::string modulus(1, '\0');
  if (bits % 8 != 0) modulus += static_cast<char>((1 << bits % 8) - 1);
  modulus += std::string(bits / 8, '\xff');
  const auto element = [](char tag, const std::string& content) {
    const char length[] = {'\x82', static_cast<char>(content.size() >> 8), static_cast<char>(content.size())};
    return std::string(1, tag) + std::string(length, 3) + content;
  };
  return element('\x30', element('\x02', modulus) + element('\x02', exponent));
}

class BadKey : public BadInput {
 protected:
  dkim::SignatureResult judge_key(const std::string& der) {
    dns = testing::ZoneResolver();
    dns.add_txt("s._domainkey.example.com", "p=" + base64_encode(der));
    Verdict verdict = judge(signature("example.com") + from + "\r\n", 5);
    return std::move(verdict.dkim.at(0));
  }
};

TEST_F(BadKey, OfOneBitIsTooShort) {
  const auto result = judge_key(rsa_public_key(1, "\x01\x00\x01"s));
  EXPECT_NE(result.result, dkim::DkimResult::pass);
  EXPECT_FALSE(result.problem.empty());
}

TEST_F(BadKey, Of16384BitsIsNotTried) {
  const auto result = judge_key(rsa_public_key(16'384, "\x01\x00\x01"s));
  EXPECT_EQ(result.result, dkim::DkimResult::policy);
  EXPECT_EQ(result.problem, "an RSA key of 16384 bits is not accepted");
}

TEST_F(BadKey, WithAnExponentAsLongAsItsModulusEndsInTime) {
  for (const std::size_t bits : {2048u, 8192u}) {
    const auto result = judge_key(rsa_public_key(bits, "\x01" + std::string(bits / 8 - 1, '\xff')));
    EXPECT_NE(result.result, dkim::DkimResult::pass);
  }
}

TEST_F(BadKey, OfZeroOrOneOrWithoutExponentVouchesForNobody) {
  for (const std::string& exponent : {""s, "\x00"s, "\x01"s}) {
    for (const std::size_t bits : {0u, 1u, 1024u, 2048u})
      EXPECT_NE(judge_key(rsa_public_key(bits, exponent)).result, dkim::DkimResult::pass);
  }
}

TEST_F(BadInput, NulOctetsAnywhereEndInAResult) {
  const std::string nul(1, '\0');
  dns.add_txt("example.com", "v=spf1 a:" + nul + " -all");
  dns.add_txt("_dmarc.example.com", "v=DMARC1; p=" + nul);
  dns.add_txt("s._domainkey.example.com", "v=DKIM1; p=" + nul);
  facts.helo = nul;
  const Verdict verdict = judge(signature("example.com") + "X" + nul + ": y\r\n" + from + "\r\n" + nul, 2);
  EXPECT_EQ(verdict.spf.result, spf::SpfResult::permerror);
  EXPECT_EQ(verdict.dkim.at(0).result, dkim::DkimResult::fail) << "the body is not empty";
  judge(times(megabyte, nul), 10);
  judge("From: " + nul + "@" + nul + "\r\nDKIM-Signature: " + nul + "\r\nARC-Seal: " + nul + "\r\n\r\n", 2);
  facts.reverse_path = nul + "@" + nul;
  EXPECT_EQ(judge(from + "\r\n", 2).spf.result, spf::SpfResult::none);
}

TEST_F(BadInput, AThousandForwardersAreTooMany) {
  std::string octets;
  for (int i = 1; i <= 1'000; ++i) {
    const std::string instance = "i=" + std::to_string(i) + "; ";
    octets += "ARC-Seal: " + instance +
              "a=rsa-sha256; cv=pass; d=example.com; s=s; b=AA==\r\nARC-Message-Signature: " + instance +
              "a=rsa-sha256; d=example.com; s=s; h=From; bh=AA==; b=AA==\r\nARC-Authentication-Results: " + instance +
              "mx; none\r\n";
  }
  EXPECT_EQ(judge(octets + from + "\r\n", 10).arc.result, arc::ArcResult::fail);
}

}  // namespace
}  // namespace sesame::mailauth
