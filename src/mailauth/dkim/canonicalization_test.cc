#include "mailauth/dkim/canonicalization.h"

#include <gtest/gtest.h>

#include "base/digest.h"
#include "base/random.h"
#include "base/testing/corpora.h"
#include "mailauth/testing/crlf.h"

namespace sesame::mailauth::dkim {
namespace {

std::string hash(Canonicalization form, std::string_view body, std::size_t piece = 1 << 20) {
  BodyHasher hasher(form);
  for (std::size_t i = 0; i < body.size(); i += piece) hasher.update(body.substr(i, piece));
  return hasher.finish();
}

std::string canonical_fields(Canonicalization form, std::string_view octets) {
  std::string out;
  for (const auto& field : message::parse_message(octets).fields) append_canonical_field(form, field, true, out);
  return out;
}

TEST(DkimCanonicalization, FollowsTheExampleOfSection345) {
  constexpr std::string_view message = "A: X\r\nB : Y\t\r\n\tZ  \r\n\r\n C \r\nD \t E\r\n\r\n\r\n";
  const auto parsed = message::parse_message(message);
  EXPECT_EQ(canonical_fields(Canonicalization::relaxed, message), "a:X\r\nb:Y Z\r\n");
  EXPECT_EQ(canonical_body(Canonicalization::relaxed, parsed.body), " C\r\nD E\r\n");
  EXPECT_EQ(canonical_fields(Canonicalization::simple, message), "A: X\r\nB : Y\t\r\n\tZ  \r\n");
  EXPECT_EQ(canonical_body(Canonicalization::simple, parsed.body), " C \r\nD \t E\r\n");
}

TEST(DkimCanonicalization, EmptyBodyIsOneLineEndInSimpleAndNothingInRelaxed) {
  for (const std::string_view body : {"", "\r\n", "\r\n\r\n"}) {
    EXPECT_EQ(hash(Canonicalization::simple, body), sha256("\r\n"));
    EXPECT_EQ(hash(Canonicalization::relaxed, body), sha256(""));
  }
  EXPECT_EQ(hash(Canonicalization::relaxed, " \t\r\n "), sha256(""));
}

TEST(DkimCanonicalization, MissingFinalLineEndIsAdded) {
  EXPECT_EQ(hash(Canonicalization::simple, "x"), sha256("x\r\n"));
  EXPECT_EQ(hash(Canonicalization::relaxed, "x "), sha256("x\r\n"));
}

TEST(DkimCanonicalization, BareCrAndLfAreContent) {
  EXPECT_EQ(hash(Canonicalization::relaxed, "a\rb\nc\r"), sha256("a\rb\nc\r\r\n"));
  EXPECT_EQ(hash(Canonicalization::simple, "a\n\n"), sha256("a\n\n\r\n"));
}

TEST(DkimCanonicalization, LimitCutsTheCanonicalForm) {
  BodyHasher hasher(Canonicalization::relaxed, 4);
  hasher.update("a  b\r\nc\r\n");
  EXPECT_EQ(hasher.finish(), sha256("a b\r"));
  EXPECT_EQ(hasher.canonical_octets(), 8u);
}

// The streaming hash against the plain form, over bodies made of the octets that matter, in pieces of every size.
TEST(DkimCanonicalization, StreamingAgreesWithThePlainFormHoweverTheBodyIsCut) {
  SeededRandom random(7);
  constexpr std::string_view nasty[] = {" ", "\t", "\r", "\n", "\r\n", "x", "word", "\r\n\r\n", "  "};
  for (int round = 0; round < 2000; ++round) {
    std::string body;
    const std::uint64_t parts = random.below(60);
    for (std::uint64_t i = 0; i < parts; ++i) {
      if (random.below(12) == 0) body += random.text("abc def", random.below(400));
      body += nasty[random.below(std::size(nasty))];
    }
    for (const auto form : {Canonicalization::simple, Canonicalization::relaxed}) {
      const std::string expected = sha256(canonical_body(form, body));
      ASSERT_EQ(hash(form, body), expected) << ::testing::PrintToString(body);
      ASSERT_EQ(hash(form, body, 1 + random.below(300)), expected) << ::testing::PrintToString(body);
      ASSERT_EQ(hash(form, body, 1), expected) << ::testing::PrintToString(body);
    }
  }
}

TEST(DkimCanonicalization, AgreesWithTheCanonicalizationCorpus) {
  const auto dir = find_corpus("dkim-canonicalization");
  if (!dir) GTEST_SKIP();
  int passed = 0, failed = 0;
  for (const auto& entry : std::filesystem::directory_iterator(*dir)) {
    const std::string file = entry.path().filename();
    if (!file.starts_with("email.")) continue;
    const std::string message = testing::with_crlf(read_file(entry.path()));
    const auto parsed = message::parse_message(message);
    for (const auto form : {Canonicalization::simple, Canonicalization::relaxed}) {
      const std::string expected =
          testing::with_crlf(read_file(*dir / (std::string(name(form)) + ".expected." + file.substr(6))));
      const std::string found = canonical_fields(form, message) + "\r\n" + canonical_body(form, parsed.body);
      found == expected ? ++passed : ++failed;
      EXPECT_EQ(found, expected) << file << " " << name(form);
    }
  }
  std::printf("dkim-canonicalization: %d passed, %d failed\n", passed, failed);
}

}  // namespace
}  // namespace sesame::mailauth::dkim
