// mailauth/testing/corpus.h: reading the test corpora, and saying so when they are not there.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace sesame::mailauth::testing {

// $SESAME_CORPORA/<set>, or the corpora beside the source tree. nullopt, and a line naming the set, if it is absent:
// the test then skips.
std::optional<std::filesystem::path> corpus(std::string_view set);

// Whole file. Throws if it cannot be read: a corpus that is there is complete.
std::string read_file(const std::filesystem::path& file);

// Bare LF becomes CRLF; CRLF stays.
std::string with_crlf(std::string_view text);

}  // namespace sesame::mailauth::testing
