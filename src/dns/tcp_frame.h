// dns/tcp_frame.h: messages on a stream, each behind two octets of length (RFC 1035 §4.2.2, RFC 7766 §8).
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "net/stream.h"

namespace sesame::dns {

// Both within the stream's deadline. A message longer than `max_octets` is an error of code `other`; `message` is at
// most 65,535 octets long.
net::Task<Result<std::string, net::NetError>> read_frame(net::Stream& stream, std::size_t max_octets);
net::Task<Result<void, net::NetError>> write_frame(net::Stream& stream, std::string message);

}  // namespace sesame::dns
