#include "replies/phrase_table.h"

#include <algorithm>
#include <stdexcept>

#include "base/text.h"

namespace sesame::replies {
namespace {

using Pieces = std::span<const std::string_view>;

// Do pieces[1], pieces[2], … follow, each at most max_gap_octets after the one before it, the first after `from`?
bool rest_follows(std::string_view folded, Pieces pieces, std::size_t from) {
  for (std::size_t i = 1; i < pieces.size(); ++i) {
    const std::string_view window = folded.substr(from, max_gap_octets + pieces[i].size());
    const auto at = window.find(pieces[i]);
    if (at == window.npos) return false;
    from += at + pieces[i].size();
  }
  return true;
}

bool hold_in_order(std::string_view folded, Pieces pieces) {
  for (auto at = folded.find(pieces[0]); at != folded.npos; at = folded.find(pieces[0], at + 1)) {
    if (rest_follows(folded, pieces, at + pieces[0].size())) return true;
  }
  return false;
}

void keep_each_once(std::vector<std::uint32_t>& rows) {
  std::ranges::sort(rows);
  const auto repeated = std::ranges::unique(rows);
  rows.erase(repeated.begin(), repeated.end());
}

}  // namespace

PhraseTable::PhraseTable(std::span<const std::string_view> phrases) {
  std::vector<std::string_view> anchors;
  for (std::string_view text : phrases) {
    Phrase phrase;
    phrase.at_start = text.starts_with('^');
    if (phrase.at_start) text.remove_prefix(1);
    for (const std::string_view piece : split(text, '*')) {
      if (!piece.empty()) phrase.pieces.push_back(piece);
    }
    if (phrase.pieces.empty()) throw std::invalid_argument("a phrase without text");
    anchors.push_back(*std::ranges::max_element(phrase.pieces, {}, &std::string_view::size));
    phrases_.push_back(std::move(phrase));
  }
  for (const std::string_view anchor : anchors) {
    for (const char c : anchor) {
      std::uint8_t& octet_class = class_of_[static_cast<unsigned char>(c)];
      if (octet_class == 0) octet_class = static_cast<std::uint8_t>(classes_++);
    }
  }
  nodes_.emplace_back();
  next_.assign(classes_, 0);
  for (std::size_t row = 0; row < anchors.size(); ++row) add_anchor(anchors[row], static_cast<std::uint32_t>(row));
  link();
}

void PhraseTable::add_anchor(std::string_view anchor, std::uint32_t row) {
  std::uint32_t at = 0;
  for (const char c : anchor) {
    const std::size_t edge = at * classes_ + class_of_[static_cast<unsigned char>(c)];
    if (next_[edge] == 0) {
      next_[edge] = static_cast<std::uint32_t>(nodes_.size());
      nodes_.emplace_back();
      next_.resize(next_.size() + classes_, 0);
    }
    at = next_[edge];
  }
  if (nodes_[at].phrase_list < 0) {
    nodes_[at].phrase_list = static_cast<std::int32_t>(ends_.size());
    ends_.emplace_back();
  }
  ends_[static_cast<std::size_t>(nodes_[at].phrase_list)].push_back(row);
}

// Breadth first: where a node has no edge it takes over the one of its longest proper suffix.
void PhraseTable::link() {
  std::vector<std::uint32_t> queue;
  for (std::size_t c = 0; c < classes_; ++c) {
    if (next_[c] != 0) queue.push_back(next_[c]);
  }
  for (std::size_t head = 0; head < queue.size(); ++head) {
    const std::uint32_t at = queue[head];
    const std::uint32_t fail = nodes_[at].fail;
    nodes_[at].report = nodes_[fail].phrase_list >= 0 ? fail : nodes_[fail].report;
    for (std::size_t c = 0; c < classes_; ++c) {
      std::uint32_t& edge = next_[at * classes_ + c];
      const std::uint32_t suffix = next_[fail * classes_ + c];
      if (edge == 0) {
        edge = suffix;
      } else {
        nodes_[edge].fail = suffix;
        queue.push_back(edge);
      }
    }
  }
}

std::vector<std::uint32_t> PhraseTable::anchored_rows(std::string_view folded) const {
  std::vector<std::uint32_t> rows;
  std::uint32_t at = 0;
  for (const char c : folded) {
    at = next_[at * classes_ + class_of_[static_cast<unsigned char>(c)]];
    for (std::uint32_t node = nodes_[at].phrase_list >= 0 ? at : nodes_[at].report; node != 0;
         node = nodes_[node].report) {
      const auto& ends = ends_[static_cast<std::size_t>(nodes_[node].phrase_list)];
      rows.insert(rows.end(), ends.begin(), ends.end());
    }
    if (rows.size() > 4 * phrases_.size()) keep_each_once(rows);  // a text of nothing but anchors stays bounded
  }
  keep_each_once(rows);
  return rows;
}

bool PhraseTable::holds(std::string_view folded, const Phrase& phrase) const {
  if (!phrase.at_start) return hold_in_order(folded, phrase.pieces);
  return folded.starts_with(phrase.pieces.front()) &&
         (phrase.pieces.size() == 1 || rest_follows(folded, phrase.pieces, phrase.pieces.front().size()));
}

std::optional<std::size_t> PhraseTable::first_match(std::string_view folded, const Accept& accept) const {
  for (const std::uint32_t row : anchored_rows(folded)) {
    if (holds(folded, phrases_[row]) && (!accept || accept(row))) return row;
  }
  return std::nullopt;
}

std::vector<std::size_t> PhraseTable::all_matches(std::string_view folded) const {
  std::vector<std::size_t> found;
  for (const std::uint32_t row : anchored_rows(folded)) {
    if (holds(folded, phrases_[row])) found.push_back(row);
  }
  return found;
}

}  // namespace sesame::replies
