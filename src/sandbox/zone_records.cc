#include "sandbox/zone_records.h"

#include <fmt/format.h>

#include <boost/json/parse.hpp>
#include <limits>

#include "base/text.h"
#include "dns/name.h"
#include "sandbox/hosts.h"

namespace sesame::sandbox {
namespace {

namespace json = boost::json;

constexpr std::size_t max_json_depth = 8;
constexpr std::size_t max_shown_octets = 160;

// Other people's text in an error's one line.
std::string shown(std::string_view text) {
  std::string out;
  for (const char c : text.substr(0, max_shown_octets)) out += c >= ' ' && c <= '~' ? c : '?';
  return text.size() > max_shown_octets ? out + "..." : out;
}

// Questions that are no records and the pseudo-records of messages (RFC 6895 §3.1).
bool is_data_type(dns::RecordType type) {
  const auto number = static_cast<std::uint16_t>(type);
  return number != 0 && number != 41 && (number < 128 || number > 255);
}

// Reads one element. The first fault ends it: every step needs the one before.
class ElementReader {
 public:
  ElementReader(const json::value& element, std::size_t index, std::string_view apex)
      : element_(element), index_(index), apex_(apex) {}

  Result<dns::Record, RecordsError> read() {
    if (!element_.is_object()) return wrong_type("", "an object with name, type, ttl and value");
    dns::Record record;
    using Step = std::optional<RecordsError> (ElementReader::*)(dns::Record&) const;
    for (const Step step :
         {&ElementReader::read_name, &ElementReader::read_type, &ElementReader::read_ttl, &ElementReader::read_value}) {
      if (auto error = (this->*step)(record)) return std::unexpected(std::move(*error));
    }
    return record;
  }

 private:
  std::optional<RecordsError> read_name(dns::Record& record) const {
    std::string given;
    if (auto error = text("name", given)) return error;
    const auto ascii = is_ascii(given) ? dns::canonical(given) : dns::to_ascii(given).value_or("");
    if (!dns::is_valid_name(ascii)) return bad("name", fmt::format("'{}' is not a domain name", shown(given)));
    if (!dns::is_at_or_below(ascii, apex_)) {
      return bad("name", fmt::format("'{0}' is not in the zone {1}; names are written in full, as in '{0}.{1}'",
                                     shown(ascii), apex_));
    }
    record.name = ascii;
    return std::nullopt;
  }

  std::optional<RecordsError> read_type(dns::Record& record) const {
    std::string given;
    if (auto error = text("type", given)) return error;
    const auto type = dns::parse_record_type(given);
    if (!type || !is_data_type(*type)) return bad("type", fmt::format("'{}' is not a record type", shown(given)));
    record.type = *type;
    return std::nullopt;
  }

  std::optional<RecordsError> read_ttl(dns::Record& record) const {
    record.ttl = world_ttl;
    const json::value* value = member("ttl");
    if (value == nullptr) return std::nullopt;
    boost::system::error_code no_integer;
    const auto ttl = value->to_number<std::int64_t>(no_integer);
    if (no_integer) return wrong_type(".ttl", "a whole number of seconds").error();
    if (ttl < 0 || ttl > std::numeric_limits<std::int32_t>::max()) {
      return bad("ttl", fmt::format("{} is not between 0 and 2147483647 seconds", ttl));
    }
    record.ttl = static_cast<std::uint32_t>(ttl);
    return std::nullopt;
  }

  std::optional<RecordsError> read_value(dns::Record& record) const {
    std::string given;
    if (auto error = text("value", given)) return error;
    if (given.size() > max_value_octets) {
      return bad("value", fmt::format("longer than {} octets", max_value_octets));
    }
    auto data = dns::parse_record_data(record.type, given);
    if (const auto* error = std::get_if<dns::RecordParseError>(&data)) return bad("value", shown(error->text));
    record.data = std::get<dns::RecordData>(std::move(data));
    return std::nullopt;
  }

  const json::value* member(std::string_view name) const {
    const json::value* value = element_.get_object().if_contains(name);
    return value == nullptr || value->is_null() ? nullptr : value;
  }

  std::optional<RecordsError> text(std::string_view name, std::string& into) const {
    const json::value* value = member(name);
    if (value == nullptr) return bad(name, "is missing");
    if (!value->is_string()) return wrong_type(fmt::format(".{}", name), "a string").error();
    into = value->get_string();
    return std::nullopt;
  }

  RecordsError bad(std::string_view name, std::string_view what) const {
    return {false, fmt::format("records[{}].{}: {}", index_, name, what)};
  }
  std::unexpected<RecordsError> wrong_type(std::string_view path, std::string_view expected) const {
    return std::unexpected(RecordsError{true, fmt::format("records[{}]{}: expected {}", index_, path, expected)});
  }

  const json::value& element_;
  const std::size_t index_;
  const std::string_view apex_;
};

}  // namespace

Result<std::vector<dns::Record>, RecordsError> records_from_json(const json::array& list, std::string_view apex) {
  if (list.size() > max_listed_records) {
    return std::unexpected(RecordsError{false, fmt::format("records: more than {} in one list", max_listed_records)});
  }
  std::vector<dns::Record> records;
  records.reserve(list.size());
  for (std::size_t i = 0; i < list.size(); ++i) {
    auto record = ElementReader(list[i], i, apex).read();
    if (!record) return std::unexpected(std::move(record.error()));
    records.push_back(std::move(*record));
  }
  return records;
}

Result<std::vector<dns::Record>, RecordsError> parse_zone_records(std::string_view body, std::string_view apex) {
  json::parse_options options;
  options.max_depth = max_json_depth;
  boost::system::error_code problem;
  const json::value value = json::parse(body, problem, {}, options);
  if (problem) return std::unexpected(RecordsError{true, "The request body is not valid JSON."});
  if (!value.is_array()) return std::unexpected(RecordsError{true, "The request body is not a list of records."});
  return records_from_json(value.get_array(), apex);
}

json::array to_json(const std::vector<dns::Record>& records) {
  json::array list;
  list.reserve(records.size());
  for (const dns::Record& record : records) {
    list.push_back(json::object{{"name", record.name},
                                {"type", dns::name(record.type)},
                                {"ttl", record.ttl},
                                {"value", dns::presentation(record.data)}});
  }
  return list;
}

}  // namespace sesame::sandbox
