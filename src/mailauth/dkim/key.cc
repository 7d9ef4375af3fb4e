#include "mailauth/dkim/key.h"

#include <openssl/decoder.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <stdexcept>

#include "base/text.h"

namespace sesame::mailauth::dkim {
namespace {

using PkeyPtr = std::shared_ptr<EVP_PKEY>;
struct FreeContext {
  void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
};
using PkeyContext = std::unique_ptr<EVP_PKEY_CTX, FreeContext>;
struct FreeDigest {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using DigestContext = std::unique_ptr<EVP_MD_CTX, FreeDigest>;

[[noreturn]] void openssl_failed(const char* what) {
  char reason[256];
  ERR_error_string_n(ERR_get_error(), reason, sizeof reason);
  throw std::runtime_error(std::string(what) + ": " + reason);
}

PkeyPtr owned(EVP_PKEY* key) { return PkeyPtr(key, EVP_PKEY_free); }

const unsigned char* bytes(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

std::string encode_public_key(EVP_PKEY* key, Algorithm algorithm) {
  if (algorithm == Algorithm::ed25519_sha256) {
    std::string raw(32, '\0');
    std::size_t length = raw.size();
    if (EVP_PKEY_get_raw_public_key(key, bytes(raw), &length) != 1) openssl_failed("Ed25519 public key");
    return base64_encode(raw);
  }
  unsigned char* der = nullptr;
  const int length = i2d_PUBKEY(key, &der);
  if (length <= 0) openssl_failed("RSA public key");
  const std::unique_ptr<unsigned char, void (*)(unsigned char*)> holder(der, [](unsigned char* p) { OPENSSL_free(p); });
  return base64_encode(std::string_view(reinterpret_cast<const char*>(der), static_cast<std::size_t>(length)));
}

std::string sign_rsa(EVP_PKEY* key, std::string_view digest) {
  const PkeyContext context(EVP_PKEY_CTX_new(key, nullptr));
  if (!context || EVP_PKEY_sign_init(context.get()) != 1 ||
      EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PADDING) != 1 ||
      EVP_PKEY_CTX_set_signature_md(context.get(), EVP_sha256()) != 1)
    openssl_failed("RSA signing");
  std::string signature(static_cast<std::size_t>(EVP_PKEY_get_size(key)), '\0');
  std::size_t length = signature.size();
  if (EVP_PKEY_sign(context.get(), bytes(signature), &length, bytes(digest), digest.size()) != 1)
    openssl_failed("RSA signing");
  signature.resize(length);
  return signature;
}

std::string sign_ed25519(EVP_PKEY* key, std::string_view digest) {
  const DigestContext context(EVP_MD_CTX_new());
  std::string signature(64, '\0');
  std::size_t length = signature.size();
  if (!context || EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key) != 1 ||
      EVP_DigestSign(context.get(), bytes(signature), &length, bytes(digest), digest.size()) != 1)
    openssl_failed("Ed25519 signing");
  return signature;
}

}  // namespace

std::string_view name(Algorithm algorithm) {
  return algorithm == Algorithm::rsa_sha256 ? "rsa-sha256" : "ed25519-sha256";
}

std::string_view name(KeyError error) {
  switch (error) {
    case KeyError::not_base64: return "not base64";
    case KeyError::not_a_private_key: return "not a private key";
    case KeyError::wrong_algorithm: return "not an RSA key";
    case KeyError::too_short: return "RSA key under 1024 bits";
    case KeyError::too_long: return "RSA key over 2048 bits";
  }
  return "";
}

SigningKey::SigningKey(std::shared_ptr<evp_pkey_st> key, Algorithm algorithm)
    : key_(std::move(key)), algorithm_(algorithm), public_key_(encode_public_key(key_.get(), algorithm)) {}

SigningKey SigningKey::generate_rsa(unsigned bits) {
  EVP_PKEY* key = EVP_RSA_gen(bits);
  if (key == nullptr) openssl_failed("RSA key generation");
  return SigningKey(owned(key), Algorithm::rsa_sha256);
}

SigningKey SigningKey::generate_ed25519() {
  EVP_PKEY* key = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
  if (key == nullptr) openssl_failed("Ed25519 key generation");
  return SigningKey(owned(key), Algorithm::ed25519_sha256);
}

Result<SigningKey, KeyError> SigningKey::import_base64(std::string_view text) {
  const auto der = base64_decode_folded(text);
  if (!der || der->empty()) return std::unexpected(KeyError::not_base64);
  const Secret secret(*der);
  auto key = from_der(secret.reveal());
  if (!key) return key;
  if (key->algorithm() != Algorithm::rsa_sha256) return std::unexpected(KeyError::wrong_algorithm);
  if (key->bits() > max_imported_rsa_bits) return std::unexpected(KeyError::too_long);
  return key;
}

Result<SigningKey, KeyError> SigningKey::from_der(std::string_view der) {
  const unsigned char* cursor = bytes(der);
  const PkeyPtr key = owned(d2i_AutoPrivateKey(nullptr, &cursor, static_cast<long>(der.size())));
  ERR_clear_error();
  if (!key || cursor != bytes(der) + der.size()) return std::unexpected(KeyError::not_a_private_key);
  switch (EVP_PKEY_get_base_id(key.get())) {
    case EVP_PKEY_RSA: break;
    case EVP_PKEY_ED25519: return SigningKey(key, Algorithm::ed25519_sha256);
    default: return std::unexpected(KeyError::wrong_algorithm);
  }
  if (EVP_PKEY_get_bits(key.get()) < static_cast<int>(min_rsa_bits)) return std::unexpected(KeyError::too_short);
  const PkeyContext check(EVP_PKEY_CTX_new(key.get(), nullptr));
  const bool consistent = check && EVP_PKEY_pairwise_check(check.get()) == 1;
  ERR_clear_error();
  if (!consistent) return std::unexpected(KeyError::not_a_private_key);
  return SigningKey(key, Algorithm::rsa_sha256);
}

Secret SigningKey::private_key() const {
  const std::unique_ptr<PKCS8_PRIV_KEY_INFO, void (*)(PKCS8_PRIV_KEY_INFO*)> info(EVP_PKEY2PKCS8(key_.get()),
                                                                                  PKCS8_PRIV_KEY_INFO_free);
  if (!info) openssl_failed("PKCS#8 encoding");
  const int length = i2d_PKCS8_PRIV_KEY_INFO(info.get(), nullptr);
  if (length <= 0) openssl_failed("PKCS#8 encoding");
  std::string der(static_cast<std::size_t>(length), '\0');
  unsigned char* cursor = bytes(der);
  i2d_PKCS8_PRIV_KEY_INFO(info.get(), &cursor);
  return Secret(std::move(der));
}

unsigned SigningKey::bits() const { return static_cast<unsigned>(EVP_PKEY_get_bits(key_.get())); }

std::string SigningKey::record() const {
  const char* type = algorithm_ == Algorithm::rsa_sha256 ? "rsa" : "ed25519";
  return std::string("v=DKIM1; k=") + type + "; p=" + public_key_;
}

std::string SigningKey::sign_digest(std::string_view sha256_digest) const {
  if (algorithm_ == Algorithm::rsa_sha256) return sign_rsa(key_.get(), sha256_digest);
  return sign_ed25519(key_.get(), sha256_digest);
}

}  // namespace sesame::mailauth::dkim
