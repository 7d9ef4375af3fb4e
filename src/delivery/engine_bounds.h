// delivery/engine_bounds.h: how much the engine keeps in memory and has under way, beside its connections.
#pragma once

#include <algorithm>
#include <cstddef>

namespace sesame::delivery {

// How much of `most` is not in use; never less than nothing.
inline std::size_t left(std::size_t most, std::size_t used) { return most - std::min(most, used); }

struct EngineBounds {
  std::size_t held = 20'000;         // recipients in memory, about 500 octets each; a tenth is for transactional mail
  std::size_t in_place = 1000;       // of them in one lane, or for one look-up
  std::size_t numbered = 4'000'000;  // leased recipients of whom only the number is kept, 8 octets each
  std::size_t inbox = 5000;          // recipients taken over from the store and not yet sorted in
  std::size_t lookups = 500;         // domains whose hosts are asked for at the same time
};

}  // namespace sesame::delivery
