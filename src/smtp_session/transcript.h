// smtp_session/transcript.h: what was said in a session, for diagnostics. Bounded; never holds a secret or content.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sesame::smtp_session {

class Transcript {
 public:
  enum class Speaker { us, peer, note };
  struct Line {
    Speaker speaker;
    std::string text;  // without CRLF; octets outside printable ASCII are shown as "?"
  };

  static constexpr std::size_t max_lines = 200;        // later ones are counted, not kept
  static constexpr std::size_t max_line_octets = 512;  // RFC 5321 §4.5.3.1.5; longer ones are cut

  // Forgets the transaction before: the opening stays.
  void begin_transaction();
  void us(std::string_view line) { add(Speaker::us, line); }
  void peer(std::string_view line) { add(Speaker::peer, line); }
  void note(std::string_view line) { add(Speaker::note, line); }  // "TLS started", "[10240 octets]"

  const std::vector<Line>& lines() const { return lines_; }
  std::size_t dropped() const { return dropped_; }

  // One line each, marked ">", "<" and "*"; says at the end how many were dropped.
  std::string to_text() const;
  std::string opening_text() const;  // of what came before the first transaction

 private:
  void add(Speaker speaker, std::string_view line);
  std::string text_of(std::size_t lines) const;

  std::vector<Line> lines_;
  std::size_t dropped_ = 0;
  std::optional<std::size_t> opening_;  // so many lines are of it, once it is over
};

}  // namespace sesame::smtp_session
