#include "smtp_session/transcript.h"

#include <fmt/format.h>

#include <algorithm>

namespace sesame::smtp_session {

void Transcript::begin_transaction() {
  if (!opening_) opening_ = lines_.size();
  lines_.resize(std::min(lines_.size(), *opening_));
  dropped_ = 0;
}

void Transcript::add(Speaker speaker, std::string_view line) {
  if (lines_.size() >= max_lines) {
    ++dropped_;
    return;
  }
  std::string text(line.substr(0, max_line_octets));
  std::ranges::replace_if(text, [](char c) { return c < ' ' || c > '~'; }, '?');
  lines_.push_back({speaker, std::move(text)});
}

std::string Transcript::text_of(std::size_t lines) const {
  std::string text;
  for (std::size_t i = 0; i < lines; ++i) {
    const char mark = lines_[i].speaker == Speaker::us ? '>' : lines_[i].speaker == Speaker::peer ? '<' : '*';
    text += fmt::format("{} {}\n", mark, lines_[i].text);
  }
  return text;
}

std::string Transcript::to_text() const {
  std::string text = text_of(lines_.size());
  if (dropped_ > 0) text += fmt::format("* [{} more lines]\n", dropped_);
  return text;
}

std::string Transcript::opening_text() const { return text_of(opening_.value_or(lines_.size())); }

}  // namespace sesame::smtp_session
