#include "sandbox/zones_file.h"

#include <fmt/format.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

#include "base/durable_file.h"
#include "dns/name.h"
#include "sandbox/zone_records.h"

namespace sesame::sandbox {
namespace {

namespace json = boost::json;

constexpr std::int64_t version = 1;

std::unexpected<ZonesFileError> failed(std::string_view doing, const std::filesystem::path& file) {
  return std::unexpected(ZonesFileError{fmt::format("cannot {} {}: {}", doing, file.string(), std::strerror(errno))});
}

std::unexpected<ZonesFileError> damaged(const std::filesystem::path& file, std::string_view how) {
  return std::unexpected(ZonesFileError{fmt::format("{} is damaged: {}", file.string(), how)});
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
  if (auto written = replace_durably(file, text); !written) return std::unexpected(ZonesFileError{written.error()});
  return {};
}

}  // namespace sesame::sandbox
