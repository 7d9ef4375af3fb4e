// message/testing/corpora.h: other projects' test data, kept outside the repository.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace sesame::message::testing {

// The corpus of that name: below $SESAME_CORPORA, else beside the source tree. nullopt, and a line on standard output
// that names what is skipped, if it is not there.
std::optional<std::filesystem::path> find_corpus(std::string_view name, const std::filesystem::path& source_dir);

std::string read_file(const std::filesystem::path& path);  // throws std::runtime_error if it cannot be read

}  // namespace sesame::message::testing
