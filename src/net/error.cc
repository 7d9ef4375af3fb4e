#include "net/error.h"

#include <fmt/format.h>

#include <boost/asio/error.hpp>

#include "net/system_error.h"

namespace sesame::net {
namespace {

NetErrc classify(const boost::system::error_code& error) {
  namespace e = boost::asio::error;
  if (error == e::eof) return NetErrc::closed;
  if (error == e::operation_aborted) return NetErrc::cancelled;
  if (error == e::connection_refused) return NetErrc::refused;
  if (error == e::timed_out) return NetErrc::timed_out;
  if (error == e::address_in_use) return NetErrc::address_in_use;
  if (error == e::access_denied || error == boost::system::errc::operation_not_permitted) return NetErrc::no_permission;
  if (error == e::connection_reset || error == e::connection_aborted || error == e::broken_pipe ||
      error == e::host_unreachable || error == e::network_unreachable || error == e::network_down) {
    return NetErrc::reset;
  }
  return NetErrc::other;
}

}  // namespace

NetError net_error(const boost::system::error_code& error, std::string_view doing) {
  return NetError{classify(error), fmt::format("{}: {}", doing, error.message())};
}

std::string_view name(NetErrc code) {
  switch (code) {
    case NetErrc::closed: return "closed";
    case NetErrc::reset: return "reset";
    case NetErrc::refused: return "refused";
    case NetErrc::timed_out: return "timed_out";
    case NetErrc::cancelled: return "cancelled";
    case NetErrc::tls: return "tls";
    case NetErrc::address_in_use: return "address_in_use";
    case NetErrc::no_permission: return "no_permission";
    case NetErrc::other: return "other";
  }
  return "?";
}

}  // namespace sesame::net
