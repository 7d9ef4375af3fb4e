// app/config_tables.h: parts of the configuration that come several times ([[delivery.group]], [[delivery.address]]).
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

#include "base/result.h"
#include "dns/name.h"

namespace sesame::app {

template <class T>
struct TableKey {
  std::string_view name;
  std::string (*set)(T&, const toml::node&);  // returns what is wrong with the value, or ""
};

// A host name in its canonical form.
inline std::string set_host(std::string& into, const toml::node& node) {
  const auto* text = node.as_string();
  if (text == nullptr) return "must be a text";
  into = dns::canonical(text->get());
  return dns::is_valid_host(into) ? "" : fmt::format("\"{}\" is not a host name", text->get());
}

template <class Count>
std::string set_count(Count& into, const toml::node& node, std::int64_t most) {
  const auto* number = node.as_integer();
  if (number == nullptr || number->get() < 1 || number->get() > most) {
    return fmt::format("must be a number from 1 to {}", most);
  }
  into = static_cast<std::uint32_t>(number->get());
  return "";
}

template <class T>
Result<T, std::string> read_table(const toml::table& table, const std::string& where,
                                  std::span<const TableKey<T>> keys) {
  T made;
  for (const auto& [name, value] : table) {
    const TableKey<T>* known = nullptr;
    for (const TableKey<T>& key : keys) {
      if (key.name == name.str()) known = &key;
    }
    if (known == nullptr) return std::unexpected(fmt::format("unknown key {}.{}", where, name.str()));
    const std::string problem = known->set(made, value);
    if (!problem.empty()) return std::unexpected(fmt::format("{}.{}: {}", where, name.str(), problem));
  }
  return made;
}

// `node`: what stands under `name`; `problem_of(one, before)`: what is wrong with a whole one, after those before it,
// or "". The error is one line naming the key, without the file: "delivery.group[2].max_rate: …".
template <class T, class ProblemOf>
Result<std::vector<T>, std::string> read_tables(const toml::node& node, std::string_view name,
                                                std::span<const TableKey<T>> keys, ProblemOf problem_of) {
  const auto* array = node.as_array();
  if (array == nullptr || !array->is_array_of_tables()) {
    return std::unexpected(fmt::format("{0}: must be given as [[{0}]]", name));
  }
  std::vector<T> all;
  for (const toml::node& element : *array) {
    const std::string where = fmt::format("{}[{}]", name, all.size() + 1);
    auto one = read_table<T>(*element.as_table(), where, keys);
    if (!one) return std::unexpected(one.error());
    const std::string problem = problem_of(*one, all);
    if (!problem.empty()) return std::unexpected(fmt::format("{}: {}", where, problem));
    all.push_back(std::move(*one));
  }
  return all;
}

}  // namespace sesame::app
