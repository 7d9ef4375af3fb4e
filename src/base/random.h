// base/random.h: random octets, injected so that tests can repeat a run.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>

namespace sesame {

// Thread-safe.
class RandomSource {
 public:
  virtual ~RandomSource() = default;
  virtual std::string octets(std::size_t count) = 0;

  // Uniform in [0, bound); bound must not be 0.
  std::uint64_t below(std::uint64_t bound);
  // `count` characters drawn uniformly from `alphabet`.
  std::string text(std::string_view alphabet, std::size_t count);
  // RFC 9562 version 4, lower case, 36 characters.
  std::string uuid();
};

// OpenSSL's generator. Throws std::runtime_error if the system has no entropy (start-up failure).
class SecureRandom final : public RandomSource {
 public:
  std::string octets(std::size_t count) override;
};

// For tests only: a seeded sequence. Not thread-safe.
class SeededRandom final : public RandomSource {
 public:
  explicit SeededRandom(std::uint64_t seed) : engine_(seed) {}
  std::string octets(std::size_t count) override;

 private:
  std::mt19937_64 engine_;
};

}  // namespace sesame
