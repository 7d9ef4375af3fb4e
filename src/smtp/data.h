// smtp/data.h: message data after 354 or in chunks, between its wire form and the message itself.
//
// Source: RFC 5321 §4.1.1.4 (DATA), §4.5.2 (transparency), §2.3.8 (CRLF alone ends a line), §4.5.3.1.6 (text lines);
// RFC 3030 §2 (BDAT). No I/O.
//
// Both directions hold that nothing but CRLF "." CRLF ends a message sent by DATA, and that bare CR, bare LF and NUL
// are in no message: servers that disagree about them can be made to see two messages where their neighbour saw one
// (SMTP smuggling).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "smtp/reply.h"

namespace sesame::smtp {

constexpr std::size_t max_text_line_octets = 1000;  // RFC 5321 §4.5.3.1.6: CRLF included, a stuffed dot not

// What was wrong with received data. Any of them makes the message unfit to keep, except line_too_long, which a server
// may choose to overlook.
struct DataFaults {
  bool bare_cr_or_lf = false;  // RFC 5321 §2.3.8
  bool nul = false;            // RFC 2045 §2.7, §2.8: in neither 7bit nor 8bit data
  bool too_large = false;      // more octets than the limit
  bool line_too_long = false;

  bool operator==(const DataFaults&) const = default;
  bool unfit() const { return bare_cr_or_lf || nul || too_large; }
};

enum class LongLines { accept, refuse };

// The reply that refuses a message with these faults (552 if too large, else 554); nullopt if there is none to refuse.
std::optional<Reply> refusal(const DataFaults& faults, LongLines long_lines);
// The 552 of it, which MAIL gets for a SIZE over the limit (RFC 1870 §6.1).
Reply too_large_reply();

// How the wire says where a message ends.
enum class Framing {
  final_dot,  // DATA: CRLF "." CRLF ends it, and a dot that begins a line was doubled
  chunks,     // BDAT: the octets are the message; they are counted by who feeds them, who then says finish()
};

// Receives one message. How the octets are cut into pieces makes no difference. A message with faults is read to its
// true end all the same, so that the session stays in step; of one that is unfit nothing more is kept.
class DataDecoder {
 public:
  // max_message_octets: of the decoded message, CRLFs included.
  explicit DataDecoder(std::uint64_t max_message_octets, Framing framing = Framing::final_dot)
      : max_message_octets_(max_message_octets), framing_(framing) {}

  // Takes octets up to the end of the data and no further: returns how many. Fewer than given only if complete() is now
  // true; the rest belongs to the commands that follow. Once complete, takes nothing.
  std::size_t feed(std::string_view octets);
  // Of chunks: the last has been fed. A last line without CRLF gets it, which counts towards the limit.
  void finish();

  bool complete() const { return state_ == State::complete; }
  const DataFaults& faults() const { return faults_; }
  std::uint64_t message_octets() const { return message_octets_; }  // decoded, kept or not

  // The decoded message, each line with its CRLF; empty if unfit(). Leaves the decoder without it.
  std::string take_message() { return std::move(message_); }

 private:
  enum class State {
    line_start,  // at the beginning, or after CRLF
    dot,         // a dot at line_start, not yet given out
    dot_cr,      // and CR after it
    text,        // inside a line
    cr,          // a CR inside a line, not yet given out
    complete,
  };

  // Takes what goes into the message as it is, in one piece: text, and line ends that nothing special follows.
  std::size_t pass_plain(std::string_view octets);
  void step(char c);
  void lengthen_line(std::size_t by);
  void keep(std::string_view octets);
  void end_line();
  void mark_bare();
  void drop_if_unfit();

  std::uint64_t max_message_octets_;
  Framing framing_;
  std::uint64_t message_octets_ = 0;
  std::size_t line_octets_ = 0;  // given out since the last CRLF
  State state_ = State::line_start;
  DataFaults faults_;
  std::string message_;
};

enum class EncodeError {
  bare_cr_or_lf,       // RFC 5321 §2.3.8
  nul,                 // RFC 2045 §2.7
  missing_final_crlf,  // a non-empty message must end its last line
};

// Sends one message: doubles the dot that begins a line and ends with "." CRLF. After an error nothing that was given
// out may be completed: close the connection. (Messages checked by dot_stuff() or composed by us never come to that.)
class DataEncoder {
 public:
  // Appends the wire form of the next piece of the message to `wire`.
  Result<void, EncodeError> feed(std::string_view octets, std::string& wire);
  // The message is over: appends the end of data.
  Result<void, EncodeError> finish(std::string& wire);

 private:
  enum class State { line_start, text, cr };
  State state_ = State::line_start;
};

// Whether a message can be sent by BDAT, as it is (RFC 3030): the errors are those of the encoder. Linear, copies
// nothing.
Result<void, EncodeError> check_message(std::string_view message);

// The whole at once.
Result<std::string, EncodeError> dot_stuff(std::string_view message);

}  // namespace sesame::smtp
