// net/unix_socket.h: a Stream to a server on this machine, by the path of its Unix socket.
#pragma once

#include <memory>
#include <string>

#include "net/stream.h"

namespace sesame::net {

inline constexpr std::size_t max_unix_path_octets = 107;  // sockaddr_un, unix(7), without the NUL at its end

// Connects within `deadline`, which the stream keeps. Its remote() and local() are unspecified: such sockets have no
// address. A path that is empty, too long or holds a NUL is refused as `other`.
Task<Result<std::unique_ptr<Stream>, NetError>> connect_unix(std::string path, Deadline deadline);

}  // namespace sesame::net
