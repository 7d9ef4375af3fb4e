// submission/api_message_id.h: the id a caller hears, which is also the local part of the return path, and its keyed
// tag.
//
// Source: spec 3.1 for the form (16 hex digits, '-', UUID, "-000000": 60 octets, within the 64 of RFC 5321 §4.5.3.1.1).
//
//   0100 019c1234abcd - Krrrrrrr-rrrr-4ttt-vttt-tttttttttttt - 000000
//   |    |              |             |    |
//   |    |              |             |    v: RFC 9562 variant nibble 8..b, two random bits
//   |    |              |             4: RFC 9562 version
//   |    |              K: number of the key (0..15), r: 44 random bits, t: 72 bits of tag
//   |    accept time, ms since 1970
//   region mark
//
// tag = HMAC-SHA-256(key K, every other digit of the id), first 72 bits. A forged or altered id is told in constant
// time and without a look-up; a bounce to it suppresses nobody. Keys rotate: new ids use the newest key, old ids stay
// good until they expire (45 days by default), for up to 16 keys in that time.
#pragma once

#include <array>
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/random.h"
#include "base/secret.h"
#include "store/control_store.h"

namespace sesame::submission {

enum class IdCheck {
  genuine,
  malformed,  // not the form: never was an id of ours
  forged,     // the form, but the tag is wrong or its key unknown
  expired,    // genuine, but older than the time feedback is accepted
};

// Thread-safe. Keys are kept in the store under "return-path/<number>".
class MessageIds {
 public:
  // Loads the keys; makes the first one if there is none. The error is a line for the operator.
  static net::Task<Result<std::unique_ptr<MessageIds>, std::string>> load(store::ControlStore& store,
                                                                          const Clock& clock, RandomSource& random,
                                                                          std::string region);

  std::string mint();
  IdCheck check(std::string_view id, std::chrono::hours lifetime = std::chrono::hours(45 * 24)) const;
  // Adds a key, durable before it is used. The number after the newest is overwritten when all 16 are taken.
  net::Task<Result<void, std::string>> rotate();
  // When the key that new ids use was made.
  Time newest_key_made() const { return keys()->newest_made; }

 private:
  struct Keys {
    std::array<std::shared_ptr<const Secret>, 16> by_number;
    unsigned newest = 0;
    Time newest_made{};
  };
  MessageIds(store::ControlStore& store, const Clock& clock, RandomSource& random, std::string region);
  std::string tag_for(const Secret& key, std::string_view id) const;
  std::shared_ptr<const Keys> keys() const;

  store::ControlStore& store_;
  const Clock& clock_;
  RandomSource& random_;
  std::string region_mark_;
  mutable std::mutex mutex_;
  std::shared_ptr<const Keys> keys_;  // replaced whole under mutex_
};

// The accept time an id carries, if it has the form.
std::optional<Time> accept_time(std::string_view id);

}  // namespace sesame::submission
