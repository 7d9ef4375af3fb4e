#include "console/password.h"

#include <argon2.h>

#include <algorithm>
#include <stdexcept>

#include "base/text.h"

namespace sesame::console {
namespace {

constexpr std::uint32_t passes = 3, memory_kib = 64 * 1024, lanes = 1;
constexpr std::size_t salt_octets = 16, hash_octets = 32;

std::size_t characters(std::string_view utf8) {
  return static_cast<std::size_t>(
      std::ranges::count_if(utf8, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

}  // namespace

std::optional<std::string> password_problem(std::string_view password) {
  if (!is_utf8(password)) return "The password cannot be read as text.";
  if (characters(password) < min_password_characters) return "The password needs at least 12 characters.";
  if (password.size() > max_password_octets) return "The password is longer than 1024 octets.";
  return std::nullopt;
}

Secret hash_password(const Secret& password, RandomSource& random) {
  const std::string salt = random.octets(salt_octets);
  std::string encoded(argon2_encodedlen(passes, memory_kib, lanes, salt_octets, hash_octets, Argon2_id), '\0');
  const std::string_view text = password.reveal();
  const int problem = argon2id_hash_encoded(passes, memory_kib, lanes, text.data(), text.size(), salt.data(),
                                            salt.size(), hash_octets, encoded.data(), encoded.size());
  if (problem != ARGON2_OK) throw std::runtime_error(std::string("argon2: ") + argon2_error_message(problem));
  encoded.resize(encoded.find('\0'));  // encodedlen counts the end
  return Secret(std::move(encoded));
}

bool password_matches(const Secret& password, const Secret& hash) {
  const std::string encoded(hash.reveal());
  const std::string_view text = password.reveal();
  return argon2id_verify(encoded.c_str(), text.data(), text.size()) == ARGON2_OK;
}

}  // namespace sesame::console
