#include "api/caller.h"

namespace sesame::api {

const std::string* find_parameter(const Call& call, std::string_view name) {
  for (const sigv4::Parameter& parameter : call.parameters) {
    if (parameter.name == name) return &parameter.value;
  }
  return nullptr;
}

}  // namespace sesame::api
