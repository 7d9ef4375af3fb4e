// tests/tools/faulty.cc: a disk that fails and a clock that jumps when a scenario says so. For LD_PRELOAD.
//
// SESAME_FAULTS names a file of 16 octets that the scenario writes (tests/scenarios/harness/faults.py):
//   octet 0       what fails: '-' nothing, 'n' ENOSPC, 'r' EROFS, 'w' EIO at writes, 's' EIO at syncs
//   octets 8-15   what is added to the time of day, in seconds (a native 64-bit integer)
// Only files below the directory SESAME_FAULTS_BELOW fail. The monotonic clock is left alone.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <climits>
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string_view>

namespace {

struct Faults {
  std::atomic<char> disk;
  std::atomic<std::int64_t> seconds;
};
static_assert(sizeof(Faults) == 16);

Faults* map_faults() {
  static Faults none{'-', 0};
  const char* file = std::getenv("SESAME_FAULTS");
  if (file == nullptr) return &none;
  const int fd = ::open(file, O_RDONLY | O_CLOEXEC);
  void* mapped = fd < 0 ? MAP_FAILED : ::mmap(nullptr, sizeof(Faults), PROT_READ, MAP_SHARED, fd, 0);
  if (fd >= 0) ::close(fd);
  if (mapped == MAP_FAILED) {
    std::fprintf(stderr, "faulty: cannot map %s\n", file);
    std::abort();  // a scenario that injects nothing would prove nothing
  }
  return static_cast<Faults*>(mapped);
}

const Faults& faults() {
  static const Faults* const mapped = map_faults();
  return *mapped;
}

template <class Function>
Function* real(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

bool is_below(std::string_view path) {
  static const char* const directory = std::getenv("SESAME_FAULTS_BELOW");
  return directory != nullptr && path.starts_with(directory);
}

bool is_below(int fd) {
  char link[64], path[PATH_MAX];
  std::snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
  const ssize_t length = ::readlink(link, path, sizeof(path));
  return length > 0 && is_below(std::string_view(path, static_cast<std::size_t>(length)));
}

int write_error(char disk) {
  switch (disk) {
    case 'n': return ENOSPC;
    case 'r': return EROFS;
    case 'w': return EIO;
    default: return 0;
  }
}

// True when the call is to fail; errno says why.
template <class File>
bool write_fails(File file) {
  const int error = write_error(faults().disk);
  if (error == 0 || !is_below(file)) return false;
  errno = error;
  return true;
}

bool sync_fails(int fd) {
  const char disk = faults().disk;
  if ((disk != 's' && disk != 'r') || !is_below(fd)) return false;
  errno = disk == 's' ? EIO : EROFS;
  return true;
}

// A new file needs room in its directory; an old one does not.
bool makes_a_file_and_fails(const char* path, int flags) {
  return (flags & O_CREAT) != 0 && ::access(path, F_OK) != 0 && write_fails(std::string_view(path));
}

// open(2): there is one only with O_CREAT.
mode_t mode_of(int flags, va_list more) { return (flags & O_CREAT) != 0 ? va_arg(more, mode_t) : 0; }

}  // namespace

extern "C" {

ssize_t write(int fd, const void* octets, size_t count) {
  static const auto next = real<decltype(write)>("write");
  return write_fails(fd) ? -1 : next(fd, octets, count);
}
ssize_t pwrite(int fd, const void* octets, size_t count, off_t offset) {
  static const auto next = real<decltype(pwrite)>("pwrite");
  return write_fails(fd) ? -1 : next(fd, octets, count, offset);
}
ssize_t pwrite64(int fd, const void* octets, size_t count, off64_t offset) {
  static const auto next = real<decltype(pwrite64)>("pwrite64");
  return write_fails(fd) ? -1 : next(fd, octets, count, offset);
}
int ftruncate(int fd, off_t length) noexcept {
  static const auto next = real<decltype(ftruncate)>("ftruncate");
  return write_fails(fd) ? -1 : next(fd, length);
}
int ftruncate64(int fd, off64_t length) noexcept {
  static const auto next = real<decltype(ftruncate64)>("ftruncate64");
  return write_fails(fd) ? -1 : next(fd, length);
}
int fsync(int fd) {
  static const auto next = real<decltype(fsync)>("fsync");
  return sync_fails(fd) ? -1 : next(fd);
}
int fdatasync(int fd) {
  static const auto next = real<decltype(fdatasync)>("fdatasync");
  return sync_fails(fd) ? -1 : next(fd);
}
int rename(const char* from, const char* to) noexcept {
  static const auto next = real<decltype(rename)>("rename");
  return write_fails(std::string_view(to)) ? -1 : next(from, to);
}

int open(const char* path, int flags, ...) {
  static const auto next = real<decltype(open)>("open");
  va_list more;
  va_start(more, flags);
  const mode_t mode = mode_of(flags, more);
  va_end(more);
  return makes_a_file_and_fails(path, flags) ? -1 : next(path, flags, mode);
}
int open64(const char* path, int flags, ...) {
  static const auto next = real<decltype(open64)>("open64");
  va_list more;
  va_start(more, flags);
  const mode_t mode = mode_of(flags, more);
  va_end(more);
  return makes_a_file_and_fails(path, flags) ? -1 : next(path, flags, mode);
}

int clock_gettime(clockid_t clock, timespec* time) noexcept {
  static const auto next = real<decltype(clock_gettime)>("clock_gettime");
  const int status = next(clock, time);
  if (status == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) time->tv_sec += faults().seconds;
  return status;
}
int gettimeofday(timeval* time, void* zone) noexcept {
  static const auto next = real<decltype(gettimeofday)>("gettimeofday");
  const int status = next(time, zone);
  if (status == 0) time->tv_sec += faults().seconds;
  return status;
}
time_t time(time_t* into) noexcept {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  if (into != nullptr) *into = now.tv_sec;
  return now.tv_sec;
}

}  // extern "C"
