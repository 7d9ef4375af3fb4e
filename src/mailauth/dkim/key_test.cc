#include "mailauth/dkim/key.h"

#include <gtest/gtest.h>

#include <thread>
#include "mailauth/dkim/key_record.h"

#include "base/digest.h"
#include "base/text.h"

namespace sesame::mailauth::dkim {
namespace {

std::string pasted(const SigningKey& key) { return base64_encode(key.private_key().reveal()); }

TEST(SigningKey, ComesBackFromTheStoreAsItWas) {
  for (const SigningKey& key : {SigningKey::generate_rsa(1024), SigningKey::generate_ed25519()}) {
    const Secret stored = key.private_key();
    const auto again = SigningKey::from_der(stored.reveal());
    ASSERT_TRUE(again);
    EXPECT_EQ(again->record(), key.record());
    EXPECT_EQ(again->algorithm(), key.algorithm());
    EXPECT_EQ(again->sign_digest(sha256("x")), key.sign_digest(sha256("x")));
  }
}

TEST(SigningKey, RecordNamesTypeAndPublicKey) {
  const SigningKey rsa = SigningKey::generate_rsa();
  EXPECT_EQ(rsa.bits(), 2048u);
  EXPECT_TRUE(rsa.record().starts_with("v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A"));
  const SigningKey ed25519 = SigningKey::generate_ed25519();
  EXPECT_TRUE(ed25519.record().starts_with("v=DKIM1; k=ed25519; p="));
  EXPECT_EQ(base64_decode(ed25519.public_key())->size(), 32u);
}

TEST(SigningKey, ImportTakesBase64OnAnyNumberOfLines) {
  const SigningKey key = SigningKey::generate_rsa(1024);
  std::string text = pasted(key);
  text.insert(64, "\r\n");
  text.insert(10, " \n");
  const auto imported = SigningKey::import_base64(text);
  ASSERT_TRUE(imported);
  EXPECT_EQ(imported->public_key(), key.public_key());
}

TEST(SigningKey, ImportTakesPkcs1) {
  // openssl genrsa -traditional 1024, without its PEM lines
  constexpr std::string_view pkcs1 =
      "MIICXQIBAAKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQi"
      "Y/J16JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqM"
      "KrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB"
      "AoGAH0cxOhFZDgzXWhDhnAJDw5s4roOXN4OhjiXa8W7Y3rhX3FJqmJSPuC8N9vQm"
      "6SVbaLAE4SG5mLMueHlh4KXffEpuLEiNp9Ss3O4YfLiQpbRqE7Tm5SxKjvvQoZZe"
      "zHorimOaChRL2it47iuWxzxSiRMv4c+j70GiWdxXnxe4UoECQQDzJB/0U58W7RZy"
      "6enGVj2kWF732CoWFZWzi1FicudrBFoy63QwcowpoCazKtvZGMNlPWnC7x/6o8Gc"
      "uSe0ga2xAkEA8C7PipPm1/1fTRQvj1o/dDmZp243044ZNyxjg+/OPN0oWCbXIGxy"
      "WvmZbXriOWoSALJTjExEgraHEgnXssuk7QJBALl5ICsYMu6hMxO73gnfNayNgPxd"
      "WFV6Z7ULnKyV7HSVYF0hgYOHjeYe9gaMtiJYoo0zGN+L3AAtNP9huqkWlzECQE1a"
      "licIeVlo1e+qJ6Mgqr0Q7Aa7falZ448ccbSFYEPD6oFxiOl9Y9se9iYHZKKfIcst"
      "o7DUw1/hz2Ck4N5JrgUCQQCyKveNvjzkkd8HjYs0SwM0fPjK16//5qDZ2UiDGnOe"
      "uEzxBDAr518Z8VFbR41in3W4Y3yCDgQlLlcETrS+zYcL";
  const auto key = SigningKey::import_base64(pkcs1);
  ASSERT_TRUE(key) << name(key.error());
  EXPECT_EQ(key->bits(), 1024u);
}

TEST(SigningKey, ImportSaysWhatIsWrong) {
  const SigningKey key = SigningKey::generate_rsa(1024);
  EXPECT_EQ(SigningKey::import_base64("-----BEGIN PRIVATE KEY-----\n").error(), KeyError::not_base64);
  EXPECT_EQ(SigningKey::import_base64("").error(), KeyError::not_base64);
  EXPECT_EQ(SigningKey::import_base64("aGVsbG8=").error(), KeyError::not_a_private_key);
  EXPECT_EQ(SigningKey::import_base64(key.public_key()).error(), KeyError::not_a_private_key);
  EXPECT_EQ(SigningKey::import_base64(pasted(SigningKey::generate_ed25519())).error(), KeyError::wrong_algorithm);
  EXPECT_EQ(SigningKey::import_base64(pasted(SigningKey::generate_rsa(768))).error(), KeyError::too_short);
  EXPECT_EQ(SigningKey::import_base64(pasted(SigningKey::generate_rsa(3072))).error(), KeyError::too_long);
  std::string damaged(key.private_key().reveal());
  damaged[damaged.size() / 2] ^= 1;
  EXPECT_EQ(SigningKey::from_der(damaged).error(), KeyError::not_a_private_key);
}

TEST(SigningKey, SignsOnManyThreadsAtOnce) {
  const SigningKey key = SigningKey::generate_rsa(1024);
  const std::string expected = key.sign_digest(sha256("x"));
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 50; ++n) wrong += key.sign_digest(sha256("x")) != expected;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

TEST(KeyRecord, VerifiesOnManyThreadsAtOnceAndAfterForgeries) {
  const SigningKey key = SigningKey::generate_rsa(1024);
  const std::string digest(32, 'd'), signature = key.sign_digest(digest);
  const auto record = parse_key_record(key.record());
  ASSERT_TRUE(record);
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, copy = record->key] {
      for (int n = 0; n < 50; ++n) {
        wrong += !copy.verify_digest(digest, signature);
        wrong += copy.verify_digest(std::string(32, 'x'), signature) || copy.verify_digest(digest, "short") ||
                 copy.verify_digest(digest, std::string(128, '\xff')) || copy.verify_digest("", signature);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

TEST(KeyRecord, TakesRsaKeysInEveryFormOpenSslReads) {
  const SigningKey key = SigningKey::generate_rsa(1024);
  const std::string digest(32, 'd'), signature = key.sign_digest(digest);
  const std::string whole = *base64_decode(key.public_key());
  const auto verifies = [&](const std::string& der) {
    const auto record = parse_key_record("p=" + base64_encode(der));
    return record && record->key.bits() == 1024 && record->key.verify_digest(digest, signature);
  };
  EXPECT_TRUE(verifies(whole));
  EXPECT_TRUE(verifies(whole.substr(22))) << "RSAPublicKey alone: 3 octets of head, 15 of algorithm, 4 of bit string";
  EXPECT_TRUE(verifies(std::string("\x30\x82\x00", 3) + whole.substr(2))) << "a length in more octets than it needs";
}

TEST(KeyRecord, RefusesDamagedRsaKeys) {
  const std::string whole = *base64_decode(SigningKey::generate_rsa(1024).public_key());
  const auto error = [](const std::string& der) {
    const auto record = parse_key_record("p=" + base64_encode(der));
    return record ? std::nullopt : std::optional(record.error());
  };
  for (const std::size_t length : {1u, 2u, 3u, 17u, 18u, 21u, 22u, 100u})
    EXPECT_EQ(error(whole.substr(0, length)), KeyRecordError::damaged_key) << length;
  std::string other_algorithm = whole;
  other_algorithm[3 + 10] = '\x7f';
  EXPECT_EQ(error(other_algorithm), KeyRecordError::damaged_key);
  EXPECT_EQ(error(whole.substr(0, whole.size() - 1)), KeyRecordError::damaged_key);
}

}  // namespace
}  // namespace sesame::mailauth::dkim
