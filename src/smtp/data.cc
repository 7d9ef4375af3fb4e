#include "smtp/data.h"

#include <algorithm>

namespace sesame::smtp {
namespace {

// Octets up to the next one that means something inside a line: they go through in one piece.
std::size_t run_length(std::string_view octets) {
  const auto special = std::ranges::find_if(octets, [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
  return static_cast<std::size_t>(special - octets.begin());
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
    if (state_ == State::text) {
      const auto run = run_length(octets.substr(taken));
      give(octets.substr(taken, run));
      taken += run;
      if (taken == octets.size()) break;
    }
    step(octets[taken++]);
  }
  return taken;
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
  give(std::string_view(&c, 1));
}

void DataDecoder::give(std::string_view octets) {
  line_octets_ += octets.size();
  if (line_octets_ > max_text_line_octets - 2) faults_.line_too_long = true;
  message_octets_ += octets.size();
  if (message_octets_ > max_message_octets_) faults_.too_large = true;
  if (faults_.unfit()) {
    drop_if_unfit();
  } else {
    message_ += octets;
  }
}

void DataDecoder::end_line() {
  line_octets_ = 0;  // first: the limit counts CRLF apart
  give("\r\n");
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
  while (!octets.empty()) {
    const char c = octets.front();
    if (state_ == State::cr) {
      if (c != '\n') return std::unexpected(EncodeError::bare_cr_or_lf);
      wire += "\r\n";
      state_ = State::line_start;
      octets.remove_prefix(1);
      continue;
    }
    if (state_ == State::line_start && c == '.') wire += '.';
    const auto run = run_length(octets);
    wire += octets.substr(0, run);
    octets.remove_prefix(run);
    if (run > 0) state_ = State::text;
    if (octets.empty()) break;
    if (octets.front() == '\n') return std::unexpected(EncodeError::bare_cr_or_lf);
    if (octets.front() == '\0') return std::unexpected(EncodeError::nul);
    state_ = State::cr;
    octets.remove_prefix(1);
  }
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
