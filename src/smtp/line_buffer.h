// smtp/line_buffer.h: received octets, given out as command lines or as message data.
//
// Source: RFC 5321 §2.3.8 (CRLF alone ends a line), §4.5.3.1.4 (512-octet commands); RFC 4954 §4 (12288-octet AUTH
// lines); RFC 3207 §4.2 (nothing received before TLS may count after it). No I/O.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace sesame::smtp {

// 512 of RFC 5321 and room for what extensions add: SIZE 26, 8BITMIME 17, SMTPUTF8 10, AUTH 500, and the parameters of
// DSN, of which ORCPT alone may have 500.
constexpr std::size_t max_extended_command_line_octets = 2048;
constexpr std::size_t max_auth_line_octets = 12288;  // RFC 4954 §4

enum class LineError {
  need_more,      // no whole line yet: read, append(), call again
  too_long,       // a line over the limit has been swallowed to its CRLF: answer 500, go on
  bare_cr_or_lf,  // a line with a CR or LF of its own has been swallowed to its CRLF: answer 500, go on
  runaway,        // max_swallowed_octets without a CRLF: close
};

class LineBuffer {
 public:
  static constexpr std::size_t capacity = 16 * 1024;  // above every line limit
  static constexpr std::size_t max_swallowed_octets = 1024 * 1024;

  // How many octets append() takes now. 0 only while whole lines or message data wait to be taken out: next_line()
  // always makes room before it asks for more.
  std::size_t room() const { return capacity - buffered().size(); }
  // At most room() octets; more is a bug and throws std::length_error.
  void append(std::string_view octets);

  // The next line without its CRLF. `max_line_octets` counts the CRLF, and may change from call to call; above
  // `capacity` it counts as that.
  Result<std::string, LineError> next_line(std::size_t max_line_octets);

  // Everything not yet given out, for the message data that follows a DATA command; take(n) marks n octets of it used.
  // The view holds until the next call of a non-const member.
  std::string_view buffered() const { return std::string_view(octets_).substr(start_); }
  void take(std::size_t count);

  bool empty() const { return buffered().empty(); }
  // Forgets everything received, also a line half swallowed (STARTTLS, RFC 3207 §4.2).
  void discard();

 private:
  Result<std::string, LineError> swallow();

  std::string octets_;
  std::size_t start_ = 0;    // given out up to here
  std::size_t scanned_ = 0;  // no CRLF begins in [start_, start_ + scanned_)
  std::size_t swallowed_ = 0;
  bool swallowing_ = false;  // the rest of a line that is too long
};

}  // namespace sesame::smtp
