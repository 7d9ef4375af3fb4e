// campaign/handlebars.h: the language of templates (spec 4.3): a subset of Handlebars, parsed once, rendered often.
//
//   {{a.b}}  {{{a.b}}}  {{&a.b}}       a value; HTML is not escaped in any of them
//   {{#if x}} {{else if y}} {{else}} {{/if}}   {{#unless x}}   {{#each list}}   {{#with object}}   {{#x}} {{^x}}
//   this  ../x  @root.x  @index @key @first @last  list.[0] or list.0
//   {{#* inline "n"}} ... {{/inline}}  {{> n}}  {{> n object}}      partials, good in the whole text
//   {{! comment }}  {{!-- comment --}}  {{~x~}} removes the blanks before and after  \{{x}} stands as it is
//
// Anything else between braces (other helpers, block parameters) is an error when the text is parsed, so that a
// template which is stored can be rendered. Lines that hold nothing but a block stay, as SES leaves them. Names are
// looked up in the scope they stand in only. Pure.
#pragma once

#include <boost/json/value.hpp>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace sesame::campaign {

inline constexpr std::size_t max_template_octets = 500 * 1024;  // spec 4.1, of all parts together
inline constexpr std::size_t max_block_depth = 50;  // blocks in blocks; twice as many with the partials they call
inline constexpr std::size_t max_render_steps = 1'000'000;  // tags and pieces of text that are written

// Reserved (spec 4.3): they come through rendering as they stand, for tracking and list management to replace.
inline constexpr std::string_view open_tracker_mark = "{{ses:openTracker}}";
inline constexpr std::string_view unsubscribe_url_mark = "{{amazonSESUnsubscribeUrl}}";

struct ParseProblem {
  std::size_t line = 0;  // counted from 1
  std::string text;
};

enum class RenderErrc {
  missing_attribute,  // a value that is to be written is absent or null
  too_large,          // more than the octets allowed, more steps than max_render_steps, or partials too deep
};
struct RenderProblem {
  RenderErrc code = RenderErrc::missing_attribute;
  std::string text;  // "Attribute 'name' is not present in the rendering data."
};

// One part of a template. Immutable and thread-safe; copies share what was parsed.
class Handlebars {
 public:
  // Linear. `text` is copied.
  static Result<Handlebars, ParseProblem> parse(std::string_view text);

  // Text, numbers, true and false are written as they are, objects and lists as JSON. Absent, null, false, 0, "" and
  // the empty list are false to #if; to a block nothing is missing. `data` is what names are looked up in, an object.
  Result<std::string, RenderProblem> render(const boost::json::value& data, std::size_t max_octets) const;

 private:
  struct Program;
  friend class Parser;
  friend class Renderer;
  explicit Handlebars(std::shared_ptr<const Program> program) : program_(std::move(program)) {}

  std::shared_ptr<const Program> program_;
};

}  // namespace sesame::campaign
