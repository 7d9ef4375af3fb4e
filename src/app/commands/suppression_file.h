// app/commands/suppression_file.h: addresses to suppress, as a file of comma-separated values. Pure.
//
//   EmailAddress,Reason        the first line may name the columns, in any order; others are ignored
//   gone@example.net,BOUNCE    without a first line of names: address and, if there is a second column, reason
//   angry@example.net,COMPLAINT
//
// Reasons are those of the API in any case; none given is BOUNCE. `export` writes what `import` reads.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/csv.h"

namespace sesame::app {

constexpr std::size_t max_suppression_file = std::size_t{256} << 20;
constexpr std::size_t max_suppression_entries = 2'000'000;
constexpr std::size_t max_suppression_errors = 20;  // reading stops there

struct SuppressionEntry {
  std::size_t line = 0;
  std::string address, reason;
};

struct SuppressionFile {
  std::vector<SuppressionEntry> entries;
  std::vector<CsvError> errors;
};

SuppressionFile read_suppression_file(std::string_view text);

// Seconds since 1970 as RFC 3339 in UTC.
std::string format_time(double seconds);

}  // namespace sesame::app
