#include "publish/signing_key.h"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <stdexcept>

#include "base/digest.h"
#include "base/log.h"
#include "base/text.h"

namespace sesame::publish {
namespace {

constexpr const char* secret_name = "sns-signing-key";
constexpr unsigned bits = 2048;
constexpr int days_valid = 30 * 365;

struct FreeBio {
  void operator()(BIO* bio) const { BIO_free_all(bio); }
};
struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct FreeCertificate {
  void operator()(X509* certificate) const { X509_free(certificate); }
};
struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Bio = std::unique_ptr<BIO, FreeBio>;
using KeyPtr = std::unique_ptr<EVP_PKEY, FreeKey>;
using Certificate = std::unique_ptr<X509, FreeCertificate>;

void require(bool ok, const char* what) {
  if (!ok) throw std::runtime_error(std::string("signing key: ") + what);
}

std::string contents(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(size)};
}

Certificate self_signed(EVP_PKEY* key, const std::string& common_name) {
  Certificate certificate(X509_new());
  require(certificate != nullptr, "certificate");
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);  // clocks differ
  X509_time_adj_ex(X509_getm_notAfter(certificate.get()), days_valid, 0, nullptr);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME* subject = X509_get_subject_name(certificate.get());
  const std::string name = common_name.substr(0, 64);  // RFC 5280 ub-common-name
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(name.data()),
                             static_cast<int>(name.size()), -1, 0);
  X509_set_issuer_name(certificate.get(), subject);
  require(X509_sign(certificate.get(), key, EVP_sha256()) > 0, "certificate");
  return certificate;
}

}  // namespace

struct SigningKey::Key {
  KeyPtr key;
};

SigningKey::SigningKey(std::shared_ptr<const Key> key, std::string certificate)
    : key_(std::move(key)),
      certificate_(std::move(certificate)),
      path_(fmt::format("/SimpleNotificationService-{}.pem", sha256_hex(certificate_).substr(0, 32))) {}

SigningKey SigningKey::generate(const std::string& common_name) {
  auto key = std::make_shared<Key>();
  key->key.reset(EVP_RSA_gen(bits));
  require(key->key != nullptr, "generation");
  const Certificate certificate = self_signed(key->key.get(), common_name);
  const Bio bio(BIO_new(BIO_s_mem()));
  require(bio && PEM_write_bio_X509(bio.get(), certificate.get()) == 1, "certificate");
  return {std::move(key), contents(bio.get())};
}

Result<SigningKey, std::string> SigningKey::from_pem(std::string_view pem) {
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  auto key = std::make_shared<Key>();
  if (bio) key->key.reset(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr));
  if (!key->key) return std::unexpected("no private key");
  const Certificate certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
  if (!certificate || X509_check_private_key(certificate.get(), key->key.get()) != 1) {
    return std::unexpected("no certificate of its private key");
  }
  const Bio out(BIO_new(BIO_s_mem()));
  if (!out || PEM_write_bio_X509(out.get(), certificate.get()) != 1) return std::unexpected("no certificate");
  return SigningKey(std::move(key), contents(out.get()));
}

Secret SigningKey::to_pem() const {
  const Bio bio(BIO_new(BIO_s_secmem()));
  require(bio && PEM_write_bio_PrivateKey(bio.get(), key_->key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1,
          "cannot be written");
  return Secret(contents(bio.get()) + certificate_);
}

std::string SigningKey::sign(std::string_view text, int signature_version) const {
  const std::unique_ptr<EVP_MD_CTX, FreeContext> context(EVP_MD_CTX_new());
  const EVP_MD* digest = signature_version == 2 ? EVP_sha256() : EVP_sha1();
  const auto* octets = reinterpret_cast<const unsigned char*>(text.data());
  std::string signature(static_cast<std::size_t>(EVP_PKEY_get_size(key_->key.get())), '\0');
  std::size_t size = signature.size();
  require(context && EVP_DigestSignInit(context.get(), nullptr, digest, nullptr, key_->key.get()) == 1 &&
              EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, octets,
                             text.size()) == 1,
          "cannot sign");
  signature.resize(size);
  return base64_encode(signature);
}

net::Task<Result<std::unique_ptr<SigningKey>, std::string>> SigningKey::load(store::ControlStore& control,
                                                                             std::string service_domain) {
  const auto kept = co_await control.secrets_with_prefix(secret_name);
  if (!kept) co_return std::unexpected("the key that signs notifications cannot be read: " + kept.error().detail);
  if (!kept->empty()) {
    auto key = from_pem(kept->front().second.reveal());
    if (!key) co_return std::unexpected("the key that signs notifications is damaged: " + key.error());
    co_return std::unique_ptr<SigningKey>(new SigningKey(std::move(*key)));
  }
  auto made = std::unique_ptr<SigningKey>(new SigningKey(generate("sns." + service_domain)));
  const auto put = co_await control.put_secret(secret_name, made->to_pem());
  if (!put) co_return std::unexpected("the key that signs notifications cannot be stored: " + put.error().detail);
  log::info("publish", "made the key that signs notifications");
  co_return made;
}

}  // namespace sesame::publish
