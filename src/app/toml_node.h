// app/toml_node.h: a value of the configuration file by name, for headers that need not know what it looks like.
#pragma once

namespace toml {
inline namespace v3 {
class node;
}
}  // namespace toml
