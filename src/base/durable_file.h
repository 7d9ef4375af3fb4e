// base/durable_file.h: files that a crash leaves old or new, never half.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"

namespace sesame {

// Puts `octets` in the place of `file`: written beside it as <file>.new (the owner's alone), synced, renamed, and the
// directory synced. Durable when it returns. The error is one line with the file and the system's word; the old file is
// then still there, unless only the directory could not be synced. Blocks.
Result<void, std::string> replace_durably(const std::filesystem::path& file, std::string_view octets);

}  // namespace sesame
