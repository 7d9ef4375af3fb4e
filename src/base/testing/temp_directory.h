// base/testing/temp_directory.h: a directory of its own for a test, which goes with the object.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace sesame {

class TempDirectory {
 public:
  TempDirectory() {  // throws std::runtime_error if it cannot be made
    std::string name = (std::filesystem::temp_directory_path() / "sesame-test-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make a directory like " + name);
    path_ = name;
  }
  ~TempDirectory() {
    std::error_code ignored;  // a leftover in the temporary directory is no reason to fail a test
    std::filesystem::remove_all(path_, ignored);
  }
  TempDirectory(const TempDirectory&) = delete;
  TempDirectory& operator=(const TempDirectory&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace sesame
