// net/system_error.h: from the error codes of Asio and the system to NetError. For the sources of this room only.
#pragma once

#include <boost/system/error_code.hpp>
#include <string_view>

#include "net/error.h"

namespace sesame::net {

// `doing` starts the detail: "connect 192.0.2.1:25: Connection refused".
NetError net_error(const boost::system::error_code& error, std::string_view doing);

}  // namespace sesame::net
