#include "sandbox/zones_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

#include "dns/name.h"
#include "sandbox/zone_records.h"

namespace sesame::sandbox {
namespace {

namespace json = boost::json;

constexpr std::int64_t version = 1;

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

std::unexpected<ZonesFileError> failed(std::string_view doing, const std::filesystem::path& file) {
  return std::unexpected(ZonesFileError{fmt::format("cannot {} {}: {}", doing, file.string(), std::strerror(errno))});
}

std::unexpected<ZonesFileError> damaged(const std::filesystem::path& file, std::string_view how) {
  return std::unexpected(ZonesFileError{fmt::format("{} is damaged: {}", file.string(), how)});
}

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

// A rename is durable once the directory is.
bool sync_directory(const std::filesystem::path& directory) {
  const FileDescriptor fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return fd.get() >= 0 && ::fsync(fd.get()) == 0;
}

Result<void, ZonesFileError> read_zone(const json::value& entry, const std::filesystem::path& file,
                                       ZoneRecords& zones) {
  const auto* object = entry.if_object();
  const json::value* zone = object == nullptr ? nullptr : object->if_contains("zone");
  const json::value* records = object == nullptr ? nullptr : object->if_contains("records");
  if (zone == nullptr || !zone->is_string() || records == nullptr || !records->is_array()) {
    return damaged(file, "a zone has no name or no records");
  }
  const std::string apex(zone->get_string());
  if (!dns::is_valid_host(apex)) return damaged(file, "a zone's name is not a domain");
  auto read = records_from_json(records->get_array(), apex);
  if (!read) return damaged(file, fmt::format("zone {}: {}", apex, read.error().text));
  zones[apex] = std::move(*read);
  return {};
}

}  // namespace

Result<ZoneRecords, ZonesFileError> read_zones(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) {
    if (errno == ENOENT) return ZoneRecords{};
    return failed("read", file);
  }
  const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (in.bad()) return failed("read", file);
  boost::system::error_code problem;
  const json::value value = json::parse(text, problem);
  const auto* object = problem ? nullptr : value.if_object();
  if (object == nullptr) return damaged(file, "not a JSON object");
  const json::value* found = object->if_contains("version");
  if (found == nullptr || *found != version) return damaged(file, fmt::format("not of version {}", version));
  const json::value* list = object->if_contains("zones");
  if (list == nullptr || !list->is_array()) return damaged(file, "it has no zones");

  ZoneRecords zones;
  for (const json::value& entry : list->get_array()) {
    if (auto read = read_zone(entry, file, zones); !read) return std::unexpected(read.error());
  }
  return zones;
}

Result<void, ZonesFileError> write_zones(const std::filesystem::path& file, const ZoneRecords& zones) {
  json::array list;
  for (const auto& [apex, records] : zones) list.push_back(json::object{{"zone", apex}, {"records", to_json(records)}});
  const std::string text = json::serialize(json::object{{"version", version}, {"zones", std::move(list)}}) + "\n";

  const std::filesystem::path fresh = file.string() + ".new";
  {
    const FileDescriptor fd(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (fd.get() < 0 || !write_all(fd.get(), text) || ::fsync(fd.get()) != 0) return failed("write", fresh);
  }
  if (::rename(fresh.c_str(), file.c_str()) != 0) return failed("replace", file);
  const auto directory = file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
  if (!sync_directory(directory)) return failed("sync", directory);
  return {};
}

}  // namespace sesame::sandbox
