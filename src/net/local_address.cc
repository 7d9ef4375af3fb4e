#include "net/local_address.h"

#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/ip/tcp.hpp>
#include <cerrno>

#include "net/system_error.h"

namespace sesame::net {
namespace {

class Socket {
 public:
  explicit Socket(int family) : descriptor_(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0)) {}
  ~Socket() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  bool bind(const boost::asio::ip::tcp::endpoint& to) const {
    return descriptor_ >= 0 && ::bind(descriptor_, to.data(), static_cast<socklen_t>(to.size())) == 0;
  }

 private:
  int descriptor_;
};

}  // namespace

std::optional<std::string> bind_problem(const IpAddress& address) {
  const boost::asio::ip::tcp::endpoint any_port(address, 0);
  const Socket socket(any_port.protocol().family());
  if (socket.bind(any_port)) return std::nullopt;
  return net_error({errno, boost::system::system_category()}, "bind " + address.to_string()).detail;
}

}  // namespace sesame::net
