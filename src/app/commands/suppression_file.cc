#include "app/commands/suppression_file.h"

#include <fmt/format.h>

#include <cmath>
#include <optional>

#include "base/text.h"
#include "base/time_text.h"
#include "message/address_list.h"

namespace sesame::app {
namespace {

struct Columns {
  std::size_t address = 0;
  std::optional<std::size_t> reason = 1;
};

// What the first record says of the columns; nullopt: it is an entry like the others.
std::optional<Columns> read_names(const CsvRecord& record) {
  Columns columns{0, std::nullopt};
  bool names_address = false;
  for (std::size_t i = 0; i < record.fields.size(); ++i) {
    const std::string name = ascii_lower(trim(record.fields[i]));
    if (name == "emailaddress" || name == "email" || name == "address") {
      columns.address = i;
      names_address = true;
    } else if (name == "reason") {
      columns.reason = i;
    }
  }
  if (!names_address) return std::nullopt;
  return columns;
}

// The entry, or what is wrong with it.
Result<SuppressionEntry, std::string> read_entry(const CsvRecord& record, const Columns& columns) {
  if (record.fields.size() <= columns.address) return std::unexpected("there is no address");
  SuppressionEntry entry{record.line, std::string(trim(record.fields[columns.address])), "BOUNCE"};
  if (columns.reason && *columns.reason < record.fields.size()) {
    const std::string reason = ascii_upper(trim(record.fields[*columns.reason]));
    if (!reason.empty()) entry.reason = reason;
  }
  if (entry.reason != "BOUNCE" && entry.reason != "COMPLAINT") {
    return std::unexpected(fmt::format("\"{}\" is neither BOUNCE nor COMPLAINT", printable_utf8(entry.reason, 64)));
  }
  if (!message::parse_mailbox(entry.address)) {
    return std::unexpected(fmt::format("\"{}\" is not an email address", printable_utf8(entry.address, 320)));
  }
  return entry;
}

}  // namespace

SuppressionFile read_suppression_file(std::string_view text) {
  SuppressionFile file;
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);  // the mark spreadsheets put in front of UTF-8
  CsvReader reader(text);
  Columns columns;
  for (bool is_first = true; file.errors.size() < max_suppression_errors; is_first = false) {
    const auto read = reader.next();
    if (!read) {
      file.errors.push_back(read.error());
      break;
    }
    const auto& next = *read;
    if (!next) break;
    const CsvRecord& record = *next;
    if (is_first) {
      if (const auto named = read_names(record)) {
        columns = *named;
        continue;
      }
    }
    auto entry = read_entry(record, columns);
    if (!entry) {
      file.errors.push_back({record.line, entry.error()});
    } else if (file.entries.size() == max_suppression_entries) {
      file.errors.push_back({record.line, fmt::format("more than {} addresses", max_suppression_entries)});
      break;
    } else {
      file.entries.push_back(std::move(*entry));
    }
  }
  return file;
}

std::string format_time(double seconds) {
  return format_rfc3339_ms(from_unix_ms(static_cast<std::int64_t>(std::llround(seconds * 1000))));
}

}  // namespace sesame::app
