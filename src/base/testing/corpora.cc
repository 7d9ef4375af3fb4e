#include "base/testing/corpora.h"

#include <fmt/format.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace sesame {

std::optional<std::filesystem::path> find_corpus(std::string_view name) {
  const char* const configured = std::getenv("SESAME_CORPORA");
  const std::filesystem::path corpora = configured != nullptr ? configured : SESAME_SOURCE_DIR "/../shared/corpora";
  const std::filesystem::path corpus = corpora / name;
  if (std::filesystem::exists(corpus)) return corpus;
  fmt::print("skipped: corpus {} is not at {}\n", name, corpus.string());
  return std::nullopt;
}

std::string read_file(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + file.string());
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace sesame
