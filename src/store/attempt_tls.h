// store/attempt_tls.h: how the session of an attempt was protected, as Attempt::tls holds it:
//
//   "TLSv1.3"                            the certificate holds for the host's name
//   "TLSv1.3; self-signed certificate"   encrypted, to nobody knows whom
//   "; 454 4.7.0 TLS not available"      TLS was offered and did not come about: in the clear
//   ""                                   in the clear
#pragma once

#include <string>
#include <string_view>

namespace sesame::store {

struct AttemptTls {
  std::string version;
  std::string problem;
  friend bool operator==(const AttemptTls&, const AttemptTls&) = default;
};

std::string to_text(const AttemptTls& tls);
AttemptTls read_attempt_tls(std::string_view text);

}  // namespace sesame::store
