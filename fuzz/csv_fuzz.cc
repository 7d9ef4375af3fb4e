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
    if (!*record) break;
    check((*record)->line > last_line);
    last_line = (*record)->line;
    check(!(*record)->fields.empty() && (*record)->fields.size() <= max_csv_fields);
    for (const std::string& field : (*record)->fields) octets += field.size();

    const std::string written = csv_line((*record)->fields);
    CsvReader again(written);
    const auto reread = again.next();
    // A lone empty field is an empty line, which is no record.
    const bool is_empty = (*record)->fields.size() == 1 && (*record)->fields.front().empty();
    check(reread.has_value() && reread->has_value() != is_empty);
    if (*reread) check((*reread)->fields == (*record)->fields);
  }
  check(octets <= size);
  return 0;
}
