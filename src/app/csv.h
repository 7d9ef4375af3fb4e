// app/csv.h: comma-separated values, read and written.
//
// Source: RFC 4180 §2. Lines end in CRLF; LF alone and a missing last line end are read as well. A record may span
// lines inside quotes. Strict otherwise: what other readers would understand in another way is an error that names its
// line.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sesame::app {

constexpr std::size_t max_csv_fields = 64;
constexpr std::size_t max_csv_record_octets = 16 * 1024;

struct CsvRecord {
  std::size_t line = 0;  // of its beginning, from 1
  std::vector<std::string> fields;
};

struct CsvError {
  std::size_t line = 0;
  std::string what;
};

// A pass over `text`, which must outlive it. Linear; holds one record.
class CsvReader {
 public:
  explicit CsvReader(std::string_view text) : rest_(text) {}

  // nullopt at the end. Empty lines are passed over. After an error nothing more can be read.
  Result<std::optional<CsvRecord>, CsvError> next();

 private:
  std::optional<std::string> read_field(std::string& field);  // what is wrong with it
  std::optional<std::string> read_quoted(std::string& field);
  bool take_line_end();

  std::string_view rest_;
  std::size_t line_ = 1;
};

// The fields as one line with its CRLF; quoted where they have to be.
std::string csv_line(const std::vector<std::string>& fields);

}  // namespace sesame::app
