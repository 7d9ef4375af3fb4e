#include "smtp_session/transcript.h"

#include <fmt/format.h>

#include <algorithm>

namespace sesame::smtp_session {

void Transcript::add(Speaker speaker, std::string_view line) {
  if (lines_.size() >= max_lines) {
    ++dropped_;
    return;
  }
  std::string text(line.substr(0, max_line_octets));
  std::ranges::replace_if(text, [](char c) { return c < ' ' || c > '~'; }, '?');
  lines_.push_back({speaker, std::move(text)});
}

std::string Transcript::to_text() const {
  std::string text;
  for (const Line& line : lines_) {
    const char mark = line.speaker == Speaker::us ? '>' : line.speaker == Speaker::peer ? '<' : '*';
    text += fmt::format("{} {}\n", mark, line.text);
  }
  if (dropped_ > 0) text += fmt::format("* [{} more lines]\n", dropped_);
  return text;
}

}  // namespace sesame::smtp_session
