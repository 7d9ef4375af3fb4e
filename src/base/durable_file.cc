#include "base/durable_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace sesame {
namespace {

class FileDescriptor {
 public:
  explicit FileDescriptor(int fd) : fd_(fd) {}
  ~FileDescriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

std::unexpected<std::string> failed(std::string_view doing, const std::filesystem::path& file) {
  return std::unexpected(fmt::format("cannot {} {}: {}", doing, file.string(), std::strerror(errno)));
}

bool write_all(int fd, std::string_view octets) {
  while (!octets.empty()) {
    const ssize_t written = ::write(fd, octets.data(), octets.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    octets.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

// A rename is durable once the directory is.
bool sync_directory(const std::filesystem::path& directory) {
  const FileDescriptor fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return fd.get() >= 0 && ::fsync(fd.get()) == 0;
}

Result<void, std::string> write_and_sync(const std::filesystem::path& file, std::string_view octets) {
  const FileDescriptor fd(::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (fd.get() < 0 || !write_all(fd.get(), octets) || ::fsync(fd.get()) != 0) return failed("write", file);
  return {};
}

}  // namespace

Result<void, std::string> replace_durably(const std::filesystem::path& file, std::string_view octets) {
  const std::filesystem::path fresh = file.string() + ".new";
  auto done = write_and_sync(fresh, octets);
  if (done && ::rename(fresh.c_str(), file.c_str()) != 0) done = failed("replace", file);
  if (!done) {
    ::unlink(fresh.c_str());  // half a file takes room that may be what was missing
    return done;
  }
  const auto directory = file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
  if (!sync_directory(directory)) return failed("sync", directory);
  return {};
}

}  // namespace sesame
