// console/password.h: the operator's password, as it is kept and checked.
//
// Source: RFC 9106 (Argon2id, the second recommended option: 64 MiB, three passes), PHC string format. Pure functions,
// 0.1 to 0.3 s each: for the worker pool.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/random.h"
#include "base/secret.h"

namespace sesame::console {

inline constexpr std::size_t min_password_characters = 12;
inline constexpr std::size_t max_password_octets = 1024;

// What is wrong with a new password, for the person who typed it; nullopt if nothing is.
std::optional<std::string> password_problem(std::string_view password);

// "$argon2id$v=19$m=65536,t=3,p=1$<salt>$<hash>". Throws std::runtime_error when there is no memory for it.
Secret hash_password(const Secret& password, RandomSource& random);

// False also for text that is no such hash.
bool password_matches(const Secret& password, const Secret& hash);

}  // namespace sesame::console
