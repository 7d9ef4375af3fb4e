#include "smtp/line_buffer.h"

#include <algorithm>
#include <stdexcept>

namespace sesame::smtp {

void LineBuffer::append(std::string_view octets) {
  if (octets.size() > room()) throw std::length_error("LineBuffer::append: more than room()");
  octets_.erase(0, start_);
  start_ = 0;
  octets_ += octets;
}

Result<std::string, LineError> LineBuffer::next_line(std::size_t max_line_octets) {
  if (swallowing_) return swallow();
  const auto octets = buffered();
  const auto end = octets.find("\r\n", scanned_);
  if (end == std::string_view::npos) {
    if (octets.size() >= std::min(max_line_octets, capacity)) {
      swallowing_ = true;
      return swallow();
    }
    scanned_ = octets.empty() ? 0 : octets.size() - 1;  // the last may be the CR of a CRLF
    return std::unexpected(LineError::need_more);
  }
  std::string line(octets.substr(0, end));
  take(end + 2);
  if (line.size() + 2 > max_line_octets) return std::unexpected(LineError::too_long);
  if (line.find_first_of("\r\n") != std::string::npos) return std::unexpected(LineError::bare_cr_or_lf);
  return line;
}

Result<std::string, LineError> LineBuffer::swallow() {
  const auto octets = buffered();
  const auto end = octets.find("\r\n");
  if (end != std::string_view::npos) {
    take(end + 2);
    swallowing_ = false;
    swallowed_ = 0;
    return std::unexpected(LineError::too_long);
  }
  const auto gone = octets.size() - (octets.ends_with('\r') ? 1 : 0);
  take(gone);
  swallowed_ += gone;
  return std::unexpected(swallowed_ > max_swallowed_octets ? LineError::runaway : LineError::need_more);
}

void LineBuffer::take(std::size_t count) {
  start_ += std::min(count, buffered().size());
  scanned_ = 0;
}

void LineBuffer::discard() {
  octets_.clear();
  start_ = scanned_ = swallowed_ = 0;
  swallowing_ = false;
}

}  // namespace sesame::smtp
