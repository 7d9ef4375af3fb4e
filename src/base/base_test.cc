#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "base/clock.h"
#include "base/digest.h"
#include "base/random.h"
#include "base/seal.h"
#include "base/text.h"
#include "base/time_text.h"

namespace sesame {
namespace {

TEST(TimeText, FormatsEveryFormOfOneMoment) {
  const Time t = from_unix_ms(1767322984005);  // Friday, 2026-01-02 03:03:04.005 UTC
  EXPECT_EQ(format_rfc3339_ms(t), "2026-01-02T03:03:04.005Z");
  EXPECT_EQ(format_rfc3339_seconds(t), "2026-01-02T03:03:04Z");
  EXPECT_EQ(format_rfc5322(t), "Fri, 2 Jan 2026 03:03:04 +0000");
  EXPECT_EQ(format_amz(t), "20260102T030304Z");
  EXPECT_EQ(format_http(t), "Fri, 02 Jan 2026 03:03:04 GMT");
}

TEST(TimeText, ParsesOnlyPossibleAmzDates) {
  EXPECT_EQ(parse_amz("20150830T123600Z"), from_unix_ms(1440938160000));
  for (const char* bad : {"", "20150830T123600", "20150230T123600Z", "20150830 123600Z", "2015083xT123600Z",
                          "20150830T246000Z", "20150830T123600ZZ"}) {
    EXPECT_FALSE(parse_amz(bad)) << bad;
  }
}

TEST(Text, Base64RoundTripsEveryLengthAndRejectsDamage) {
  SeededRandom random(1);
  for (std::size_t n = 0; n < 100; ++n) {
    const std::string octets = random.octets(n);
    EXPECT_EQ(base64_decode(base64_encode(octets)), octets);
  }
  EXPECT_EQ(base64_encode("foobar"), "Zm9vYmFy");
  for (const char* bad : {"Zg", "Zg=", "Zh==", "====", "Zm9v YmFy", "Zm9*", "Z===", "=Zg="}) {
    EXPECT_FALSE(base64_decode(bad)) << bad;
  }
  EXPECT_EQ(base64_decode_folded("Zm9v\r\n YmFy"), "foobar");
}

TEST(Text, PercentCodingFollowsRfc3986) {
  EXPECT_EQ(percent_encode("a b/c~é"), "a%20b%2Fc~%C3%A9");
  EXPECT_EQ(percent_encode("a/b", true), "a/b");
  EXPECT_EQ(percent_decode("a%20b+c"), "a b+c");
  EXPECT_EQ(percent_decode("a+b", true), "a b");
  EXPECT_FALSE(percent_decode("%2"));
  EXPECT_FALSE(percent_decode("%zz"));
}

TEST(Text, Utf8RejectsOverlongSurrogatesAndTruncation) {
  EXPECT_TRUE(is_utf8("h\xc3\xa9 \xf0\x9f\x98\x80"));
  for (const char* bad : {"\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82", "\xff", "\x80"}) {
    EXPECT_FALSE(is_utf8(bad));
  }
}

TEST(Text, PrintableKeepsWellFormedTextAsItIs) {
  EXPECT_EQ(printable_utf8("h\xc3\xa9 \xf0\x9f\x98\x80", 100), "h\xc3\xa9 \xf0\x9f\x98\x80");
  EXPECT_EQ(printable_utf8("", 100), "");
}

TEST(Text, PrintableIsOneLineOfUtf8WhateverItIsGiven) {
  EXPECT_EQ(printable_utf8("550 no\r\n\tsuch\x1b\x7f", 100), "550 no   such  ");
  EXPECT_EQ(printable_utf8("a\xc2\x85"
                           "b\xe2\x80\xa8"
                           "c",
                           100),
            "a b c");  // NEL and LINE SEPARATOR
  EXPECT_EQ(printable_utf8("caf\xe9 \xed\xa0\x80", 100), "caf\xef\xbf\xbd \xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
  EXPECT_EQ(printable_utf8("cut \xe2\x82", 100), "cut \xef\xbf\xbd\xef\xbf\xbd");
  std::string every_octet;
  for (int octet = 0; octet < 256; ++octet) every_octet += static_cast<char>(octet);
  EXPECT_TRUE(is_utf8(printable_utf8(every_octet, 1000)));
}

TEST(Text, PrintableIsCutBetweenCharactersWithinItsBound) {
  EXPECT_EQ(printable_utf8("x\xc3\xa9\xc3\xa9", 4), "x\xc3\xa9");
  EXPECT_EQ(printable_utf8("x\xc3\xa9\xc3\xa9", 5), "x\xc3\xa9\xc3\xa9");
  EXPECT_EQ(printable_utf8("\xff"
                           "x",
                           2),
            "");  // U+FFFD takes three octets
  EXPECT_EQ(printable_utf8("x", 0), "");
}

TEST(Text, DecimalKnowsItsLimits) {
  EXPECT_EQ(parse_decimal("18446744073709551615"), 18446744073709551615ull);
  EXPECT_FALSE(parse_decimal("18446744073709551616"));
  EXPECT_FALSE(parse_decimal("-1"));
  EXPECT_FALSE(parse_decimal(""));
}

TEST(Digest, MatchesRfc4231Case2) {
  EXPECT_EQ(hex_encode(hmac_sha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Random, UuidHasVersionAndVariant) {
  SecureRandom random;
  const std::string uuid = random.uuid();
  ASSERT_EQ(uuid.size(), 36u);
  EXPECT_EQ(uuid[14], '4');
  EXPECT_NE(std::string_view("89ab").find(uuid[19]), std::string_view::npos);
  EXPECT_NE(uuid, random.uuid());
}

TEST(Seal, OpensOnlyWithTheSameKeyAndContext) {
  SecureRandom random;
  const Sealer sealer(Secret(random.octets(32)), random);
  const Sealer other(Secret(random.octets(32)), random);
  const std::string sealed = sealer.seal("top secret", "row 1");
  EXPECT_EQ(sealed.find("top secret"), std::string::npos);
  EXPECT_EQ(sealer.open(sealed, "row 1")->reveal(), "top secret");
  EXPECT_EQ(sealer.open(sealed, "row 2").error(), SealError::wrong_key);
  EXPECT_EQ(other.open(sealed, "row 1").error(), SealError::wrong_key);
  EXPECT_EQ(sealer.open("short", "row 1").error(), SealError::malformed);
  std::string damaged = sealed;
  damaged.back() ^= 1;
  EXPECT_EQ(sealer.open(damaged, "row 1").error(), SealError::wrong_key);
}

TEST(Seal, KeyFileIsMadeOncePrivateAndReadAgain) {
  SecureRandom random;
  const auto dir = std::filesystem::temp_directory_path() / ("sesame-seal-" + random.uuid());
  std::filesystem::create_directory(dir);
  const auto first = load_or_create_seal_key(dir / "key", random);
  const auto second = load_or_create_seal_key(dir / "key", random);
  ASSERT_TRUE(first && second);
  EXPECT_TRUE(first->equals(second->reveal()));
  EXPECT_EQ(std::filesystem::status(dir / "key").permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  const auto missing = load_or_create_seal_key(dir / "no" / "key", random);
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().find("no/key"), std::string::npos);
  std::filesystem::remove_all(dir);
}

}  // namespace
}  // namespace sesame
