// sqlite/directory_lock.h: one process per data directory. Leases live in memory, so a second process would deliver
// everything a second time.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"

namespace sesame::store::sqlite {

// flock(2) on `<directory>/lock`: gone with the process, however it ends. The file itself stays.
class DirectoryLock {
 public:
  // Does not wait. The error is one line: who is in the way, or why the directory cannot be used.
  static Result<DirectoryLock, std::string> acquire(const std::filesystem::path& directory);

  DirectoryLock(DirectoryLock&& other) noexcept;
  DirectoryLock& operator=(DirectoryLock&&) = delete;
  ~DirectoryLock();

 private:
  explicit DirectoryLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace sesame::store::sqlite
