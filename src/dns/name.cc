#include "dns/name.h"

#include <idn2.h>

#include <algorithm>
#include <memory>

#include "base/text.h"

namespace sesame::dns {
namespace {

bool is_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

bool is_name_label(std::string_view label) {
  return !label.empty() && label.size() <= max_label_octets &&
         std::ranges::all_of(label, [](char c) { return is_letter_or_digit(c) || c == '-' || c == '_'; });
}

bool is_host_label(std::string_view label) {
  return is_name_label(label) && label.front() != '-' && label.back() != '-' && label.find('_') == label.npos;
}

std::string_view without_dot(std::string_view name) {
  if (name.ends_with('.')) name.remove_suffix(1);
  return name;
}

}  // namespace

std::string canonical(std::string_view name) { return ascii_lower(without_dot(name)); }

bool is_valid_name(std::string_view name) {
  if (name.empty() || name.size() > max_name_octets) return false;
  if (name == "*") return true;
  if (name.starts_with("*.")) name.remove_prefix(2);
  return std::ranges::all_of(split(name, '.'), is_name_label);
}

bool is_valid_host(std::string_view name) {
  if (name.size() > max_name_octets) return false;
  const auto labels = split(name, '.');
  if (labels.size() < 2 || !std::ranges::all_of(labels, is_host_label)) return false;
  return !std::ranges::all_of(labels.back(), [](char c) { return c >= '0' && c <= '9'; });
}

bool equal(std::string_view a, std::string_view b) { return ascii_iequals(without_dot(a), without_dot(b)); }

bool is_below(std::string_view name, std::string_view ancestor) {
  name = without_dot(name);
  ancestor = without_dot(ancestor);
  if (ancestor.empty()) return !name.empty();
  if (name.size() <= ancestor.size() + 1) return false;
  const std::size_t dot = name.size() - ancestor.size() - 1;
  return name[dot] == '.' && ascii_iequals(name.substr(dot + 1), ancestor);
}

bool is_at_or_below(std::string_view name, std::string_view ancestor) {
  return equal(name, ancestor) || is_below(name, ancestor);
}

std::string_view parent(std::string_view name) {
  const auto dot = name.find('.');
  return dot == name.npos ? std::string_view() : name.substr(dot + 1);
}

std::size_t label_count(std::string_view name) {
  name = without_dot(name);
  return name.empty() ? 0 : 1 + static_cast<std::size_t>(std::ranges::count(name, '.'));
}

std::optional<std::string> to_ascii(std::string_view utf8_name) {
  std::string name = canonical(utf8_name);
  // libidn2 would refuse plain ASCII labels that DNS allows ("r3---x"); only U-labels and A-labels concern it.
  if (!is_ascii(name) || name.starts_with("xn--") || name.find(".xn--") != name.npos) {
    if (name.find('\0') != name.npos || !is_utf8(name)) return std::nullopt;
    char* output = nullptr;
    const int status = idn2_to_ascii_8z(name.c_str(), &output, IDN2_NONTRANSITIONAL | IDN2_NFC_INPUT);
    const std::unique_ptr<char, void (*)(void*)> owner(output, idn2_free);
    if (status != IDN2_OK) return std::nullopt;
    name = canonical(output);
  }
  if (!is_valid_name(name)) return std::nullopt;
  return name;
}

}  // namespace sesame::dns
