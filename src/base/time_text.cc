#include "base/time_text.h"

#include <fmt/format.h>

namespace sesame {
namespace {

struct Parts {
  int year, month, day, hour, minute, second, ms, weekday;
};

Parts split(Time t) {
  const auto day = std::chrono::floor<std::chrono::days>(t);
  const std::chrono::year_month_day ymd(day);
  const auto ms = (t - day).count();
  return {int(ymd.year()),          int(unsigned(ymd.month())),
          int(unsigned(ymd.day())), int(ms / 3600000),
          int(ms / 60000 % 60),     int(ms / 1000 % 60),
          int(ms % 1000),           int(std::chrono::weekday(day).c_encoding())};
}

constexpr const char* day_names[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr const char* month_names[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

}  // namespace

std::string format_rfc3339_ms(Time t) {
  const Parts p = split(t);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", p.year, p.month, p.day, p.hour, p.minute, p.second,
                     p.ms);
}

std::string format_rfc3339_seconds(Time t) {
  const Parts p = split(t);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", p.year, p.month, p.day, p.hour, p.minute, p.second);
}

std::string format_rfc5322(Time t) {
  const Parts p = split(t);
  return fmt::format("{}, {} {} {:04} {:02}:{:02}:{:02} +0000", day_names[p.weekday], p.day, month_names[p.month - 1],
                     p.year, p.hour, p.minute, p.second);
}

std::string format_amz(Time t) {
  const Parts p = split(t);
  return fmt::format("{:04}{:02}{:02}T{:02}{:02}{:02}Z", p.year, p.month, p.day, p.hour, p.minute, p.second);
}

std::string format_http(Time t) {
  const Parts p = split(t);
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", day_names[p.weekday], p.day, month_names[p.month - 1],
                     p.year, p.hour, p.minute, p.second);
}

std::optional<Time> parse_amz(std::string_view text) {
  if (text.size() != 16 || text[8] != 'T' || text[15] != 'Z') return std::nullopt;
  const auto number = [&](std::size_t from, std::size_t count) {
    int value = 0;
    for (char c : text.substr(from, count)) {
      if (c < '0' || c > '9') return -1;
      value = value * 10 + (c - '0');
    }
    return value;
  };
  const int year = number(0, 4), month = number(4, 2), day = number(6, 2);
  const int hour = number(9, 2), minute = number(11, 2), second = number(13, 2);
  if (year < 0 || month < 0 || day < 0 || hour < 0 || minute < 0 || second < 0) return std::nullopt;
  const std::chrono::year_month_day ymd{std::chrono::year(year), std::chrono::month(unsigned(month)),
                                        std::chrono::day(unsigned(day))};
  if (!ymd.ok() || hour > 23 || minute > 59 || second > 59) return std::nullopt;
  return Time(std::chrono::sys_days(ymd)) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
         std::chrono::seconds(second);
}

}  // namespace sesame
