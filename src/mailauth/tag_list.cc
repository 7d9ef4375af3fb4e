#include "mailauth/tag_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

#include "base/text.h"

namespace sesame::mailauth {
namespace {

bool is_tag_name(std::string_view name) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  return !name.empty() && letter(name[0]) &&
         std::ranges::all_of(name, [&](char c) { return letter(c) || (c >= '0' && c <= '9') || c == '_'; });
}

// Calls `take(piece)` for each piece between semicolons, outer blanks removed, until it returns false.
template <class Take>
void each_piece(std::string_view text, Take take) {
  while (true) {
    const std::size_t end = text.find(';');
    const bool last = end == text.npos;
    if (!take(trim(text.substr(0, end)), last) || last) return;
    text.remove_prefix(end + 1);
  }
}

std::optional<Tag> as_tag(std::string_view piece) {
  const std::size_t equals = piece.find('=');
  if (equals == piece.npos) return std::nullopt;
  const Tag tag{trim(piece.substr(0, equals)), trim(piece.substr(equals + 1))};
  if (!is_tag_name(tag.name)) return std::nullopt;
  return tag;
}

}  // namespace

Result<std::vector<Tag>, TagListError> parse_tag_list(std::string_view text) {
  std::vector<Tag> tags;
  std::unordered_set<std::string_view> names;
  std::string error;
  each_piece(text, [&](std::string_view piece, bool last) {
    if (piece.empty() && last) return true;
    const auto tag = as_tag(piece);
    if (!tag) {
      error = piece.empty() ? "an empty tag" : fmt::format("'{}' is not of the form name=value", piece.substr(0, 40));
    } else if (!names.insert(tag->name).second) {
      error = fmt::format("the tag {}= occurs twice", tag->name.substr(0, 40));
    } else {
      tags.push_back(*tag);
    }
    return error.empty();
  });
  if (!error.empty()) return std::unexpected(TagListError{std::move(error)});
  if (tags.empty()) return std::unexpected(TagListError{"no tags"});
  return tags;
}

std::vector<Tag> scan_tag_list(std::string_view text) {
  std::vector<Tag> tags;
  each_piece(text, [&](std::string_view piece, bool) {
    if (const auto tag = as_tag(piece)) tags.push_back(*tag);
    return true;
  });
  return tags;
}

std::optional<std::string_view> find_tag(const std::vector<Tag>& tags, std::string_view name) {
  const auto found = std::ranges::find(tags, name, &Tag::name);
  if (found == tags.end()) return std::nullopt;
  return found->value;
}

std::string without_blanks(std::string_view value) {
  std::string out;
  out.reserve(value.size());
  for (const char c : value) {
    if (c != ' ' && c != '\t' && c != '\r' && c != '\n') out += c;
  }
  return out;
}

std::vector<std::string_view> split_list(std::string_view value) {
  std::vector<std::string_view> items = split(value, ':');
  for (std::string_view& item : items) item = trim(item);
  return items;
}

}  // namespace sesame::mailauth
