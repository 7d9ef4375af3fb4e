// app/commands/api_command.h: what the commands that make one or two API calls share.
#pragma once

#include <boost/json/value.hpp>
#include <functional>
#include <optional>
#include <string>

#include "app/commands/api_access.h"

namespace sesame::app {

// Makes one call and gives the answer to `show`. Exit status: 0; 1 when the service refused (its message goes to
// stderr); 3 when it could not be asked.
int api_command(const ApiArguments& arguments, const std::string& method, const std::string& target,
                std::optional<boost::json::value> body, const std::function<void(const boost::json::value&)>& show);

}  // namespace sesame::app
