// app/config_addresses.h: [[delivery.address]], the addresses of this host that mail leaves from.
#pragma once

#include <string>
#include <vector>

#include "app/toml_node.h"
#include "base/result.h"
#include "delivery/source.h"

namespace sesame::app {

// `node`: what stands under the name. The error is one line naming the key, without the file.
Result<std::vector<delivery::OwnAddress>, std::string> read_addresses(const toml::node& node);

}  // namespace sesame::app
