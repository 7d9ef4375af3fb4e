// A text is pieces between tags. A block is parsed by recursion: parse_nodes() ends at a tag that is not its own
// ({{else}} or a closing one), which whoever called it has to accept. A deeper nesting than max_block_depth is refused
// before it recurses.
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "campaign/handlebars_program.h"

namespace sesame::campaign {
namespace {

constexpr std::string_view blanks = " \t\r\n";
constexpr std::size_t max_shown_octets = 100;

struct Tag {
  enum class Kind { value, open, inverse, close, partial, inline_partial, comment, end };
  Kind kind = Kind::end;
  std::string_view text;  // what stands between the braces, without the marks of its kind
  bool trims_before = false, trims_after = false;
};

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  while (true) {
    const auto begin = text.find_first_not_of(blanks);
    if (begin == text.npos) return words;
    text.remove_prefix(begin);
    const auto end = std::min(text.find_first_of(blanks), text.size());
    words.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
}

std::string shown(std::string_view text) { return printable_utf8(trim(text), max_shown_octets); }

// What Handlebars takes as a name: anything but these.
bool is_identifier(std::string_view segment) {
  return !segment.empty() && segment.find_first_of("!\"#%&'()*+,./;<=>@[\\]^`{|}~ \t\r\n") == segment.npos;
}

// Takes one segment off the front of `rest`, which is not empty: a name or "[anything]".
std::optional<std::string> take_segment(std::string_view& rest) {
  if (rest.starts_with('[')) {
    const auto end = rest.find(']');
    if (end == rest.npos) return std::nullopt;
    std::string segment(rest.substr(1, end - 1));
    rest.remove_prefix(end + 1);
    return segment;
  }
  const auto end = std::min(rest.find_first_of("./"), rest.size());
  const std::string_view segment = rest.substr(0, end);
  if (!is_identifier(segment)) return std::nullopt;
  rest.remove_prefix(end);
  return std::string(segment);
}

bool take(std::string_view& rest, std::string_view prefix) {
  if (!rest.starts_with(prefix)) return false;
  rest.remove_prefix(prefix.size());
  return true;
}

// "this", "." and "./" mean the scope itself; what follows them is looked up in it.
bool take_scope(std::string_view& rest) {
  if (rest == "this" || rest == ".") {
    rest = {};
    return true;
  }
  return take(rest, "this.") || take(rest, "this/") || take(rest, "./");
}

std::optional<Path> parse_path(std::string_view text) {
  Path path;
  path.text = text;
  std::string_view rest = text;
  if (take(rest, "@root")) {
    path.from = Path::From::root;
    if (rest.empty()) return path;
    if (!take(rest, ".") && !take(rest, "/")) return std::nullopt;
  } else if (take(rest, "@")) {
    if (rest != "index" && rest != "key" && rest != "first" && rest != "last") return std::nullopt;
    path.from = Path::From::loop;
    path.segments.emplace_back(rest);
    return path;
  } else {
    while (take(rest, "../")) ++path.up;
    if (rest == "..") {
      ++path.up;
      return path;
    }
    if (take_scope(rest) && rest.empty()) return path;
  }
  while (true) {
    if (rest.empty() || path.segments.size() == max_block_depth) return std::nullopt;
    auto segment = take_segment(rest);
    if (!segment) return std::nullopt;
    path.segments.push_back(std::move(*segment));
    if (rest.empty()) return path;
    if (!take(rest, ".") && !take(rest, "/")) return std::nullopt;
  }
}

std::optional<std::string> quoted(std::string_view word) {
  if (word.size() < 3 || (word.front() != '"' && word.front() != '\'') || word.back() != word.front()) {
    return std::nullopt;
  }
  return std::string(word.substr(1, word.size() - 2));
}

std::optional<Block::Kind> helper(std::string_view word) {
  if (word == "if") return Block::Kind::if_;
  if (word == "unless") return Block::Kind::unless;
  if (word == "each") return Block::Kind::each;
  if (word == "with") return Block::Kind::with;
  return std::nullopt;
}

}  // namespace

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Result<Handlebars, ParseProblem> parse() {
    Tag end;
    auto nodes = parse_nodes(0, end);
    const std::string_view mark = end.kind == Tag::Kind::close ? "/" : "";
    if (nodes && end.kind != Tag::Kind::end) fail(fmt::format("unexpected {{{{{}{}}}}}", mark, shown(end.text)));
    if (!problem_) check_partials();
    if (problem_ || !nodes) return std::unexpected(problem_.value_or(ParseProblem()));
    program_.nodes = std::move(*nodes);
    return Handlebars(std::make_shared<const Handlebars::Program>(std::move(program_)));
  }

 private:
  void fail(std::string why) {
    if (problem_) return;
    const auto before = text_.substr(0, std::min(tag_at_, text_.size()));
    problem_ = ParseProblem{1 + static_cast<std::size_t>(std::ranges::count(before, '\n')), std::move(why)};
  }

  // Names of partials are known only when everything has been read.
  void check_partials() {
    for (const auto& [name, at] : called_) {
      if (program_.partials.contains(name)) continue;
      tag_at_ = at;
      fail(fmt::format("the partial '{}' is not defined", shown(name)));
    }
  }

  // Up to the next tag, which stands at `at_` then.
  void take_literal(Nodes& nodes) {
    std::string literal;
    while (true) {
      const auto found = text_.find("{{", at_);
      std::string_view piece = text_.substr(at_, found == text_.npos ? text_.npos : found - at_);
      at_ += piece.size();
      const bool escaped = found != text_.npos && piece.ends_with('\\');
      const bool escapes_backslash = escaped && piece.ends_with("\\\\");
      if (escaped) piece.remove_suffix(1);  // "\\{{" is one backslash and a tag
      literal += piece;
      if (!escaped || escapes_backslash) break;
      const auto close = text_.find("}}", at_);
      const auto end = close == text_.npos ? text_.size() : close + 2;
      literal += text_.substr(at_, end - at_);
      at_ = end;
    }
    if (trim_next_) literal.erase(0, std::min(literal.find_first_not_of(blanks), literal.size()));
    trim_next_ = false;
    if (!literal.empty()) nodes.push_back({Literal{std::move(literal)}});
  }

  std::optional<std::string_view> take_until(std::string_view close) {
    const auto end = text_.find(close, at_);
    if (end == text_.npos) {
      fail("a tag has no end");
      return std::nullopt;
    }
    const std::string_view inside = text_.substr(at_, end - at_);
    at_ = end + close.size();
    return inside;
  }

  std::optional<Tag> take_comment() {
    Tag tag{.kind = Tag::Kind::comment};
    if (!text_.substr(at_).starts_with("!--")) {
      const auto inside = take_until("}}");
      if (!inside) return std::nullopt;
      tag.trims_after = inside->ends_with('~');
      return tag;
    }
    const auto inside = take_until("--");
    while (inside && !problem_) {
      tag.trims_after = text_.substr(at_).starts_with("~}}");
      if (tag.trims_after) ++at_;
      if (text_.substr(at_).starts_with("}}")) {
        at_ += 2;
        return tag;
      }
      if (!take_until("--")) break;
    }
    return std::nullopt;
  }

  std::optional<Tag> take_tag() {
    tag_at_ = at_;
    if (at_ >= text_.size()) return Tag{};
    at_ += 2;
    const bool trims_before = text_.substr(at_).starts_with('~');
    if (trims_before) ++at_;
    if (text_.substr(at_).starts_with('!')) {
      auto comment = take_comment();
      if (comment) comment->trims_before = trims_before;
      return comment;
    }
    Tag tag{.kind = Tag::Kind::value, .trims_before = trims_before};
    const bool triple = text_.substr(at_).starts_with('{');
    if (triple) ++at_;
    const auto inside = take_until(triple ? "}" : "}}");
    if (!inside) return std::nullopt;
    tag.text = *inside;
    if (triple) {
      tag.trims_after = text_.substr(at_).starts_with('~');
      if (tag.trims_after) ++at_;
      if (!text_.substr(at_).starts_with("}}")) {
        fail("a tag has no end");
        return std::nullopt;
      }
      at_ += 2;
      return tag;
    }
    tag.trims_after = tag.text.ends_with('~');
    if (tag.trims_after) tag.text.remove_suffix(1);
    put_kind(tag);
    return tag;
  }

  static void put_kind(Tag& tag) {
    const std::string_view text = trim(tag.text);
    const auto marked = [&](std::string_view mark, Tag::Kind kind) {
      if (!text.starts_with(mark)) return false;
      tag.kind = kind;
      tag.text = trim(text.substr(mark.size()));
      return true;
    };
    tag.text = text;
    if (marked("#*", Tag::Kind::inline_partial) || marked("#", Tag::Kind::open) || marked("/", Tag::Kind::close) ||
        marked(">", Tag::Kind::partial) || marked("&", Tag::Kind::value)) {
      return;
    }
    if (text.starts_with('^')) {
      tag.kind = text == "^" ? Tag::Kind::inverse : Tag::Kind::open;  // "^x" keeps its mark
      if (text == "^") tag.text = "else";
    } else if (const auto words = words_of(text); !words.empty() && words.front() == "else") {
      tag.kind = Tag::Kind::inverse;
    }
  }

  // Reads until a tag that is not of these nodes: {{else}}, a closing tag, or the end. nullopt: problem_ says why.
  std::optional<Nodes> parse_nodes(std::size_t depth, Tag& end) {
    if (depth > max_block_depth) {
      fail(fmt::format("blocks are nested more than {} deep", max_block_depth));
      return std::nullopt;
    }
    Nodes nodes;
    while (true) {
      take_literal(nodes);
      auto tag = take_tag();
      if (!tag) return std::nullopt;
      if (tag->trims_before) trim_last(nodes);
      trim_next_ = tag->trims_after;
      switch (tag->kind) {
        case Tag::Kind::comment: continue;
        case Tag::Kind::end:
        case Tag::Kind::close:
        case Tag::Kind::inverse: end = *tag; return nodes;
        case Tag::Kind::value: add_value(nodes, *tag); break;
        case Tag::Kind::partial: add_partial(nodes, *tag); break;
        case Tag::Kind::open: add_block(nodes, *tag, depth); break;
        case Tag::Kind::inline_partial: define_partial(*tag, depth); break;
      }
      if (problem_) return std::nullopt;
    }
  }

  static void trim_last(Nodes& nodes) {
    if (nodes.empty()) return;
    auto* literal = std::get_if<Literal>(&nodes.back().what);
    if (literal == nullptr) return;
    const auto last = literal->text.find_last_not_of(blanks);
    literal->text.resize(last == std::string::npos ? 0 : last + 1);
  }

  std::optional<Path> path_of(std::string_view text) {
    auto path = parse_path(text);
    if (!path) fail(fmt::format("'{}' is not supported", shown(text)));
    return path;
  }

  void add_value(Nodes& nodes, const Tag& tag) {
    for (const std::string_view mark : {open_tracker_mark, unsubscribe_url_mark}) {
      if (trim(tag.text) == mark.substr(2, mark.size() - 4)) return nodes.push_back({Literal{std::string(mark)}});
    }
    auto path = path_of(trim(tag.text));
    if (path) nodes.push_back({Value{std::move(*path)}});
  }

  void add_partial(Nodes& nodes, const Tag& tag) {
    const auto words = words_of(tag.text);
    if (words.empty() || words.size() > 2) return fail(fmt::format("'> {}' is not supported", shown(tag.text)));
    PartialCall call{quoted(words[0]).value_or(std::string(words[0])), Path{}};
    if (words.size() == 2) {
      auto context = path_of(words[1]);
      if (!context) return;
      call.context = std::move(*context);
    }
    called_.emplace_back(call.name, tag_at_);
    nodes.push_back({std::move(call)});
  }

  void define_partial(const Tag& tag, std::size_t depth) {
    const auto words = words_of(tag.text);
    const auto name = words.size() == 2 && words[0] == "inline" ? quoted(words[1]) : std::nullopt;
    if (!name) return fail(fmt::format("'#* {}' is not supported", shown(tag.text)));
    Tag end;
    auto nodes = parse_nodes(depth + 1, end);
    if (!nodes) return;
    if (end.kind != Tag::Kind::close || end.text != "inline") return fail("{{/inline}} is missing");
    program_.partials.insert_or_assign(*name, std::move(*nodes));
  }

  // `text` is "if x", "each x", "x" or "^x"; what it begins ends with {{/if}}, {{/each}}, {{/x}}.
  void add_block(Nodes& nodes, const Tag& tag, std::size_t depth) {
    Tag end;
    std::string_view close;
    auto block = parse_block(tag.text, depth, close, end);
    if (!block) return;
    if (end.kind != Tag::Kind::close || end.text != close) {
      return fail(fmt::format("{{{{/{}}}}} is missing", shown(close)));
    }
    nodes.push_back({std::move(*block)});
  }

  // Reads body and alternatives; `end` is the tag behind them, `close` the name it must have.
  std::optional<Block> parse_block(std::string_view head, std::size_t depth, std::string_view& close, Tag& end) {
    const auto words = words_of(head);
    Block block;
    std::string_view subject;
    const auto known = words.empty() ? std::nullopt : helper(words[0]);
    if (known && words.size() == 2) {
      block.kind = *known;
      close = words[0];
      subject = words[1];
    } else if (!known && words.size() == 1) {
      const bool inverted = words[0].starts_with('^');
      block.kind = inverted ? Block::Kind::inverted : Block::Kind::section;
      close = subject = inverted ? words[0].substr(1) : words[0];
    } else {
      fail(fmt::format("'#{}' is not supported", shown(head)));
      return std::nullopt;
    }
    auto path = path_of(subject);
    if (!path) return std::nullopt;
    block.subject = std::move(*path);
    auto body = parse_nodes(depth + 1, end);
    if (!body) return std::nullopt;
    block.body = std::move(*body);
    if (end.kind == Tag::Kind::inverse && !parse_alternative(block, depth, end)) return std::nullopt;
    return block;
  }

  // {{else}} or {{else if y}}, which is a block of its own that shares the closing tag.
  bool parse_alternative(Block& block, std::size_t depth, Tag& end) {
    const std::string_view rest = trim(end.text.substr(4));
    if (rest.empty()) {
      auto otherwise = parse_nodes(depth + 1, end);
      if (!otherwise) return false;
      block.otherwise = std::move(*otherwise);
      return true;
    }
    std::string_view close_of_inner;  // nobody writes it
    if (depth >= max_block_depth) {
      fail(fmt::format("blocks are nested more than {} deep", max_block_depth));
      return false;
    }
    auto inner = parse_block(rest, depth + 1, close_of_inner, end);
    if (!inner) return false;
    block.otherwise.push_back({std::move(*inner)});
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0, tag_at_ = 0;
  bool trim_next_ = false;
  Handlebars::Program program_;
  std::vector<std::pair<std::string, std::size_t>> called_;
  std::optional<ParseProblem> problem_;
};

Result<Handlebars, ParseProblem> Handlebars::parse(std::string_view text) { return Parser(text).parse(); }

}  // namespace sesame::campaign
