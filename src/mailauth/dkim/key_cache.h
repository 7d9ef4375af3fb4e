// mailauth/dkim/key_cache.h: key records that have been decoded before.
//
// Decoding an RSA key and preparing it for its first use costs OpenSSL more than verifying with it. A receiver that
// sees the same signers again and again keeps one of these for all messages; DNS is asked all the same, and what is
// kept is found by the record's text, so a changed record is a new one.
#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "mailauth/dkim/key_record.h"

namespace sesame::mailauth::dkim {

// Thread-safe. Holds at most `capacity` records of up to max_kept_octets each; once full it starts anew.
class KeyCache {
 public:
  static constexpr std::size_t max_kept_octets = 2048;  // an RSA key of 8192 bits and its tags

  explicit KeyCache(std::size_t capacity = 1024) : capacity_(capacity) {}

  // As parse_key_record.
  Result<KeyRecord, KeyRecordError> parse(std::string_view txt);

  std::size_t size() const;

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };

  const std::size_t capacity_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, KeyRecord, Hash, std::equal_to<>> records_;  // under mutex_
};

}  // namespace sesame::mailauth::dkim
