#include "net/testing/certificate.h"

#include <openssl/pem.h>

#include <cstdio>
#include <stdexcept>

#include "net/tls_context_impl.h"

namespace sesame::net {
namespace {

using FilePtr = std::unique_ptr<FILE, OpensslDelete<fclose>>;

FilePtr open_for_writing(const std::string& path) {
  FilePtr file(std::fopen(path.c_str(), "w"));
  if (!file) throw std::runtime_error("cannot write " + path);
  return file;
}

}  // namespace

CertificateFiles write_self_signed(const std::filesystem::path& directory, const std::string& host_name) {
  const SelfSigned made = make_self_signed(host_name, 1);
  CertificateFiles files{directory / (host_name + ".crt"), directory / (host_name + ".key")};
  PEM_write_X509(open_for_writing(files.certificate).get(), made.certificate.get());
  PEM_write_PrivateKey(open_for_writing(files.key).get(), made.key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  return files;
}

}  // namespace sesame::net
