#include "api/query.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "base/text.h"

namespace sesame::api {

namespace {

// `text` is digits only; fewer than 19 of them.
std::optional<int> digits(std::string_view text) {
  const auto number = parse_decimal(text);
  if (!number) return std::nullopt;
  return static_cast<int>(*number);
}

// "2026-01-01T12:00:00", the form before fraction and zone.
std::optional<Time> parse_date_time(std::string_view text) {
  if (text.size() != 19 || text[4] != '-' || text[7] != '-' || (text[10] != 'T' && text[10] != 't') ||
      text[13] != ':' || text[16] != ':') {
    return std::nullopt;
  }
  const auto year = digits(text.substr(0, 4)), month = digits(text.substr(5, 2)), day = digits(text.substr(8, 2));
  const auto hour = digits(text.substr(11, 2)), minute = digits(text.substr(14, 2)), second = digits(text.substr(17));
  if (!year || !month || !day || !hour || !minute || !second) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok() || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  return std::chrono::sys_days(date) + std::chrono::hours(*hour) + std::chrono::minutes(*minute) +
         std::chrono::seconds(*second);
}

// "Z", "+02:00", "-0700"
std::optional<std::chrono::minutes> parse_zone(std::string_view text) {
  if (text == "Z" || text == "z") return std::chrono::minutes(0);
  if (text.empty() || (text[0] != '+' && text[0] != '-')) return std::nullopt;
  std::string clock(text.substr(1));
  if (clock.size() == 5 && clock[2] == ':') clock.erase(2, 1);
  if (clock.size() != 4) return std::nullopt;
  const auto hours = digits(clock.substr(0, 2)), minutes = digits(clock.substr(2));
  if (!hours || !minutes || *hours > 23 || *minutes > 59) return std::nullopt;
  const std::chrono::minutes offset = std::chrono::hours(*hours) + std::chrono::minutes(*minutes);
  return text[0] == '-' ? -offset : offset;
}

std::optional<Time> parse_moment(std::string_view text) {
  constexpr std::size_t most_digits = 12;  // of seconds: the year 33658
  const std::string_view seconds = text.substr(0, text.find('.'));
  if (const auto epoch = parse_decimal(seconds); epoch && seconds.size() <= most_digits) {
    return Time(std::chrono::seconds(*epoch));
  }
  if (text.size() < 20) return std::nullopt;
  const auto at = parse_date_time(text.substr(0, 19));
  std::string_view rest = text.substr(19);
  if (rest.starts_with('.')) rest.remove_prefix(std::min(rest.find_first_not_of("0123456789", 1), rest.size()));
  const auto zone = parse_zone(rest);
  if (!at || !zone) return std::nullopt;
  return *at - *zone;
}

}  // namespace

std::optional<Time> time_parameter(const Call& call, std::string_view name, Validation& validation) {
  const auto given = text_parameter(call, name);
  if (!given) return std::nullopt;
  const auto moment = parse_moment(*given);
  if (!moment) validation.unreadable(member_in_path(name), "expected a timestamp");
  return moment;
}

std::optional<std::string> text_parameter(const Call& call, std::string_view name) {
  const std::string* value = find_parameter(call, name);
  if (value == nullptr || value->empty()) return std::nullopt;
  return *value;
}

std::optional<std::uint64_t> number_parameter(const Call& call, std::string_view name, std::uint64_t least,
                                              std::uint64_t most, Validation& validation) {
  const auto given = text_parameter(call, name);
  if (!given) return std::nullopt;
  const std::string path = member_in_path(name);
  const bool negative = given->starts_with('-') && parse_decimal(given->substr(1)).has_value();
  const auto number = parse_decimal(*given);
  if (!number && !negative) {
    validation.unreadable(path, "expected a number");
    return std::nullopt;
  }
  const bool too_small = negative || *number < least;
  validation.must(!too_small, path, fmt::format("Member must have value greater than or equal to {}", least));
  validation.must(too_small || *number <= most, path,
                  fmt::format("Member must have value less than or equal to {}", most));
  if (too_small || *number > most) return std::nullopt;
  return number;
}

net::Deadline wait_parameter(const Call& call, Validation& validation) {
  const auto seconds = number_parameter(call, "wait", 0, std::uint64_t(max_wait.count()), validation);
  return net::after(std::chrono::seconds(seconds.value_or(0)));
}

}  // namespace sesame::api
