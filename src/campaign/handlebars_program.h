// campaign/handlebars_program.h: a parsed text, as handlebars_parser.cc makes it and handlebars_renderer.cc walks it.
#pragma once

#include <map>
#include <string>
#include <variant>
#include <vector>

#include "campaign/handlebars.h"

namespace sesame::campaign {

// "../a.b" is {up 1, {"a", "b"}}, "this" is {}, "@index" is {from loop, {"index"}}, "@root.a" is {from root, {"a"}}.
struct Path {
  enum class From { scope, root, loop };
  From from = From::scope;
  std::size_t up = 0;
  std::vector<std::string> segments;
  std::string text;  // as written, for errors
};

struct Node;
using Nodes = std::vector<Node>;

struct Literal {
  std::string text;
};
struct Value {
  Path path;
};
struct Block {
  enum class Kind { if_, unless, each, with, section, inverted };
  Kind kind = Kind::if_;
  Path subject;
  Nodes body, otherwise;
};
struct PartialCall {
  std::string name;
  Path context;  // "this" if none is given
};
struct Node {
  std::variant<Literal, Value, Block, PartialCall> what;
};

struct Handlebars::Program {
  Nodes nodes;
  std::map<std::string, Nodes, std::less<>> partials;
};

}  // namespace sesame::campaign
