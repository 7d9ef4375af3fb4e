#include "mailauth/arc/seal_digests.h"

#include <openssl/evp.h>

#include <memory>
#include <new>
#include <stdexcept>

#include "mailauth/dkim/canonicalization.h"
#include "mailauth/dkim/signed_header.h"

namespace sesame::mailauth::arc {
namespace {

constexpr auto relaxed = dkim::Canonicalization::relaxed;

// A SHA-256 that can be asked what it would be if something more came.
class RunningDigest {
 public:
  RunningDigest() : context_(make()) { check(EVP_DigestInit_ex2(context_.get(), EVP_sha256(), nullptr)); }

  void update(std::string_view octets) { check(EVP_DigestUpdate(context_.get(), octets.data(), octets.size())); }

  std::string with(std::string_view octets) const {
    const Context copy = make();
    std::string digest(32, '\0');
    unsigned int length = 0;
    check(EVP_MD_CTX_copy_ex(copy.get(), context_.get()));
    check(EVP_DigestUpdate(copy.get(), octets.data(), octets.size()));
    check(EVP_DigestFinal_ex(copy.get(), reinterpret_cast<unsigned char*>(digest.data()), &length));
    return digest;
  }

 private:
  struct Free {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  };
  using Context = std::unique_ptr<EVP_MD_CTX, Free>;

  static Context make() {
    Context context(EVP_MD_CTX_new());
    if (!context) throw std::bad_alloc();
    return context;
  }
  static void check(int done) {
    if (done != 1) throw std::runtime_error("SHA-256 failed");
  }

  Context context_;
};

}  // namespace

std::vector<std::string> seal_digests(std::span<const ArcSet> sets) {
  std::vector<std::string> digests;
  RunningDigest chain;
  for (const ArcSet& set : sets) {
    std::string before_seal, seal, signed_seal;
    dkim::append_canonical_field(relaxed, *set.authentication_results, true, before_seal);
    dkim::append_canonical_field(relaxed, *set.message_signature, true, before_seal);
    chain.update(before_seal);
    dkim::append_own_field(relaxed, *set.seal, signed_seal);
    digests.push_back(chain.with(signed_seal));
    dkim::append_canonical_field(relaxed, *set.seal, true, seal);
    chain.update(seal);
  }
  return digests;
}

}  // namespace sesame::mailauth::arc
