// One command line: what parses is written back to a line that parses to the same command.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "smtp/command.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sesame::smtp;
  const std::string_view line(reinterpret_cast<const char*>(data), size);
  for (const Utf8 utf8 : {Utf8::refuse, Utf8::accept}) {
    const auto command = parse_command(line, utf8);
    if (!command) {
      const int code = reply_to(command.error()).code;
      if (code < 500 || code > 559) std::abort();
      continue;
    }
    const auto text = format_command(*command);
    if (text.find_first_of("\r\n") != std::string::npos) std::abort();
    const auto again = parse_command(text, utf8);
    if (!again || *again != *command) std::abort();
  }
  return 0;
}
