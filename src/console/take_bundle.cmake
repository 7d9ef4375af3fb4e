# Takes BUNDLE, or writes one without files, to TO. What has not changed is left untouched.
if(EXISTS "${BUNDLE}")
  file(COPY_FILE "${BUNDLE}" "${TO}" ONLY_IF_DIFFERENT)
  return()
endif()
set(empty [[#include "console/assets.h"

namespace sesame::console {

std::span<const Asset> bundled_assets() { return {}; }

}  // namespace sesame::console
]])
set(present "")
if(EXISTS "${TO}")
  file(READ "${TO}" present)
endif()
if(NOT present STREQUAL empty)
  file(WRITE "${TO}" "${empty}")
endif()
