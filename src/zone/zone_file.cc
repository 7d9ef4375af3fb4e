#include "zone/zone_file.h"

#include <fmt/format.h>

#include <limits>

#include "base/text.h"
#include "dns/name.h"

namespace sesame::zone {
namespace {

std::string_view take_field(std::string_view& line) {
  const std::size_t end = std::min(line.find_first_of(" \t"), line.size());
  const std::string_view field = line.substr(0, end);
  line = trim(line.substr(end));
  return field;
}

std::string_view without_comment(std::string_view line) {
  bool in_quotes = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '\\') {
      ++i;
    } else if (line[i] == '"') {
      in_quotes = !in_quotes;
    } else if (line[i] == ';' && !in_quotes) {
      return line.substr(0, i);
    }
  }
  return line;
}

Result<dns::Record, std::string> parse_line(std::string_view line) {
  dns::Record record;
  record.name = dns::canonical(take_field(line));
  if (!record.name.empty() && !dns::is_valid_name(record.name)) return std::unexpected("the owner is not a name");
  const auto ttl = parse_decimal(take_field(line));
  if (!ttl || *ttl > std::numeric_limits<std::int32_t>::max()) return std::unexpected("the TTL is not a number");
  record.ttl = static_cast<std::uint32_t>(*ttl);
  if (ascii_upper(take_field(line)) != "IN") return std::unexpected("the class is not IN");
  const auto type = dns::parse_record_type(take_field(line));
  if (!type) return std::unexpected("the type is not known");
  record.type = *type;
  auto data = dns::parse_record_data(*type, line);
  if (const auto* error = std::get_if<dns::RecordParseError>(&data)) return std::unexpected(error->text);
  record.data = std::get<dns::RecordData>(std::move(data));
  return record;
}

}  // namespace

std::string print_zone(const ZoneData& zone) {
  std::string text;
  for (const dns::Record& record : zone.records()) text += dns::presentation(record) + "\n";
  return text;
}

Result<ZoneData, ZoneFileError> parse_zone(std::string_view text) {
  std::optional<ZoneData> zone;
  std::size_t number = 0;
  for (const std::string_view raw : split(text, '\n')) {
    ++number;
    const std::string_view line = trim(without_comment(raw));
    if (line.empty()) continue;
    auto record = parse_line(line);
    if (!record) return std::unexpected(ZoneFileError{number, record.error()});
    if (!zone) {
      const auto* soa = std::get_if<dns::Soa>(&record->data);
      if (soa == nullptr) return std::unexpected(ZoneFileError{number, "the first record is not the SOA"});
      zone.emplace(record->name, *soa, record->ttl);
    } else if (!zone->add(std::move(*record))) {
      return std::unexpected(ZoneFileError{number, "the record cannot be in this zone"});
    }
  }
  if (!zone) return std::unexpected(ZoneFileError{number, "there is no SOA"});
  return std::move(*zone);
}

}  // namespace sesame::zone
