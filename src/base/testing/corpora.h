// base/testing/corpora.h: the published cases of others that tests are held to, kept outside the repository. For tests
// only.
//
//   const auto corpus = find_corpus("spf-stalwart");
//   if (!corpus) GTEST_SKIP();
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace sesame {

// The directory or file of that name below $SESAME_CORPORA, or else below ../shared/corpora of the source tree.
// nullopt, and a line on standard output naming what is skipped, if it is not there.
std::optional<std::filesystem::path> find_corpus(std::string_view name);

// Throws std::runtime_error if it cannot be read: a corpus that is there is complete.
std::string read_file(const std::filesystem::path& file);

}  // namespace sesame
