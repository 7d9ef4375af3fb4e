// net/linger.h: closes a connection so that the peer can read what was written last.
#pragma once

#include "net/stream.h"

namespace sesame::net {

// Closes the sending side, then reads and drops what still comes until the peer closes too, `patience` is over or
// `max_octets` have come. Closing at once on unread octets would send a reset, which may overtake the last words.
Task<void> shutdown_and_linger(Stream& stream, std::chrono::milliseconds patience, std::size_t max_octets);

}  // namespace sesame::net
