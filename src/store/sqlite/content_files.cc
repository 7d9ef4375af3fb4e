#include "store/sqlite/content_files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/falloc.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/log.h"
#include "base/text.h"
#include "store/sqlite/database.h"

namespace sesame::store::sqlite {
namespace {

constexpr std::int64_t hole_grain = 4096;  // file systems give back whole blocks

[[noreturn]] void fail(const std::filesystem::path& path, std::string_view doing, int error) {
  const bool is_full = error == ENOSPC || error == EDQUOT || error == EFBIG;
  throw EngineFailure({is_full ? StoreErrc::full : StoreErrc::unavailable,
                       fmt::format("{}: cannot {}: {}", path.string(), doing, std::strerror(error))});
}

class Descriptor {
 public:
  Descriptor(const std::filesystem::path& path, int flags) : number_(::open(path.c_str(), flags | O_CLOEXEC)) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return number_; }

 private:
  int number_;
};

void sync_directory(const std::filesystem::path& directory) {
  const Descriptor opened(directory, O_RDONLY | O_DIRECTORY);
  if (opened.get() < 0 || ::fsync(opened.get()) != 0) fail(directory, "sync", errno);
}

void write_all(int descriptor, std::string_view octets, std::int64_t at, const std::filesystem::path& path) {
  while (!octets.empty()) {
    const ssize_t count = ::pwrite(descriptor, octets.data(), octets.size(), at);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail(path, "write", errno);
    octets.remove_prefix(static_cast<std::size_t>(count));
    at += count;
  }
}

// "17.contents" -> 17
std::optional<std::int64_t> number_of(const std::filesystem::path& path) {
  if (path.extension() != ".contents") return std::nullopt;
  const auto number = parse_decimal(path.stem().string());
  if (!number || *number == 0 || *number > std::uint64_t{INT64_MAX}) return std::nullopt;
  return static_cast<std::int64_t>(*number);
}

}  // namespace

ContentFiles::~ContentFiles() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

std::filesystem::path ContentFiles::path_of(std::int64_t number) const {
  return directory_ / fmt::format("{}.contents", number);
}

void ContentFiles::open(const std::vector<ContentPlace>& named) {
  for (const ContentPlace& place : named) keep(place);
  std::error_code error;
  std::filesystem::create_directory(directory_, error);
  if (!error) std::filesystem::permissions(directory_, std::filesystem::perms::owner_all, error);
  if (error) fail(directory_, "make", error.value());
  std::vector<std::filesystem::path> forgotten;
  for (const auto& entry : std::filesystem::directory_iterator(directory_, error)) {
    const auto number = number_of(entry.path());
    if (!number) continue;
    next_ = std::max(next_, *number + 1);
    if (!files_.contains(*number)) forgotten.push_back(entry.path());
  }
  if (error) fail(directory_, "list", error.value());
  for (const std::filesystem::path& path : forgotten) {
    if (::unlink(path.c_str()) != 0) fail(path, "remove", errno);
  }
  for (auto& [number, file] : files_) {
    next_ = std::max(next_, number + 1);
    file.octets = static_cast<std::int64_t>(std::filesystem::file_size(path_of(number), error));
    if (!error) continue;
    log::error("store", "contents are missing", {{"file", path_of(number).string()}, {"messages", file.named.size()}});
    file.octets = 0;
  }
}

void ContentFiles::begin_file() {
  const std::filesystem::path path = path_of(next_);
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (descriptor < 0) fail(path, "make", errno);
  descriptor_ = descriptor;
  current_ = next_++;
  files_[current_];
  try {
    sync_directory(directory_);
  } catch (const EngineFailure&) {
    end_file();
    throw;
  }
}

void ContentFiles::end_file() {
  ::close(descriptor_);
  descriptor_ = -1;
  current_ = 0;
}

ContentPlace ContentFiles::append(std::string_view octets) {
  if (current_ == 0) begin_file();
  File& file = files_[current_];
  const ContentPlace place{current_, file.octets, static_cast<std::int64_t>(octets.size())};
  unsynced_ = true;
  write_all(descriptor_, octets, place.at, path_of(current_));
  file.octets += place.octets;
  return place;
}

void ContentFiles::sync() {
  if (!unsynced_) return;
  unsynced_ = false;
  if (::fdatasync(descriptor_) == 0) return;
  const int error = errno;
  const std::filesystem::path path = path_of(current_);
  end_file();  // what became of the octets in memory, nobody knows
  fail(path, "sync", error);
}

void ContentFiles::keep(const ContentPlace& place) {
  File& file = files_[place.file];
  if (file.named.emplace(place.at, place.octets).second) file.named_octets += place.octets;
}

void ContentFiles::drop(const ContentPlace& place) {
  const auto file = files_.find(place.file);
  if (file == files_.end()) return;
  if (file->second.named.erase(place.at) > 0) file->second.named_octets -= place.octets;
}

void ContentFiles::tidy() {
  if (current_ != 0 && files_[current_].octets >= limits_.file_octets) end_file();
  std::erase_if(files_, [&](const auto& numbered) {
    const auto& [number, file] = numbered;
    if (number == current_ || !file.named.empty()) return false;
    // Whoever reads it at this moment has it open.
    if (::unlink(path_of(number).c_str()) != 0 && errno != ENOENT) {
      log::warning("store", "contents cannot be removed",
                   {{"file", path_of(number).string()}, {"reason", std::strerror(errno)}});
    }
    return true;
  });
  if (files_.size() <= limits_.whole_files) return;
  std::size_t surplus = files_.size() - limits_.whole_files;
  for (auto& [number, file] : files_) {
    if (surplus-- == 0) break;
    if (number != current_ && file.useless() >= limits_.least_hole) punch(number, file);
  }
}

// Gives back what no row names. A file system that cannot do it keeps the room until the file goes.
void ContentFiles::punch(std::int64_t number, File& file) {
  file.given_back = file.octets - file.named_octets;
  const Descriptor opened(path_of(number), O_WRONLY);
  if (opened.get() < 0) return;
  const auto give_back = [&](std::int64_t from, std::int64_t to) {
    from = (from + hole_grain - 1) / hole_grain * hole_grain;
    to = to / hole_grain * hole_grain;
    if (from < to) ::fallocate(opened.get(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, from, to - from);
  };
  std::int64_t at = 0;
  for (const auto& [from, octets] : file.named) {
    give_back(at, from);
    at = from + octets;
  }
  give_back(at, file.octets);
}

std::string ContentFiles::read(const ContentPlace& place) const {
  const std::filesystem::path path = path_of(place.file);
  const Descriptor opened(path, O_RDONLY);
  if (opened.get() < 0 && errno == ENOENT) {
    throw EngineFailure({StoreErrc::corrupt, fmt::format("{}: the file is missing", path.string())});
  }
  if (opened.get() < 0) fail(path, "open", errno);
  std::string octets(static_cast<std::size_t>(place.octets), '\0');
  std::size_t done = 0;
  while (done < octets.size()) {
    const ssize_t count =
        ::pread(opened.get(), octets.data() + done, octets.size() - done, place.at + static_cast<std::int64_t>(done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail(path, "read", errno);
    if (count == 0) throw EngineFailure({StoreErrc::corrupt, fmt::format("{}: the file is too short", path.string())});
    done += static_cast<std::size_t>(count);
  }
  return octets;
}

}  // namespace sesame::store::sqlite
