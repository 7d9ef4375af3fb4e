// replies/phrase_table.h: which of many known phrases does a text hold?
//
// A phrase is octets that must occur as written; '*' in it stands for at most max_gap_octets of anything, '^' in
// front for the start of the text. Texts are folded first (fold), so phrases are written folded: small letters, single
// blanks. All phrases are looked for together in one pass over the text (Aho and Corasick's automaton over the longest
// piece of each); time does not grow with the number of phrases. Immutable once made; thread-safe.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sesame::replies {

// For comparing: one line of UTF-8, small letters (ASCII, Latin-1, Greek and Cyrillic), runs of blanks and line ends as
// one blank, typographic quotes as ASCII ones, the codes that repeat in front of each line of a reply dropped
// ("550-5.7.1 ", but not the first), each word that holds an address as "@", so that nobody's name decides. At most
// `max_octets` of `text` are read. Linear.
std::string fold(std::string_view text, std::size_t max_octets);

constexpr std::size_t max_gap_octets = 80;

class PhraseTable {
 public:
  // Phrases are views that must live as long as the table. An empty phrase, or one of only '*' and '^', is a bug.
  explicit PhraseTable(std::span<const std::string_view> phrases);

  // The first row, in table order, that `folded` holds and `accept` takes; nullopt if none.
  using Accept = std::function<bool(std::size_t row)>;
  std::optional<std::size_t> first_match(std::string_view folded, const Accept& accept = {}) const;

  // All rows that `folded` holds, in table order.
  std::vector<std::size_t> all_matches(std::string_view folded) const;

  std::size_t size() const { return phrases_.size(); }

 private:
  struct Phrase {
    std::vector<std::string_view> pieces;
    bool at_start = false;
  };
  struct Node {
    std::uint32_t fail = 0;
    std::int32_t phrase_list = -1;  // into ends_: phrases whose anchor ends here
    std::uint32_t report = 0;       // the nearest node along `fail` with a phrase list; 0: none
  };

  void add_anchor(std::string_view anchor, std::uint32_t row);
  void link();
  bool holds(std::string_view folded, const Phrase& phrase) const;
  // Rows whose longest piece occurs, in table order, each once.
  std::vector<std::uint32_t> anchored_rows(std::string_view folded) const;

  std::vector<Phrase> phrases_;
  std::array<std::uint8_t, 256> class_of_{};  // octets that occur in no anchor share class 0
  std::size_t classes_ = 1;
  std::vector<Node> nodes_;
  std::vector<std::uint32_t> next_;  // node * classes_ + class
  std::vector<std::vector<std::uint32_t>> ends_;
};

}  // namespace sesame::replies
