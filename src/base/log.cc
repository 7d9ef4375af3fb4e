// A plain writer to stderr. spdlog would bring 8 s of compile time for what these lines do; the front hides which.
#include "base/log.h"

#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <boost/json.hpp>

#include "base/clock.h"
#include "base/time_text.h"

namespace sesame::log {
namespace {

std::atomic<Level> least_level{Level::info};
std::atomic<Format> line_format{Format::text};

constexpr std::string_view level_name(Level level) {
  switch (level) {
    case Level::debug: return "debug";
    case Level::info: return "info";
    case Level::warning: return "warning";
    case Level::error: return "error";
  }
  return "?";
}

// Bare when it is one plain word, otherwise a JSON string: no control octet reaches the terminal.
void append_value(std::string& line, std::string_view value) {
  bool plain = !value.empty();
  for (unsigned char c : value) {
    if (c <= ' ' || c == '"' || c == '=' || c == '\\' || c >= 0x7f) plain = false;
  }
  if (plain) {
    line += value;
  } else {
    line += boost::json::serialize(boost::json::string(value));
  }
}

}  // namespace

void configure(Level least, Format format) {
  least_level = least;
  line_format = format;
}

bool enabled(Level level) { return level >= least_level.load(std::memory_order_relaxed); }

void write(Level level, std::string_view area, std::string_view message, Fields fields) {
  if (!enabled(level)) return;
  const std::string time = format_rfc3339_ms(SystemClock().now());
  std::string line;
  if (line_format.load(std::memory_order_relaxed) == Format::json) {
    boost::json::object object{{"time", time}, {"level", level_name(level)}, {"area", area}, {"message", message}};
    for (const Field& f : fields) object[f.key] = f.value;
    line = boost::json::serialize(object);
  } else {
    line = fmt::format("{} {} {}: {}", time, level_name(level), area, message);
    for (const Field& f : fields) {
      line += ' ';
      line += f.key;
      line += '=';
      append_value(line, f.value);
    }
  }
  line += '\n';
  // A log that cannot be written has nowhere to complain to.
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace sesame::log
