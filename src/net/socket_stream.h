// net/socket_stream.h: makes a Stream of a connected socket. For the sources of this room only.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <memory>

#include "net/stream.h"

namespace sesame::net {

// The stream's executor is the socket's, which must run on one thread. Sets TCP_NODELAY.
std::unique_ptr<Stream> make_socket_stream(asio::ip::tcp::socket socket);

inline asio::ip::tcp::endpoint to_tcp(const Endpoint& endpoint) { return {endpoint.address, endpoint.port}; }
inline Endpoint from_tcp(const asio::ip::tcp::endpoint& endpoint) { return {endpoint.address(), endpoint.port()}; }

}  // namespace sesame::net
