#include "app/commands/message_file.h"

#include <fmt/format.h>

#include <cstdio>
#include <memory>

namespace sesame::app {
namespace {

struct CloseFile {
  void operator()(std::FILE* file) const {
    if (file != stdin) std::fclose(file);
  }
};

}  // namespace

Result<std::string, std::string> read_message_file(const std::string& name) {
  const std::unique_ptr<std::FILE, CloseFile> file(name == "-" ? stdin : std::fopen(name.c_str(), "rb"));
  if (!file) return std::unexpected(fmt::format("{} cannot be opened", name));
  std::string octets;
  char block[65536];
  while (const std::size_t count = std::fread(block, 1, sizeof block, file.get())) {
    if (octets.size() + count > max_message_file_octets)
      return std::unexpected(fmt::format("{} is larger than {} octets", name, max_message_file_octets));
    octets.append(block, count);
  }
  if (std::ferror(file.get()) != 0) return std::unexpected(fmt::format("{} cannot be read", name));
  return octets;
}

}  // namespace sesame::app
