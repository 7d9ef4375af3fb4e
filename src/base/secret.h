// base/secret.h: text that must not leak by accident.
//
// A Secret cannot be copied (share() says so out loud), is not printable, is wiped when it dies and compares in
// constant time. Secrets at rest go through Sealer (base/seal.h).
#pragma once

#include <openssl/crypto.h>

#include <string>
#include <string_view>
#include <utility>

#include "base/digest.h"

namespace sesame {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) {}
  Secret(Secret&& other) noexcept { value_.swap(other.value_); }
  Secret& operator=(Secret&& other) noexcept {
    wipe();
    value_.swap(other.value_);
    return *this;
  }
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  ~Secret() { wipe(); }

  // The only way to the octets; the name is there to be searched for.
  std::string_view reveal() const { return value_; }
  Secret share() const { return Secret(value_); }
  bool empty() const { return value_.empty(); }
  bool equals(std::string_view other) const { return equal_constant_time(value_, other); }

 private:
  void wipe() {
    if (!value_.empty()) OPENSSL_cleanse(value_.data(), value_.size());
    value_.clear();
  }
  std::string value_;
};

}  // namespace sesame
