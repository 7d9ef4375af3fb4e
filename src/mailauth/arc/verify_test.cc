#include "mailauth/arc/verify.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/digest.h"
#include "base/text.h"
#include "mailauth/arc/seal_digests.h"
#include "mailauth/arc/sets.h"
#include "mailauth/dkim/canonicalization.h"
#include "mailauth/dkim/key.h"
#include "mailauth/dkim/signed_header.h"
#include "mailauth/testing/run.h"
#include "mailauth/testing/zone_resolver.h"

namespace sesame::mailauth::arc {
namespace {

constexpr std::string_view original = "From: ann@example.com\r\nSubject: hello\r\n\r\nHi.\r\n";

class ArcChain : public ::testing::Test {
 protected:
  ArcChain() { dns.add_txt("arc._domainkey.list.example", key.record()); }

  // What a forwarder does: one more set on top.
  std::string sealed(const std::string& octets, unsigned instance, std::string_view cv, std::string_view extra = "") {
    const auto before = message::parse_message(octets);
    const std::string_view names[] = {"From", "Subject"};
    std::string hashed = dkim::canonical_signed_fields(dkim::Canonicalization::relaxed, before.fields, names);
    dkim::BodyHasher body(dkim::Canonicalization::relaxed);
    body.update(before.body);
    const std::string unsigned_ams = fmt::format(
        "ARC-Message-Signature: i={}; a=ed25519-sha256; c=relaxed/relaxed; d=list.example; s=arc;{} "
        "h=From:Subject; bh={}; b=",
        instance, extra, base64_encode(body.finish()));
    hashed += relaxed(unsigned_ams);
    const std::string ams = unsigned_ams + base64_encode(key.sign_digest(sha256(hashed))) + "\r\n";
    const std::string aar = fmt::format("ARC-Authentication-Results: i={}; list.example; spf=pass\r\n", instance);
    const std::string unsigned_seal =
        fmt::format("ARC-Seal: i={}; a=ed25519-sha256; cv={}; d=list.example; s=arc; b=", instance, cv);
    const std::string with_seal = unsigned_seal + "\r\n" + ams + aar + octets;
    const auto parsed = message::parse_message(with_seal);
    const std::string seal = unsigned_seal + base64_encode(key.sign_digest(seal_digest(parsed, instance))) + "\r\n";
    return seal + ams + aar + octets;
  }

  // The slow obvious way: every set in one text.
  static std::string seal_digest(const message::ParsedMessage& parsed, unsigned instance) {
    std::string text;
    for (unsigned i = 1; i <= instance; ++i) {
      for (const char* name : {"ARC-Authentication-Results", "ARC-Message-Signature", "ARC-Seal"}) {
        const auto fields = parsed.all(name);
        dkim::append_canonical_field(dkim::Canonicalization::relaxed, *fields[instance - i], true, text);
      }
    }
    text.resize(text.size() - 2);
    return sha256(text);
  }

  static std::string relaxed(const std::string& field) {
    const std::string section = field + "\r\n\r\n";
    std::string out;
    dkim::append_canonical_field(dkim::Canonicalization::relaxed, message::parse_message(section).fields.at(0), false,
                                 out);
    return out;
  }

  ArcOutcome judge(const std::string& octets) {
    const auto parsed = message::parse_message(octets);
    return testing::run(verify(dns, parsed, from_unix_ms(1767225600000), net::after(std::chrono::hours(1))));
  }

  std::string chain(unsigned sets) {
    std::string octets(original);
    for (unsigned i = 1; i <= sets; ++i) octets = sealed(octets, i, i == 1 ? "none" : "pass");
    return octets;
  }

  const dkim::SigningKey key = dkim::SigningKey::generate_ed25519();
  testing::ZoneResolver dns;
};

TEST_F(ArcChain, WithoutArcFieldsThereIsNone) {
  const ArcOutcome outcome = judge(std::string(original));
  EXPECT_EQ(outcome.result, ArcResult::none);
  EXPECT_EQ(dns.questions(), 0u);
}

TEST_F(ArcChain, OfThreeForwardersPassesAndNamesThem) {
  const ArcOutcome outcome = judge(chain(3));
  EXPECT_EQ(outcome.result, ArcResult::pass) << outcome.problem;
  EXPECT_EQ(outcome.sealers, std::vector<std::string>(3, "list.example"));
  EXPECT_EQ(outcome.oldest_pass, 0u);
  EXPECT_EQ(dns.questions(), 1u) << "one key, asked for once";
}

TEST_F(ArcChain, SaysSinceWhenTheMessageIsUnchanged) {
  std::string octets = chain(1);
  octets.replace(octets.find("Subject: hello"), 14, "Subject: [list] hello");
  EXPECT_EQ(judge(octets).result, ArcResult::fail);
  const ArcOutcome outcome = judge(sealed(sealed(octets, 2, "pass"), 3, "pass"));
  EXPECT_EQ(outcome.result, ArcResult::pass) << outcome.problem;
  EXPECT_EQ(outcome.oldest_pass, 2u);
}

TEST_F(ArcChain, ChangedBodyBreaksTheNewestMessageSignature) {
  const ArcOutcome outcome = judge(chain(2) + "Buy now.\r\n");
  EXPECT_EQ(outcome.result, ArcResult::fail);
  EXPECT_EQ(outcome.problem, "the message signature of instance 2: the body has been altered (bh= differs)");
}

TEST_F(ArcChain, ChangedResultsOfAnOldSetBreakTheSeals) {
  std::string octets = chain(2);
  const std::size_t oldest = octets.rfind("spf=pass");
  octets.replace(oldest, 8, "spf=fail");
  EXPECT_EQ(judge(octets).problem, "the seal of instance 2: the signature does not match the header fields or the key");
}

TEST_F(ArcChain, FiftySetsAreJudgedAndFiftyOneAreNot) {
  const ArcOutcome outcome = judge(chain(50));
  EXPECT_EQ(outcome.result, ArcResult::pass) << outcome.problem;
  EXPECT_EQ(outcome.oldest_pass, std::nullopt) << "not looked for that far";
  EXPECT_EQ(judge(chain(51)).problem, "an ARC-Seal has no instance from 1 to 50 (i=)");
}

TEST_F(ArcChain, StructureHasToHold) {
  const std::string two = chain(2);
  const auto problem = [&](std::string octets) {
    const ArcOutcome outcome = judge(octets);
    EXPECT_EQ(outcome.result, ArcResult::fail);
    return outcome.problem;
  };
  EXPECT_EQ(problem("ARC-Seal: i=2; cv=pass\r\n" + two), "instance 2 has two ARC-Seal");
  EXPECT_EQ(problem("ARC-Seal: i=4; cv=pass\r\n" + two), "instance 3 has no ARC-Authentication-Results");
  EXPECT_EQ(problem("ARC-Seal: i=3; cv=fail\r\n" + two), "the chain was broken when instance 3 was sealed (cv=fail)");
  EXPECT_EQ(problem(sealed(chain(1), 2, "none")), "the seal of instance 2 does not say cv=pass");
  EXPECT_EQ(problem(sealed(std::string(original), 1, "pass")), "the seal of instance 1 does not say cv=none");
  EXPECT_EQ(problem("ARC-Authentication-Results: list.example; i=1\r\n" + two),
            "an ARC-Authentication-Results has no instance from 1 to 50 (i=)");
  EXPECT_EQ(dns.questions(), 0u) << "no key is asked for before the structure holds";
}

TEST_F(ArcChain, FailureOfDnsIsFinal) {
  dns.fail("arc._domainkey.list.example", dns::RecordType::txt, dns::AnswerStatus::timeout);
  const ArcOutcome outcome = judge(chain(1));
  EXPECT_EQ(outcome.result, ArcResult::fail);
  EXPECT_EQ(outcome.problem,
            "the message signature of instance 1: DNS did not answer the question for the key at "
            "arc._domainkey.list.example");
}

TEST_F(ArcChain, ExpiredMessageSignatureFails) {
  const ArcOutcome outcome = judge(sealed(std::string(original), 1, "none", " x=1700000000;"));
  EXPECT_EQ(outcome.problem, "the message signature of instance 1: the signature has expired (x=)");
}

TEST(SealDigests, ShareWhatTheyHaveInCommonAndDifferInTheRest) {
  const auto parsed = message::parse_message(
      "ARC-Seal: i=1; b=aa\r\nARC-Message-Signature:  i=1\r\nARC-Authentication-Results: i=1; a\r\n"
      "ARC-Seal: i=2; b=bb\r\nARC-Message-Signature: i=2\r\nARC-Authentication-Results: i=2; b\r\n\r\n");
  const auto& f = parsed.fields;
  const std::vector<ArcSet> sets = {{&f[2], &f[1], &f[0]}, {&f[5], &f[4], &f[3]}};
  const std::string first = "arc-authentication-results:i=1; a\r\narc-message-signature:i=1\r\narc-seal:i=1; b=";
  const std::string second = "aa\r\narc-authentication-results:i=2; b\r\narc-message-signature:i=2\r\narc-seal:i=2; b=";
  EXPECT_EQ(seal_digests(sets), (std::vector{sha256(first), sha256(first + second)}));
}

}  // namespace
}  // namespace sesame::mailauth::arc
