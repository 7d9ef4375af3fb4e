// net/error.h: why an operation on a stream failed.
#pragma once

#include <string>
#include <string_view>

namespace sesame::net {

enum class NetErrc {
  closed,          // the peer closed in order (end of file); nothing more can be read
  reset,           // the connection broke: reset, unreachable, aborted
  refused,         // nobody listens there
  timed_out,       // the deadline passed; the position in the stream is unknown, close it
  cancelled,       // our own side stops; finish at once
  tls,             // handshake or record layer failed; `detail` has OpenSSL's reason
  address_in_use,  // bind only
  no_permission,   // bind only
  other,
};

struct NetError {
  NetErrc code = NetErrc::other;
  std::string detail;  // one line for the log; never sent to a peer
};

std::string_view name(NetErrc code);

}  // namespace sesame::net
