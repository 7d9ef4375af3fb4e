// app/commands/message_file.h: a message named on the command line.
#pragma once

#include <string>

#include "base/result.h"

namespace sesame::app {

inline constexpr std::size_t max_message_file_octets = std::size_t{100} << 20;  // beyond what anybody accepts by mail

// The whole file; "-" is standard input. The error is one line naming the file.
Result<std::string, std::string> read_message_file(const std::string& name);

}  // namespace sesame::app
