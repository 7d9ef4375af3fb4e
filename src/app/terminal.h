// app/terminal.h: text for people, on a terminal or in a pipe.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>

namespace sesame::app {

// What others wrote, made harmless: controls, terminal sequences, direction overrides and octets that are not UTF-8
// become '?'. At most `max_octets` octets of it, then "...".
std::string harmless(std::string_view outside_text, std::size_t max_octets = 300);

enum class Colour { green, yellow, red, bold };

// True if `stream` is a terminal that can show colours and NO_COLOR is not set.
bool wants_colour(std::FILE* stream);

// `text` in the colour, or as it is if `colours` is false.
std::string coloured(Colour colour, std::string_view text, bool colours);

}  // namespace sesame::app
