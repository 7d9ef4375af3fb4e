// net/layered_stream.h: a Stream over a raw transport, with TLS put in between on request.
//
// The base of the socket stream and of the in-memory stream. Derived classes move octets and keep the deadline;
// everything about TLS is here, once.
#pragma once

#include <memory>

#include "net/stream.h"

namespace sesame::net {

class TlsEngine;

class LayeredStream : public Stream {
 public:
  LayeredStream();
  ~LayeredStream() override;

  Task<Result<std::size_t, NetError>> read_some(std::span<char> into) final;
  Task<Result<void, NetError>> write_all(std::string_view octets) final;
  Task<Result<void, NetError>> start_tls_server(const TlsContext& context) final;
  Task<Result<void, NetError>> start_tls_client(const TlsContext& context, std::string server_name) final;
  std::optional<TlsInfo> tls() const final;
  Task<void> shutdown() final;

 protected:
  // As read_some and write_all, without TLS.
  virtual Task<Result<std::size_t, NetError>> raw_read_some(std::span<char> into) = 0;
  virtual Task<Result<void, NetError>> raw_write_all(std::string_view octets) = 0;
  // The peer will read end of file after what was written.
  virtual void raw_close_sending() = 0;

 private:
  Task<Result<void, NetError>> negotiate();
  Task<Result<std::size_t, NetError>> tls_read_some(std::span<char> into);
  Task<Result<void, NetError>> tls_write_all(std::string_view octets);
  Task<Result<void, NetError>> send_output();
  Task<Result<void, NetError>> feed_once();

  std::unique_ptr<TlsEngine> engine_;    // from the start of the handshake on
  std::unique_ptr<std::string> buffer_;  // for octets from the peer
  bool encrypted_ = false;               // the handshake is done
};

}  // namespace sesame::net
