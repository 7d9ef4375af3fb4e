#include "dns/tsig.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace sesame::dns {
namespace {

// Made with dnspython 2.3.0: an update, its MAC and a response to it, all at this time with this key.
const Time at = from_unix_ms(1767225600'000);
constexpr std::string_view plain_hex =
    "123428000001000200020000076578616d706c6503636f6d000006000106626f756e6365c00c000f00fe000000000000c01d00100001000000"
    "000004036f6c64c01d001000ff000000000000c01d000f00010000012c0027000a0d666565646261636b2d736d74700975732d656173742d31"
    "03737663076578616d706c6500";
constexpr std::string_view mac_256_hex = "2908e536adba4adc7090737e53a687666e96ebed6425b651291b9ac70ec57c59";
constexpr std::string_view response_256_hex =
    "1234a8000001000000000001076578616d706c6503636f6d00000600010a736573616d652d6b6579076578616d706c650000fa00ff00000000"
    "003d0b686d61632d7368613235360000006955b900012c00204ebdf09dcb0de8fca8519e15577601f5588b4d45305ab687527880d0c04119ad"
    "123400000000";
constexpr std::string_view mac_512_hex =
    "132e24ed4d28033d1efd881e8697b2c5adadf529fd96a4140f587719d62e8ade75bb8a4ba56cdd62b4cb5776214872f6ad39886667ab645383"
    "f92d13e24d798b";
constexpr std::string_view response_512_hex =
    "1234a8000001000000000001076578616d706c6503636f6d00000600010a736573616d652d6b6579076578616d706c650000fa00ff00000000"
    "005d0b686d61632d7368613531320000006955b900012c004065d5e8b6b57b754f0f205111c608b905cf9c3fdd5ad722672390e66eaabf1d00"
    "7a1c6985f9bb3896a8cd81964dd1690163c206a8edb391635c0dc14d7bb66f2e123400000000";

std::string octets_of(std::string_view hex) { return *hex_decode(hex); }

TsigKey key(TsigAlgorithm algorithm = TsigAlgorithm::hmac_sha256) {
  return {"Sesame-Key.Example", algorithm, Secret("0123456789abcdef0123456789abcdef")};
}

std::optional<TsigErrc> error_of(std::string_view response, Time now = at, const TsigKey& with = key()) {
  const auto verified = verify_response(response, with, octets_of(mac_256_hex), now);
  if (verified) return std::nullopt;
  return verified.error().code;
}

// A response without a MAC that carries this value in the Error field.
std::string refused_with(unsigned char error) {
  std::string response = octets_of(response_256_hex);
  const std::size_t mac_at = response.size() - 6 - 32;
  response.erase(mac_at, 32);
  response[mac_at - 1] = 0;  // MAC size
  response[response.size() - 3] = static_cast<char>(error);
  response[3] = 9;  // NOTAUTH
  const std::size_t length_at = response.find(std::string_view("\x0bhmac-sha256", 12)) - 1;
  response[length_at] = static_cast<char>(0x3d - 32);
  return response;
}

TEST(Tsig, SignsAsAnotherImplementationDoes) {
  EXPECT_EQ(hex_encode(sign_request(octets_of(plain_hex), key(), at).mac), mac_256_hex);
  EXPECT_EQ(hex_encode(sign_request(octets_of(plain_hex), key(TsigAlgorithm::hmac_sha512), at).mac), mac_512_hex);
}

TEST(Tsig, ASignedRequestIsTheMessageWithOneMoreRecord) {
  const std::string plain = octets_of(plain_hex);
  const SignedRequest request = sign_request(plain, key(), at);
  EXPECT_EQ(request.octets[11], 1);
  EXPECT_EQ(request.octets.substr(12, plain.size() - 12), plain.substr(12));
  EXPECT_TRUE(parse_message(request.octets).has_value());
}

TEST(Tsig, TakesTheResponseOfWhoHasTheKey) {
  const auto plain = verify_response(octets_of(response_256_hex), key(), octets_of(mac_256_hex), at);
  ASSERT_TRUE(plain.has_value());
  const auto message = parse_message(*plain);
  ASSERT_TRUE(message.has_value());
  EXPECT_EQ(message->header.id, 0x1234);
  EXPECT_EQ(message->header.opcode, Opcode::update);
  EXPECT_EQ(message->rcode, Rcode::noerror);
  EXPECT_TRUE(verify_response(octets_of(response_512_hex), key(TsigAlgorithm::hmac_sha512), octets_of(mac_512_hex), at)
                  .has_value());
}

TEST(Tsig, NoOctetOfASignedResponseCanBeChanged) {
  const std::string response = octets_of(response_256_hex);
  const std::size_t id_octets = 2;  // the original one is in the record, and signed
  for (std::size_t i = id_octets; i < response.size(); ++i) {
    std::string changed = response;
    changed[i] = static_cast<char>(changed[i] ^ 0x01);
    EXPECT_TRUE(error_of(changed).has_value()) << i;
  }
  for (std::size_t length = 0; length < response.size(); ++length) {
    EXPECT_EQ(error_of(response.substr(0, length)), TsigErrc::malformed) << length;
  }
  EXPECT_EQ(error_of(response + "x"), TsigErrc::malformed);
}

TEST(Tsig, TheResponseToAnotherRequestIsRefused) {
  const auto verified = verify_response(octets_of(response_256_hex), key(), octets_of(mac_512_hex), at);
  ASSERT_FALSE(verified.has_value());
  EXPECT_EQ(verified.error().code, TsigErrc::bad_mac);
}

TEST(Tsig, AnotherKeyOrAlgorithmIsRefused) {
  TsigKey other = key();
  other.name = "other-key.example";
  EXPECT_EQ(error_of(octets_of(response_256_hex), at, other), TsigErrc::other_key);
  EXPECT_EQ(error_of(octets_of(response_256_hex), at, key(TsigAlgorithm::hmac_sha512)), TsigErrc::other_key);
  TsigKey same_name = key();
  same_name.octets = Secret("something else");
  EXPECT_EQ(error_of(octets_of(response_256_hex), at, same_name), TsigErrc::bad_mac);
}

TEST(Tsig, IsGoodForFiveMinutesEitherWay) {
  using std::chrono::seconds;
  EXPECT_EQ(error_of(octets_of(response_256_hex), at + seconds(300)), std::nullopt);
  EXPECT_EQ(error_of(octets_of(response_256_hex), at - seconds(300)), std::nullopt);
  EXPECT_EQ(error_of(octets_of(response_256_hex), at + seconds(301)), TsigErrc::bad_time);
  EXPECT_EQ(error_of(octets_of(response_256_hex), at - seconds(301)), TsigErrc::bad_time);
}

TEST(Tsig, WhatTheServerDislikesIsSaidWithoutASignature) {
  EXPECT_EQ(error_of(refused_with(16)), TsigErrc::mac_refused);
  EXPECT_EQ(error_of(refused_with(17)), TsigErrc::key_unknown);
  EXPECT_EQ(error_of(refused_with(18)), TsigErrc::time_refused);
  const auto verified = verify_response(refused_with(17), key(), octets_of(mac_256_hex), at);
  EXPECT_EQ(verified.error().rcode, Rcode::notauth);
  EXPECT_EQ(error_of(refused_with(0)), TsigErrc::bad_mac);
}

TEST(Tsig, AnUnsignedResponseIsNotBelieved) {
  Message response;
  response.header = {.id = 0x1234, .qr = true, .opcode = Opcode::update};
  response.rcode = Rcode::refused;
  const auto verified = verify_response(serialise(response), key(), octets_of(mac_256_hex), at);
  ASSERT_FALSE(verified.has_value());
  EXPECT_EQ(verified.error().code, TsigErrc::unsigned_message);
  EXPECT_EQ(verified.error().rcode, Rcode::refused);
}

TEST(Tsig, TwoSignaturesAreOneTooMany) {
  const std::string response = octets_of(response_256_hex);
  const std::string record = response.substr(12 + 17);
  std::string twice = response + record;
  twice[11] = 2;
  EXPECT_EQ(error_of(twice), TsigErrc::malformed);
}

TEST(Tsig, AlgorithmsAreCalledAsTheRegistryDoes) {
  EXPECT_EQ(parse_tsig_algorithm("HMAC-SHA256"), TsigAlgorithm::hmac_sha256);
  EXPECT_EQ(parse_tsig_algorithm(name(TsigAlgorithm::hmac_sha512)), TsigAlgorithm::hmac_sha512);
  EXPECT_EQ(parse_tsig_algorithm("hmac-md5"), std::nullopt);
}

}  // namespace
}  // namespace sesame::dns
