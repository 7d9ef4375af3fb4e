// smtp_session/transcript.h: what was said in a session, for diagnostics. Bounded; never holds a secret or content.
#pragma once

#include <cstddef>
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

  void us(std::string_view line) { add(Speaker::us, line); }
  void peer(std::string_view line) { add(Speaker::peer, line); }
  void note(std::string_view line) { add(Speaker::note, line); }  // "TLS started", "[10240 octets]"

  const std::vector<Line>& lines() const { return lines_; }
  std::size_t dropped() const { return dropped_; }

  // One line each, marked ">", "<" and "*"; says at the end how many were dropped.
  std::string to_text() const;

 private:
  void add(Speaker speaker, std::string_view line);

  std::vector<Line> lines_;
  std::size_t dropped_ = 0;
};

}  // namespace sesame::smtp_session
