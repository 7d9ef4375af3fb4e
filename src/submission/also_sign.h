// submission/also_sign.h: what signs beside the identity's RSA key, where the operator wants it.
#pragma once

namespace sesame::submission {

struct AlsoSign {
  bool ed25519 = false;  // the identity's Ed25519 key; not brought keys, nor identities from before there was one
  bool service = false;  // the service domain's key, also where the identity does not sign
};

}  // namespace sesame::submission
