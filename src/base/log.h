// base/log.h: the log's front. The back end (spdlog or a plain writer) is known to log.cc only.
//
//   log::info("delivery", "accepted by peer", {{"queue_id", id}, {"reply", reply}});
//
// One line per event on stderr: time, level, area, message, then key=value pairs (text) or one JSON object (json).
// Values are escaped, so outside octets cannot forge a line. Thread-safe; a line is written with one write().
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace sesame::log {

enum class Level { debug, info, warning, error };
enum class Format { text, json };

struct Field {
  Field(std::string_view k, std::string_view v) : key(k), value(v) {}
  Field(std::string_view k, const char* v) : key(k), value(v) {}
  Field(std::string_view k, const std::string& v) : key(k), value(v) {}
  template <class Number>
    requires std::is_arithmetic_v<Number>
  Field(std::string_view k, Number v) : key(k), value(std::to_string(v)) {}
  std::string key;
  std::string value;
};
using Fields = std::initializer_list<Field>;

void configure(Level least, Format format);
bool enabled(Level level);
void write(Level level, std::string_view area, std::string_view message, Fields fields);

inline void debug(std::string_view area, std::string_view message, Fields fields = {}) {
  if (enabled(Level::debug)) write(Level::debug, area, message, fields);
}
inline void info(std::string_view area, std::string_view message, Fields fields = {}) {
  if (enabled(Level::info)) write(Level::info, area, message, fields);
}
inline void warning(std::string_view area, std::string_view message, Fields fields = {}) {
  write(Level::warning, area, message, fields);
}
inline void error(std::string_view area, std::string_view message, Fields fields = {}) {
  write(Level::error, area, message, fields);
}

}  // namespace sesame::log
