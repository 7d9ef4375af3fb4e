// smtp_session/reply_reader.h: replies from a peer, one at a time. For client_session.cc.
#pragma once

#include <optional>
#include <string>

#include "net/stream.h"
#include "smtp/reply.h"
#include "smtp_session/failure.h"

namespace sesame::smtp_session {

class ReplyReader {
 public:
  explicit ReplyReader(net::Stream& stream) : stream_(stream) {}

  // Within the stream's deadline. The errors are NetFailure and ProtocolError, at `stage`; after either the stream
  // position is unknown.
  net::Task<Result<smtp::Reply, Failure>> next(Stage stage, smtp::EnhancedStatusCodes enhanced);

  // Octets that came behind the last reply and that nobody asked for.
  bool has_more() const { return !input_.empty(); }

 private:
  net::Stream& stream_;
  std::string input_;  // bounded by what parse_reply() calls need_more for, and one read
};

}  // namespace sesame::smtp_session
