#include "mailauth/dkim/key_record.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <algorithm>
#include <mutex>
#include <optional>

#include "base/text.h"
#include "mailauth/tag_list.h"

namespace sesame::mailauth::dkim {
namespace {

const unsigned char* bytes(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

std::shared_ptr<EVP_PKEY> owned(EVP_PKEY* key) {
  ERR_clear_error();  // what failed to parse is the record's fault, not ours
  return std::shared_ptr<EVP_PKEY>(key, EVP_PKEY_free);
}

// Removes the head of a DER element of this tag that takes up all of `der`, so that its content remains. Lengths are
// read as far as a key can need: up to two octets (X.690 §8.1.3).
bool enter(std::string_view& der, char tag) {
  if (der.size() < 2 || der[0] != tag) return false;
  const auto first = static_cast<unsigned char>(der[1]);
  const std::size_t length_octets = first < 0x80 ? 0 : first - 0x80;
  if (length_octets > 2 || der.size() < 2 + length_octets) return false;
  std::size_t length = length_octets == 0 ? first : 0;
  for (const char c : der.substr(2, length_octets)) length = length << 8 | static_cast<unsigned char>(c);
  der.remove_prefix(2 + length_octets);
  return der.size() == length;
}

// The RSAPublicKey within a SubjectPublicKeyInfo of the usual form (RFC 3279 §2.3.1), else nullopt. OpenSSL reads
// the inner form a hundred times faster than the outer one.
std::optional<std::string_view> rsa_key_within(std::string_view der) {
  constexpr std::string_view rsa_encryption("\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00", 15);
  if (!enter(der, 0x30) || !der.starts_with(rsa_encryption)) return std::nullopt;
  der.remove_prefix(rsa_encryption.size());
  if (!enter(der, 0x03) || !der.starts_with('\0')) return std::nullopt;
  return der.substr(1);
}

std::shared_ptr<EVP_PKEY> decode_bare_rsa(std::string_view der) {
  const unsigned char* cursor = bytes(der);
  return owned(d2i_PublicKey(EVP_PKEY_RSA, nullptr, &cursor, static_cast<long>(der.size())));
}

std::shared_ptr<EVP_PKEY> decode_rsa(std::string_view der) {
  auto key = decode_bare_rsa(rsa_key_within(der).value_or(der));
  if (key) return key;
  const unsigned char* cursor = bytes(der);
  key = owned(d2i_PUBKEY(nullptr, &cursor, static_cast<long>(der.size())));
  if (key && EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_RSA) key.reset();
  return key;
}

std::shared_ptr<EVP_PKEY> decode_ed25519(std::string_view octets) {
  if (octets.size() != 32) return nullptr;
  return owned(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes(octets), octets.size()));
}

bool lists(std::string_view value, std::string_view item) {
  return std::ranges::any_of(split_list(value), [&](auto listed) { return ascii_iequals(listed, item); });
}

struct FreeContext {
  void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_PKEY_CTX, FreeContext>;

// Told how to verify rsa-sha256; null if OpenSSL will not.
Context rsa_context(EVP_PKEY* key) {
  Context context(EVP_PKEY_CTX_new(key, nullptr));
  const bool ready = context && EVP_PKEY_verify_init(context.get()) == 1 &&
                     EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PADDING) == 1 &&
                     EVP_PKEY_CTX_set_signature_md(context.get(), EVP_sha256()) == 1;
  if (!ready) context.reset();
  return context;
}

bool verify_ed25519(EVP_PKEY* key, std::string_view digest, std::string_view signature) {
  const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  return context && EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key) == 1 &&
         EVP_DigestVerify(context.get(), bytes(signature), signature.size(), bytes(digest), digest.size()) == 1;
}

}  // namespace

std::string_view describe(KeyRecordError error) {
  switch (error) {
    case KeyRecordError::not_a_key_record: return "is not a DKIM key record";
    case KeyRecordError::no_key: return "has no p=";
    case KeyRecordError::revoked: return "says that the key is revoked (empty p=)";
    case KeyRecordError::unknown_key_type: return "has an unknown key type (k=)";
    case KeyRecordError::not_for_email: return "is not for email (s=)";
    case KeyRecordError::damaged_key: return "holds no readable key (p=)";
  }
  return "";
}

// Making a context costs a tenth of a verification, so it is kept beside the key.
struct PublicKey::Prepared {
  std::shared_ptr<EVP_PKEY> key;
  std::mutex mutex;
  Context rsa;  // under mutex; made by the first verification
};

PublicKey::PublicKey(std::shared_ptr<evp_pkey_st> key, Algorithm algorithm)
    : prepared_(std::make_shared<Prepared>()), algorithm_(algorithm) {
  prepared_->key = std::move(key);
}

unsigned PublicKey::bits() const { return static_cast<unsigned>(EVP_PKEY_get_bits(prepared_->key.get())); }

bool PublicKey::verify_digest(std::string_view sha256_digest, std::string_view signature) const {
  bool genuine = false;
  if (algorithm_ == Algorithm::rsa_sha256) {
    const std::lock_guard lock(prepared_->mutex);
    if (!prepared_->rsa) prepared_->rsa = rsa_context(prepared_->key.get());
    genuine = prepared_->rsa && EVP_PKEY_verify(prepared_->rsa.get(), bytes(signature), signature.size(),
                                                bytes(sha256_digest), sha256_digest.size()) == 1;
  } else {
    genuine = verify_ed25519(prepared_->key.get(), sha256_digest, signature);
  }
  ERR_clear_error();
  return genuine;
}

Result<KeyRecord, KeyRecordError> parse_key_record(std::string_view txt) {
  const auto tags = parse_tag_list(txt);
  if (!tags) return std::unexpected(KeyRecordError::not_a_key_record);
  const auto version = find_tag(*tags, "v");
  if (version && (*version != "DKIM1" || tags->front().name != "v"))
    return std::unexpected(KeyRecordError::not_a_key_record);
  const auto p = find_tag(*tags, "p");
  if (!p) return std::unexpected(KeyRecordError::no_key);
  if (p->empty()) return std::unexpected(KeyRecordError::revoked);
  const std::string_view type = find_tag(*tags, "k").value_or("rsa");
  const bool rsa = ascii_iequals(type, "rsa");
  if (!rsa && !ascii_iequals(type, "ed25519")) return std::unexpected(KeyRecordError::unknown_key_type);
  const auto services = find_tag(*tags, "s");
  if (services && !lists(*services, "email") && !lists(*services, "*"))
    return std::unexpected(KeyRecordError::not_for_email);

  const auto octets = base64_decode_folded(*p);
  const auto key = !octets ? nullptr : rsa ? decode_rsa(*octets) : decode_ed25519(*octets);
  if (!key) return std::unexpected(KeyRecordError::damaged_key);
  KeyRecord record{.key = PublicKey(key, rsa ? Algorithm::rsa_sha256 : Algorithm::ed25519_sha256)};
  if (const auto hashes = find_tag(*tags, "h")) record.accepts_sha256 = lists(*hashes, "sha256");
  if (const auto flags = find_tag(*tags, "t")) {
    record.testing = lists(*flags, "y");
    record.exact_domain_only = lists(*flags, "s");
  }
  return record;
}

}  // namespace sesame::mailauth::dkim
