#include "smtp/testing/protocol_driver.h"

#include "base/text.h"

namespace sesame::smtp {

std::string codes(std::string_view written) {
  std::string out;
  for (auto line : split(written, '\n')) {
    for (const std::string_view mark : {"<closed>", "<tls>"}) {
      if (line.starts_with(mark)) {
        out += ' ' + std::string(mark);
        line.remove_prefix(mark.size());
      }
    }
    if (line.size() > 3 && line[3] == ' ') out += ' ' + std::string(line.substr(0, 3));
  }
  return out.empty() ? out : out.substr(1);
}

}  // namespace sesame::smtp
