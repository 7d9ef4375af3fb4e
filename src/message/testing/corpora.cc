#include "message/testing/corpora.h"

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <stdexcept>

namespace sesame::message::testing {

std::optional<std::filesystem::path> find_corpus(std::string_view name, const std::filesystem::path& source_dir) {
  const char* set = std::getenv("SESAME_CORPORA");
  const std::filesystem::path all = set != nullptr ? std::filesystem::path(set) : source_dir / "../shared/corpora";
  const std::filesystem::path corpus = all / name;
  if (std::filesystem::is_directory(corpus)) return corpus;
  std::cout << "skipped: corpus " << name << " is not at " << corpus.string() << "\n";
  return std::nullopt;
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + path.string());
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

}  // namespace sesame::message::testing
