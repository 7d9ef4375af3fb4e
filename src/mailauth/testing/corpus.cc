#include "mailauth/testing/corpus.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace sesame::mailauth::testing {

std::optional<std::filesystem::path> corpus(std::string_view set) {
  const char* root = std::getenv("SESAME_CORPORA");
  const std::filesystem::path beside = std::filesystem::path(__FILE__).parent_path() / "../../../../shared/corpora";
  const std::filesystem::path path = (root != nullptr ? std::filesystem::path(root) : beside.lexically_normal()) / set;
  if (std::filesystem::exists(path)) return path;
  std::printf("skipped: corpus %.*s is not here (%s)\n", static_cast<int>(set.size()), set.data(), path.c_str());
  return std::nullopt;
}

std::string read_file(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + file.string());
  return std::string(std::istreambuf_iterator<char>(in), {});
}

std::string with_crlf(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n' && (i == 0 || text[i - 1] != '\r')) out += '\r';
    out += text[i];
  }
  return out;
}

}  // namespace sesame::mailauth::testing
