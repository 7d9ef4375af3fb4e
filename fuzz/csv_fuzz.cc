// A file of comma-separated values: what is read can be written and read back, lines only grow, and bounds hold.
#include <cstdint>

#include "app/csv.h"
#include "check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sesame::app;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  CsvReader reader(text);
  std::size_t last_line = 0, octets = 0;
  for (;;) {
    const auto record = reader.next();
    if (!record) {
      check(record.error().line > last_line && !record.error().what.empty());
      const auto after = reader.next();
      check(after.has_value() && !after->has_value());
      break;
    }
    const auto& found = *record;
    if (!found) break;
    check(found->line > last_line);
    last_line = found->line;
    check(!found->fields.empty() && found->fields.size() <= max_csv_fields);
    for (const std::string& field : found->fields) octets += field.size();

    const std::string written = csv_line(found->fields);
    CsvReader again(written);
    const auto reread = again.next();
    // A lone empty field is an empty line, which is no record.
    const bool is_empty = found->fields.size() == 1 && found->fields.front().empty();
    check(reread.has_value());
    const auto& same = *reread;
    check(same.has_value() != is_empty);
    if (same) check(same->fields == found->fields);
  }
  check(octets <= size);
  return 0;
}
