#include "smtp/data.h"

#include <algorithm>
#include <cstring>

namespace sesame::smtp {
namespace {

constexpr bool is_special(char c) { return c == '\r' || c == '\n' || c == '\0'; }

// Whether one of eight octets is below 0x0E, as all that are special are (and TAB, among others).
constexpr bool may_hold_special(std::uint64_t eight) {
  constexpr std::uint64_t each = 0x0101010101010101;
  return ((eight - each * 0x0E) & ~eight & (each * 0x80)) != 0;
}

// Octets up to the next one that means something inside a line: they go through in one piece.
std::size_t run_length(std::string_view octets) {
  std::size_t at = 0;
  for (;;) {
    std::uint64_t eight = 0;
    while (octets.size() - at >= sizeof eight) {
      std::memcpy(&eight, octets.data() + at, sizeof eight);
      if (may_hold_special(eight)) break;
      at += sizeof eight;
    }
    const std::size_t end = std::min(at + sizeof eight, octets.size());
    while (at < end && !is_special(octets[at])) ++at;
    if (at < end || at == octets.size()) return at;
  }
}

}  // namespace

Reply too_large_reply() { return make_reply(552, {5, 3, 4}, "Message is too long."); }

std::optional<Reply> refusal(const DataFaults& faults, LongLines long_lines) {
  if (faults.too_large) return too_large_reply();
  if (faults.bare_cr_or_lf) return make_reply(554, {5, 6, 0}, "Message contains a bare CR or LF");
  if (faults.nul) return make_reply(554, {5, 6, 0}, "Message contains NUL");
  if (faults.line_too_long && long_lines == LongLines::refuse) {
    return make_reply(554, {5, 6, 0}, "Message contains a line longer than 998 characters");
  }
  return std::nullopt;
}

std::size_t DataDecoder::feed(std::string_view octets) {
  std::size_t taken = 0;
  while (taken < octets.size() && state_ != State::complete) {
    if (state_ == State::text || state_ == State::line_start) {
      taken += pass_plain(octets.substr(taken));
      if (taken == octets.size()) break;
    }
    step(octets[taken++]);
  }
  return taken;
}

std::size_t DataDecoder::pass_plain(std::string_view octets) {
  std::size_t at = 0;
  while (at < octets.size()) {
    if (state_ == State::line_start && octets[at] == '.' && framing_ == Framing::final_dot) break;
    const std::size_t run = run_length(octets.substr(at));
    if (run > 0) state_ = State::text;
    at += run;
    lengthen_line(run);
    if (!octets.substr(at).starts_with("\r\n")) break;
    at += 2;
    line_octets_ = 0;
    state_ = State::line_start;
  }
  keep(octets.substr(0, at));
  return at;
}

void DataDecoder::finish() {
  if (state_ == State::cr) mark_bare();
  if (state_ == State::text) end_line();
  state_ = State::complete;
}

void DataDecoder::step(char c) {
  // A state that held octets back first settles what they were; then c is an ordinary octet of a line.
  switch (state_) {
    case State::complete: return;
    case State::line_start:
      if (c == '.' && framing_ == Framing::final_dot) {
        state_ = State::dot;
        return;
      }
      break;
    case State::dot:  // the dot is dropped, whatever follows (RFC 5321 §4.5.2)
      if (c == '\r') {
        state_ = State::dot_cr;
        return;
      }
      break;
    case State::dot_cr:
      if (c == '\n') {
        state_ = State::complete;
        return;
      }
      mark_bare();
      break;
    case State::cr:
      if (c == '\n') {
        end_line();
        return;
      }
      mark_bare();
      break;
    case State::text: break;
  }
  if (c == '\r') {
    state_ = State::cr;
    return;
  }
  state_ = State::text;  // a bare LF does not start a line, so no dot after it is special
  if (c == '\n') {
    mark_bare();
    return;
  }
  if (c == '\0') faults_.nul = true;
  lengthen_line(1);
  keep(std::string_view(&c, 1));
}

void DataDecoder::lengthen_line(std::size_t by) {
  line_octets_ += by;
  if (line_octets_ > max_text_line_octets - 2) faults_.line_too_long = true;
}

void DataDecoder::keep(std::string_view octets) {
  message_octets_ += octets.size();
  if (message_octets_ > max_message_octets_) faults_.too_large = true;
  if (faults_.unfit()) {
    drop_if_unfit();
  } else {
    message_ += octets;
  }
}

void DataDecoder::end_line() {
  keep("\r\n");
  line_octets_ = 0;
  state_ = State::line_start;
}

void DataDecoder::mark_bare() {
  faults_.bare_cr_or_lf = true;
  drop_if_unfit();
}

void DataDecoder::drop_if_unfit() {
  if (faults_.unfit() && message_.capacity() > 0) std::string().swap(message_);
}

Result<void, EncodeError> DataEncoder::feed(std::string_view octets, std::string& wire) {
  if (state_ == State::cr && !octets.empty()) {
    if (octets.front() != '\n') return std::unexpected(EncodeError::bare_cr_or_lf);
    wire += "\r\n";
    state_ = State::line_start;
    octets.remove_prefix(1);
  }
  std::size_t given = 0, at = 0;  // what lies between goes out in one piece
  const auto give = [&] { wire += octets.substr(given, at - given); };
  while (at < octets.size()) {
    if (state_ == State::line_start && octets[at] == '.') {
      give();
      wire += '.';
      given = at;
    }
    const std::size_t run = run_length(octets.substr(at));
    at += run;
    if (run > 0) state_ = State::text;
    if (at == octets.size()) break;
    if (octets[at] == '\0') return std::unexpected(EncodeError::nul);
    if (octets[at] == '\r' && at + 1 == octets.size()) {
      give();
      state_ = State::cr;
      return {};
    }
    if (!octets.substr(at).starts_with("\r\n")) return std::unexpected(EncodeError::bare_cr_or_lf);
    at += 2;
    state_ = State::line_start;
  }
  give();
  return {};
}

Result<void, EncodeError> DataEncoder::finish(std::string& wire) {
  if (state_ == State::cr) return std::unexpected(EncodeError::bare_cr_or_lf);
  if (state_ == State::text) return std::unexpected(EncodeError::missing_final_crlf);
  wire += ".\r\n";
  return {};
}

Result<void, EncodeError> check_message(std::string_view message) {
  while (!message.empty()) {
    message.remove_prefix(run_length(message));
    if (message.empty()) return std::unexpected(EncodeError::missing_final_crlf);
    if (message.front() == '\0') return std::unexpected(EncodeError::nul);
    if (!message.starts_with("\r\n")) return std::unexpected(EncodeError::bare_cr_or_lf);
    message.remove_prefix(2);
  }
  return {};
}

Result<std::string, EncodeError> dot_stuff(std::string_view message) {
  std::string wire;
  wire.reserve(message.size() + message.size() / 64 + 3);
  DataEncoder encoder;
  if (const auto fed = encoder.feed(message, wire); !fed) return std::unexpected(fed.error());
  if (const auto ended = encoder.finish(wire); !ended) return std::unexpected(ended.error());
  return wire;
}

}  // namespace sesame::smtp
