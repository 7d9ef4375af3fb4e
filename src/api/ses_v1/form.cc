#include "api/ses_v1/form.h"

#include <fmt/format.h>

#include <algorithm>

#include "api/validation.h"
#include "base/text.h"

namespace sesame::api::ses_v1 {
namespace {

constexpr std::string_view element_mark = ".member.";
constexpr std::size_t max_shown_octets = 64;

// "3" and "3.Name" give 3; zero, leading zeros and anything but digits give nothing.
std::optional<std::uint64_t> element_number(std::string_view after_mark) {
  const std::string_view digits = after_mark.substr(0, after_mark.find('.'));
  if (digits.starts_with('0')) return std::nullopt;
  return parse_decimal(digits);
}

}  // namespace

void Problems::add(std::string problem) {
  ++count_;
  if (named_.size() < max_named) named_.push_back(std::move(problem));
}

void Problems::is_null(std::string_view path) {
  add(fmt::format("Value null at '{}' failed to satisfy constraint: Member must not be null", path));
}

void Problems::must(bool holds, std::string_view path, std::string_view constraint) {
  if (!holds) add(fmt::format("Value at '{}' failed to satisfy constraint: {}", path, constraint));
}

void Problems::unreadable(std::string_view path, std::string_view what) {
  if (!unreadable_) unreadable_ = fmt::format("Value at '{}' cannot be read: {}", path, what);
}

std::optional<QueryError> Problems::error() const {
  if (unreadable_) return QueryError{ErrorCode::malformed_input, *unreadable_};
  if (count_ == 0) return std::nullopt;
  return QueryError{ErrorCode::validation_error, fmt::format("{} validation error{} detected: {}", count_,
                                                             count_ == 1 ? "" : "s", fmt::join(named_, "; "))};
}

Form::Form(std::span<const sigv4::Parameter> parameters) {
  by_name_.reserve(parameters.size());
  for (const sigv4::Parameter& parameter : parameters) by_name_.push_back(&parameter);
  // Of the same name in the order given, which is the order of their addresses.
  std::ranges::sort(by_name_, {}, [](const sigv4::Parameter* parameter) {
    return std::pair(std::string_view(parameter->name), parameter);
  });
}

const std::string* Form::find(std::string_view name) const {
  const auto found = std::ranges::lower_bound(by_name_, name, {}, &sigv4::Parameter::name);
  return found == by_name_.end() || (*found)->name != name ? nullptr : &(*found)->value;
}

std::span<const sigv4::Parameter* const> Form::starting_with(std::string_view prefix) const {
  // Names that begin with the prefix lie together behind it, whatever follows.
  const auto begin = std::ranges::lower_bound(by_name_, prefix, {}, &sigv4::Parameter::name);
  const auto end = std::find_if(begin, by_name_.end(), [prefix](const sigv4::Parameter* parameter) {
    return !std::string_view(parameter->name).starts_with(prefix);
  });
  return {begin, end};
}

FormReader::FormReader(const FormReader& outer, std::string prefix, std::string path)
    : form_(outer.form_), problems_(outer.problems_), prefix_(std::move(prefix)), path_(std::move(path)) {}

std::string FormReader::name_of(std::string_view member) const { return fmt::format("{}{}", prefix_, member); }

std::string FormReader::path_to(std::string_view member) const {
  return fmt::format("{}{}", path_, member_in_path(member));
}

std::string FormReader::path_to_element(std::string_view member, std::size_t index) const {
  return fmt::format("{}.{}.member", path_to(member), index + 1);
}

bool FormReader::has(std::string_view member) const {
  const std::string name = name_of(member);
  return form_->find(name) != nullptr || !form_->starting_with(name + ".").empty();
}

std::optional<std::string> FormReader::text(std::string_view member) const {
  const std::string* value = form_->find(name_of(member));
  if (value == nullptr || value->empty()) return std::nullopt;
  return *value;
}

// One element per number, in the order of numbers. A value where a list is expected is unreadable, and so is an element
// without a number: ignoring one would quietly drop, say, a recipient.
std::vector<FormReader::Element> FormReader::elements(std::string_view member) const {
  const std::string name = name_of(member);
  if (text(member)) problems_->unreadable(path_to(member), "expected a list");
  const std::string prefix = fmt::format("{}{}", name, element_mark);
  std::vector<Element> found;
  for (const sigv4::Parameter* parameter : form_->starting_with(prefix)) {
    const auto number = element_number(std::string_view(parameter->name).substr(prefix.size()));
    if (!number) {
      problems_->unreadable(path_to(member), fmt::format("'{}' has no element number counted from 1",
                                                         parameter->name.substr(0, max_shown_octets)));
      return {};
    }
    found.push_back({*number, fmt::format("{}{}", prefix, *number)});
  }
  std::ranges::sort(found, {}, &Element::number);
  const auto repeated = std::ranges::unique(found, {}, &Element::number);
  found.erase(repeated.begin(), repeated.end());
  return found;
}

std::vector<std::string> FormReader::texts(std::string_view member) const {
  std::vector<std::string> values;
  for (const Element& element : elements(member)) {
    const std::string* value = form_->find(element.prefix);
    if (value == nullptr) {
      problems_->unreadable(path_to_element(member, values.size()), "expected a string");
      return {};
    }
    values.push_back(*value);
  }
  return values;
}

std::vector<FormReader> FormReader::structures(std::string_view member) const {
  std::vector<FormReader> found;
  for (const Element& element : elements(member)) {
    found.push_back({*this, element.prefix + ".", path_to_element(member, found.size()) + "."});
  }
  return found;
}

std::optional<FormReader> FormReader::structure(std::string_view member) const {
  if (!has(member)) return std::nullopt;
  return FormReader(*this, name_of(member) + ".", path_to(member) + ".");
}

std::optional<std::uint64_t> FormReader::number(std::string_view member, std::uint64_t least,
                                                std::uint64_t most) const {
  const auto given = text(member);
  if (!given) return std::nullopt;
  const bool negative = given->starts_with('-') && parse_decimal(given->substr(1)).has_value();
  const auto value = parse_decimal(*given);
  if (!value && !negative) {
    problems_->unreadable(path_to(member), "expected a number");
    return std::nullopt;
  }
  const bool too_small = negative || *value < least;
  const bool too_large = !too_small && *value > most;
  problems_->must(!too_small, path_to(member),
                  fmt::format("Member must have value greater than or equal to {}", least));
  problems_->must(!too_large, path_to(member), fmt::format("Member must have value less than or equal to {}", most));
  if (too_small || too_large) return std::nullopt;
  return value;
}

std::string FormReader::required_text(std::string_view member) const {
  const std::string* value = form_->find(name_of(member));
  if (value == nullptr) problems_->is_null(path_to(member));
  return value == nullptr ? std::string() : *value;
}

std::string FormReader::required_name(std::string_view member) const {
  std::string value = required_text(member);
  const bool given_empty = value.empty() && form_->find(name_of(member)) != nullptr;
  problems_->must(!given_empty, path_to(member), "Member must have length greater than or equal to 1");
  return value;
}

std::optional<bool> FormReader::flag(std::string_view member) const {
  const std::string* value = form_->find(name_of(member));
  if (value == nullptr) return std::nullopt;
  if (*value != "true" && *value != "false") problems_->unreadable(path_to(member), "expected true or false");
  return *value == "true";
}

bool FormReader::required_flag(std::string_view member) const {
  const std::optional<bool> value = flag(member);
  if (!value) problems_->is_null(path_to(member));
  return value.value_or(false);
}

std::string FormReader::required_blob(std::string_view member) const {
  const std::string* value = form_->find(name_of(member));
  if (value == nullptr) {
    problems_->is_null(path_to(member));
    return {};
  }
  auto octets = base64_decode(*value);
  if (!octets) problems_->unreadable(path_to(member), "not valid base64");
  return std::move(octets).value_or("");
}

std::vector<std::string> FormReader::required_texts(std::string_view member, std::size_t most) const {
  std::vector<std::string> values = texts(member);
  if (values.empty() && form_->find(name_of(member)) == nullptr) problems_->is_null(path_to(member));
  problems_->must(values.size() <= most, path_to(member),
                  fmt::format("Member must have length less than or equal to {}", most));
  return values;
}

std::optional<FormReader> FormReader::required_structure(std::string_view member) const {
  auto found = structure(member);
  if (!found) problems_->is_null(path_to(member));
  return found;
}

}  // namespace sesame::api::ses_v1
