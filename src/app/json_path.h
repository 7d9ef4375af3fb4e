// app/json_path.h: reading an answer's members by path.
#pragma once

#include <boost/json/value.hpp>
#include <string>
#include <string_view>

namespace sesame::app {

// Walks "a.b.0.c" through objects and arrays; null when something on the way is missing.
const boost::json::value& at(const boost::json::value& value, std::string_view path);
std::string text_at(const boost::json::value& value, std::string_view path);                // "" unless a string
std::int64_t number_at(const boost::json::value& value, std::string_view path);             // 0 unless an integer
const boost::json::array& list_at(const boost::json::value& value, std::string_view path);  // empty unless an array
bool flag_at(const boost::json::value& value, std::string_view path);                       // false unless true

}  // namespace sesame::app
