#include "app/csv.h"

#include <algorithm>

namespace sesame::app {
namespace {

std::string quoted(const std::string& field) {
  std::string text = "\"";
  for (const char c : field) {
    if (c == '"') text += '"';
    text += c;
  }
  return text + '"';
}

bool needs_quotes(const std::string& field) {
  return field.find_first_of(",\"\r\n") != field.npos || field.starts_with(' ') || field.ends_with(' ');
}

}  // namespace

bool CsvReader::take_line_end() {
  if (rest_.starts_with("\r\n")) {
    rest_.remove_prefix(2);
  } else if (rest_.starts_with('\n')) {
    rest_.remove_prefix(1);
  } else {
    return false;
  }
  ++line_;
  return true;
}

std::optional<std::string> CsvReader::read_quoted(std::string& field) {
  rest_.remove_prefix(1);
  for (;;) {
    const auto quote = rest_.find('"');
    if (quote == rest_.npos) return "a quote is not closed";
    if (field.size() + quote > max_csv_record_octets) return "the record is too long";
    field += rest_.substr(0, quote);
    line_ += static_cast<std::size_t>(std::ranges::count(rest_.substr(0, quote), '\n'));
    rest_.remove_prefix(quote + 1);
    if (!rest_.starts_with('"')) return std::nullopt;
    field += '"';
    rest_.remove_prefix(1);
  }
}

std::optional<std::string> CsvReader::read_field(std::string& field) {
  if (rest_.starts_with('"')) {
    if (auto wrong = read_quoted(field)) return wrong;
    const bool is_ended = rest_.empty() || rest_.front() == ',' || rest_.front() == '\n' || rest_.starts_with("\r\n");
    return is_ended ? std::nullopt : std::optional<std::string>("text follows a closing quote");
  }
  field = rest_.substr(0, rest_.find_first_of(",\r\n\""));
  rest_.remove_prefix(field.size());
  if (rest_.starts_with('"')) return "a quote in the middle of a field";
  if (rest_.starts_with('\r') && !rest_.starts_with("\r\n")) return "a CR without LF";
  return std::nullopt;
}

Result<std::optional<CsvRecord>, CsvError> CsvReader::next() {
  while (take_line_end()) {}
  if (rest_.empty()) return std::nullopt;
  CsvRecord record{line_, {}};
  std::size_t octets = 0;
  const auto refuse = [&](std::string what) {
    rest_ = {};
    return std::unexpected(CsvError{record.line, std::move(what)});
  };
  for (;;) {
    std::string field;
    if (auto wrong = read_field(field)) return refuse(std::move(*wrong));
    octets += field.size();
    record.fields.push_back(std::move(field));
    if (octets > max_csv_record_octets) return refuse("the record is too long");
    if (record.fields.size() > max_csv_fields) return refuse("the record has too many fields");
    if (!rest_.starts_with(',')) break;
    rest_.remove_prefix(1);
  }
  take_line_end();
  return record;
}

std::string csv_line(const std::vector<std::string>& fields) {
  std::string line;
  for (const std::string& field : fields) {
    if (&field != &fields.front()) line += ',';
    line += needs_quotes(field) ? quoted(field) : field;
  }
  return line + "\r\n";
}

}  // namespace sesame::app
