// app/config_groups.h: [[delivery.group]], the only part of the configuration that comes several times.
#pragma once

#include <string>
#include <vector>

#include "app/toml_node.h"
#include "base/result.h"
#include "delivery/group_rules.h"

namespace sesame::app {

// `node`: what stands under the name. The error is one line naming the key, without the file:
// "delivery.group[2].max_rate: …" is about the second group.
Result<std::vector<delivery::GroupRule>, std::string> read_groups(const toml::node& node);

}  // namespace sesame::app
