#include "base/seal.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <memory>
#include <stdexcept>

#include "base/text.h"

namespace sesame {
namespace {

constexpr std::size_t nonce_octets = 12, tag_octets = 16, key_octets = 32;
constexpr char sealed_version = '\x01';

using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

unsigned char* octets(std::string& s) { return reinterpret_cast<unsigned char*>(s.data()); }
const unsigned char* octets(std::string_view s) { return reinterpret_cast<const unsigned char*>(s.data()); }

}  // namespace

std::string Sealer::seal(std::string_view plain, std::string_view context) const {
  const std::string nonce = random_.octets(nonce_octets);
  std::string cipher(plain.size(), '\0'), tag(tag_octets, '\0');
  CipherContext ctx(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  int length = 0;
  const bool ok =
      EVP_EncryptInit_ex(ctx.get(), EVP_aes_256_gcm(), nullptr, octets(key_.reveal()), octets(nonce)) == 1 &&
      EVP_EncryptUpdate(ctx.get(), nullptr, &length, octets(context), static_cast<int>(context.size())) == 1 &&
      EVP_EncryptUpdate(ctx.get(), octets(cipher), &length, octets(plain), static_cast<int>(plain.size())) == 1 &&
      EVP_EncryptFinal_ex(ctx.get(), octets(cipher) + length, &length) == 1 &&
      EVP_CIPHER_CTX_ctrl(ctx.get(), EVP_CTRL_GCM_GET_TAG, tag_octets, octets(tag)) == 1;
  if (!ok) throw std::runtime_error("AES-256-GCM failed");
  return sealed_version + nonce + cipher + tag;
}

Result<Secret, SealError> Sealer::open(std::string_view sealed, std::string_view context) const {
  if (sealed.size() < 1 + nonce_octets + tag_octets || sealed[0] != sealed_version) {
    return std::unexpected(SealError::malformed);
  }
  const std::string_view nonce = sealed.substr(1, nonce_octets);
  const std::string_view cipher = sealed.substr(1 + nonce_octets, sealed.size() - 1 - nonce_octets - tag_octets);
  std::string tag(sealed.substr(sealed.size() - tag_octets));
  std::string plain(cipher.size(), '\0');
  CipherContext ctx(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  int length = 0;
  const bool ok =
      EVP_DecryptInit_ex(ctx.get(), EVP_aes_256_gcm(), nullptr, octets(key_.reveal()), octets(nonce)) == 1 &&
      EVP_DecryptUpdate(ctx.get(), nullptr, &length, octets(context), static_cast<int>(context.size())) == 1 &&
      EVP_DecryptUpdate(ctx.get(), octets(plain), &length, octets(cipher), static_cast<int>(cipher.size())) == 1 &&
      EVP_CIPHER_CTX_ctrl(ctx.get(), EVP_CTRL_GCM_SET_TAG, tag_octets, octets(tag)) == 1 &&
      EVP_DecryptFinal_ex(ctx.get(), octets(plain) + length, &length) == 1;
  if (!ok) return std::unexpected(SealError::wrong_key);
  return Secret(std::move(plain));
}

Result<Secret, std::string> load_or_create_seal_key(const std::filesystem::path& file, RandomSource& random) {
  std::error_code ec;
  if (!std::filesystem::exists(file, ec)) {
    const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) return std::unexpected(fmt::format("cannot create key file {}: {}", file.string(), strerror(errno)));
    const std::string line = hex_encode(random.octets(key_octets)) + "\n";
    const bool written = ::write(fd, line.data(), line.size()) == static_cast<ssize_t>(line.size()) && ::fsync(fd) == 0;
    const int problem = errno;
    ::close(fd);
    if (!written) {
      ::unlink(file.c_str());  // nothing is sealed with it yet; half a key would keep the next start from making one
      return std::unexpected(fmt::format("cannot write key file {}: {}", file.string(), strerror(problem)));
    }
  }
  std::ifstream in(file);
  std::string line;
  if (!in || !std::getline(in, line)) {
    return std::unexpected(fmt::format("cannot read key file {}: {}", file.string(), strerror(errno)));
  }
  auto key = hex_decode(trim(line));
  if (!key || key->size() != key_octets) {
    return std::unexpected(fmt::format("key file {} does not hold 64 hex digits", file.string()));
  }
  return Secret(std::move(*key));
}

}  // namespace sesame
