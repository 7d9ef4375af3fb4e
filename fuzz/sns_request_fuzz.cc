// Forms of the SNS API: a map reads as the slow obvious implementation reads it, neither the order of parameters nor
// parameters nobody asks for make a difference, and what is read keeps the bounds that the rest relies on.
#include <algorithm>
#include <map>
#include <set>

#include "api/sns/input.h"
#include "base/text.h"
#include "check.h"
#include "http/target.h"

using namespace sesame;
using namespace sesame::api::sns;
using sigv4::Parameter;

namespace {

constexpr std::string_view prefix = "Attributes.entry.";

bool has_repeated_names(const std::vector<Parameter>& parameters) {
  std::set<std::string> names;
  return !std::ranges::all_of(parameters, [&](const Parameter& p) { return names.insert(p.name).second; });
}

// Only of forms that read_entries found nothing wrong with.
Entries read_slowly(const std::vector<Parameter>& parameters) {
  std::map<std::uint64_t, std::pair<std::string, std::string>> by_number;
  for (const Parameter& parameter : parameters) {
    if (!parameter.name.starts_with(prefix)) continue;
    const std::string rest = parameter.name.substr(prefix.size());
    const auto dot = rest.find('.');
    const auto number = parse_decimal(rest.substr(0, dot));
    if (!number || dot == std::string::npos) continue;
    if (rest.substr(dot) == ".key") by_number[*number].first = parameter.value;
    if (rest.substr(dot) == ".value") by_number[*number].second = parameter.value;
  }
  Entries entries;
  for (auto& [number, entry] : by_number) entries.push_back(std::move(entry));
  return entries;
}

void check_requests(const std::vector<Parameter>& parameters) {
  if (const auto read = read_publish(parameters)) {
    check(!read->topic_arn.empty());
    for (const auto& [name, attribute] : read->attributes) check(attribute.is_object());
    if (!read->by_protocol.empty()) check(read->by_protocol.contains("default"));
  }
  if (const auto read = read_create_topic(parameters)) {
    const int version = read->attributes.signature_version.value_or(1);
    check(version == 1 || version == 2);
  }
  if (const auto read = read_subscribe(parameters)) check(!read->what.topic_arn.empty());
  if (const auto read = read_confirm(parameters)) check(!read->token.empty());
  if (const auto read = read_set_topic_attributes(parameters); !read) check(!read.error().message.empty());
  if (const auto read = read_set_subscription_attributes(parameters); !read) check(!read.error().message.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  auto form = http::parse_form({reinterpret_cast<const char*>(data), size});
  if (!form) return 0;
  std::vector<Parameter> parameters;
  for (auto& [name, value] : *form) parameters.push_back({std::move(name), std::move(value)});

  check_requests(parameters);
  if (has_repeated_names(parameters)) return 0;
  const auto read = read_entries(parameters, "Attributes", "key", "value");
  if (read) {
    check(read->size() <= max_entries);
    check(*read == read_slowly(parameters));
  }
  std::vector<Parameter> others = parameters;
  std::ranges::reverse(others);
  others.push_back({"Unasked.entry.x", ""});
  check(read_entries(others, "Attributes", "key", "value") == read);
  return 0;
}
