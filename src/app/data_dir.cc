#include "app/data_dir.h"

#include <fmt/format.h>

#include "base/seal.h"

namespace sesame::app {

bool is_within(const std::filesystem::path& path, const std::filesystem::path& directory) {
  namespace fs = std::filesystem;
  const fs::path from_there =
      fs::absolute(path).lexically_normal().lexically_relative(fs::absolute(directory).lexically_normal());
  return !from_there.empty() && *from_there.begin() != "..";
}

std::filesystem::path kept_mail_directory(const Config& config) {
  return std::filesystem::path(config.service.data_dir) / "unread";
}

Result<Secret, std::string> prepare_data_dir(const std::string& directory, RandomSource& random) {
  namespace fs = std::filesystem;
  std::error_code problem;
  if (!fs::is_directory(directory, problem)) {
    fs::create_directories(directory, problem);
    if (!problem) fs::permissions(directory, fs::perms::owner_all, problem);
  }
  if (problem) return std::unexpected(fmt::format("service.data_dir: cannot use {}: {}", directory, problem.message()));
  return load_or_create_seal_key(fs::path(directory) / "secret.key", random);
}

}  // namespace sesame::app
