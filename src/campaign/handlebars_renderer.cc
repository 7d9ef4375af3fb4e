#include <fmt/format.h>

#include <boost/json/serialize.hpp>
#include <optional>

#include "base/text.h"
#include "campaign/handlebars_program.h"

namespace sesame::campaign {
namespace {

namespace json = boost::json;

// What names mean at one place: the value itself, and where in a loop it is.
struct Scope {
  const json::value* value;
  std::optional<std::size_t> index;
  std::optional<std::string> key;
  bool is_first = false, is_last = false;
};

bool is_true(const json::value* value) {
  if (value == nullptr) return false;
  switch (value->kind()) {
    case json::kind::null: return false;
    case json::kind::bool_: return value->get_bool();
    case json::kind::int64: return value->get_int64() != 0;
    case json::kind::uint64: return value->get_uint64() != 0;
    case json::kind::double_: return value->get_double() != 0;
    case json::kind::string: return !value->get_string().empty();
    case json::kind::array: return !value->get_array().empty();
    case json::kind::object: return true;
  }
  return false;
}

const json::value* member(const json::value* value, const std::string& segment) {
  if (value == nullptr) return nullptr;
  if (value->is_object()) return value->get_object().if_contains(segment);
  if (!value->is_array()) return nullptr;
  const auto index = parse_decimal(segment);
  if (!index || *index >= value->get_array().size()) return nullptr;
  return &value->get_array()[*index];
}

std::string text_of(const json::value& value) {
  switch (value.kind()) {
    case json::kind::string: return std::string(value.get_string());
    case json::kind::bool_: return value.get_bool() ? "true" : "false";
    case json::kind::int64: return fmt::format("{}", value.get_int64());
    case json::kind::uint64: return fmt::format("{}", value.get_uint64());
    case json::kind::double_: return fmt::format("{}", value.get_double());
    case json::kind::null:
    case json::kind::array:
    case json::kind::object: return json::serialize(value);
  }
  return "";
}

}  // namespace

class Renderer {
 public:
  Renderer(const Handlebars::Program& program, const json::value& data, std::size_t max_octets)
      : program_(program), max_octets_(max_octets) {
    scopes_.push_back({.value = &data});
  }

  Result<std::string, RenderProblem> render() {
    if (!write(program_.nodes)) return std::unexpected(std::move(problem_));
    return std::move(written_);
  }

 private:
  // False: problem_ says why.
  bool fail(RenderErrc code, std::string text) {
    problem_ = {code, std::move(text)};
    return false;
  }
  bool too_large() { return fail(RenderErrc::too_large, "The rendered message is too large."); }

  bool write(std::string_view text) {
    if (text.size() > max_octets_ - written_.size()) return too_large();
    written_ += text;
    return true;
  }

  bool write(const Nodes& nodes) {
    if (depth_ == 2 * max_block_depth) return fail(RenderErrc::too_large, "Partials call each other too deep.");
    ++depth_;
    const bool done = write_each_of(nodes);
    --depth_;
    return done;
  }

  bool write_each_of(const Nodes& nodes) {
    for (const Node& node : nodes) {
      if (++steps_ > max_render_steps) return too_large();
      const bool done = std::visit(overloaded{[&](const Literal& literal) { return write(literal.text); },
                                              [&](const Value& value) { return write_value(value.path); },
                                              [&](const Block& block) { return write_block(block); },
                                              [&](const PartialCall& call) { return write_partial(call); }},
                                   node.what);
      if (!done) return false;
    }
    return true;
  }

  const json::value* find(const Path& path) const {
    if (path.up >= scopes_.size()) return nullptr;
    const json::value* value =
        path.from == Path::From::root ? scopes_.front().value : scopes_[scopes_.size() - 1 - path.up].value;
    for (const std::string& segment : path.segments) value = member(value, segment);
    return value;
  }

  // Of the innermost loop; a #with or a section between does not hide it.
  std::optional<std::string> loop_value(const std::string& name) const {
    for (auto scope = scopes_.rbegin(); scope != scopes_.rend(); ++scope) {
      const std::optional<std::size_t> index = scope->index;
      if (!index) continue;
      if (name == "index") return fmt::format("{}", *index);
      if (name == "key") return scope->key.value_or(fmt::format("{}", *index));
      return (name == "first" ? scope->is_first : scope->is_last) ? "true" : "false";
    }
    return std::nullopt;
  }

  bool write_value(const Path& path) {
    std::optional<std::string> text;
    if (path.from == Path::From::loop) {
      text = loop_value(path.segments.front());
    } else if (const json::value* value = find(path); value != nullptr && !value->is_null()) {
      text = text_of(*value);
    }
    if (text) return write(*text);
    return fail(RenderErrc::missing_attribute,
                fmt::format("Attribute '{}' is not present in the rendering data.", path.text));
  }

  bool holds(const Path& path) const {
    if (path.from != Path::From::loop) return is_true(find(path));
    const auto value = loop_value(path.segments.front());
    return value && *value != "false" && *value != "0" && !value->empty();
  }

  bool write_in(Scope scope, const Nodes& nodes) {
    scopes_.push_back(std::move(scope));
    const bool done = write(nodes);
    scopes_.pop_back();
    return done;
  }

  bool write_each(const json::value* value, const Block& block) {
    if (value != nullptr && value->is_array() && !value->get_array().empty()) {
      const json::array& list = value->get_array();
      for (std::size_t i = 0; i < list.size(); ++i) {
        if (++steps_ > max_render_steps) return too_large();
        if (!write_in({&list[i], i, std::nullopt, i == 0, i + 1 == list.size()}, block.body)) return false;
      }
      return true;
    }
    if (value != nullptr && value->is_object() && !value->get_object().empty()) {
      const json::object& object = value->get_object();
      std::size_t i = 0;
      for (const auto& [key, each] : object) {
        if (++steps_ > max_render_steps) return too_large();
        if (!write_in({&each, i, std::string(key), i == 0, i + 1 == object.size()}, block.body)) return false;
        ++i;
      }
      return true;
    }
    return write(block.otherwise);
  }

  bool write_block(const Block& block) {
    switch (block.kind) {
      case Block::Kind::if_: return write(holds(block.subject) ? block.body : block.otherwise);
      case Block::Kind::unless:
      case Block::Kind::inverted: return write(holds(block.subject) ? block.otherwise : block.body);
      case Block::Kind::each:
        return write_each(block.subject.from == Path::From::loop ? nullptr : find(block.subject), block);
      case Block::Kind::with:
      case Block::Kind::section: return write_with(block);
    }
    return true;
  }

  // {{#x}} walks a list, enters an object, and is an #if for anything else.
  bool write_with(const Block& block) {
    if (!holds(block.subject)) return write(block.otherwise);
    const json::value* value = block.subject.from == Path::From::loop ? nullptr : find(block.subject);
    const bool is_section = block.kind == Block::Kind::section;
    if (value != nullptr && is_section && value->is_array()) return write_each(value, block);
    if (value == nullptr || (is_section && !value->is_object())) return write(block.body);
    return write_in({.value = value}, block.body);
  }

  bool write_partial(const PartialCall& call) {
    const auto partial = program_.partials.find(call.name);
    if (partial == program_.partials.end()) return true;  // cannot be: the parser has looked
    if (call.context.text.empty()) return write(partial->second);
    const json::value* context = call.context.from == Path::From::loop ? nullptr : find(call.context);
    return write_in({.value = context}, partial->second);
  }

  const Handlebars::Program& program_;
  const std::size_t max_octets_;
  std::vector<Scope> scopes_;
  std::string written_;
  std::size_t steps_ = 0, depth_ = 0;
  RenderProblem problem_;
};

Result<std::string, RenderProblem> Handlebars::render(const json::value& data, std::size_t max_octets) const {
  return Renderer(*program_, data, max_octets).render();
}

}  // namespace sesame::campaign
