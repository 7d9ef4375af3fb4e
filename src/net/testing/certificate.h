// net/testing/certificate.h: certificates for tests of TLS.
#pragma once

#include <filesystem>
#include <string>

namespace sesame::net {

struct CertificateFiles {
  std::string certificate;
  std::string key;
};

// Writes a new self-signed certificate for `host_name` and its key as PEM files into `directory`.
CertificateFiles write_self_signed(const std::filesystem::path& directory, const std::string& host_name);

}  // namespace sesame::net
