// Forms of SES API v1: a list reads as the slow obvious implementation reads it, and neither the order of parameters
// nor parameters nobody asks for make a difference.
#include <algorithm>
#include <map>
#include <set>

#include "api/ses_v1/form.h"
#include "api/ses_v1/send_input.h"
#include "base/text.h"
#include "check.h"
#include "http/target.h"

using namespace sesame;
using namespace sesame::api::ses_v1;
using sigv4::Parameter;

namespace {

constexpr std::string_view list_prefix = "Identities.member.";

struct ListReading {
  std::vector<std::string> values;
  std::optional<QueryError> error;
  bool operator==(const ListReading&) const = default;
};

ListReading read_list(const std::vector<Parameter>& parameters) {
  const Form form(parameters);
  Problems problems;
  std::vector<std::string> values = FormReader(form, problems).texts("Identities");
  return {std::move(values), problems.error()};
}

// Only of forms that read_list found nothing wrong with.
std::vector<std::string> read_list_slowly(const std::vector<Parameter>& parameters) {
  std::map<std::uint64_t, std::string> by_number;
  for (const Parameter& parameter : parameters) {
    if (!parameter.name.starts_with(list_prefix)) continue;
    if (const auto number = parse_decimal(parameter.name.substr(list_prefix.size()))) {
      by_number.emplace(*number, parameter.value);
    }
  }
  std::vector<std::string> values;
  for (const auto& [number, value] : by_number) values.push_back(value);
  return values;
}

bool has_repeated_names(const std::vector<Parameter>& parameters) {
  std::set<std::string> names;
  return !std::ranges::all_of(parameters, [&](const Parameter& p) { return names.insert(p.name).second; });
}

void check_requests(const std::vector<Parameter>& parameters) {
  if (const auto request = read_send_email(parameters)) {
    check(!request->source.empty());
    const auto& content = std::get<submission::ComposedContent>(request->content);
    check(is_utf8(content.subject) && is_utf8(content.text.value_or("")) && is_utf8(content.html.value_or("")));
    check(content.to.size() + content.cc.size() + content.bcc.size() <= parameters.size());
  } else {
    check(!request.error().message.empty());
  }
  if (const auto request = read_send_raw_email(parameters)) {
    check(std::holds_alternative<submission::RawContent>(request->content));
    const auto& recipients = request->recipients;
    check(!recipients || !recipients->empty());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  auto form = http::parse_form({reinterpret_cast<const char*>(data), size});
  if (!form) return 0;
  std::vector<Parameter> parameters;
  for (auto& [name, value] : *form) parameters.push_back({std::move(name), std::move(value)});

  check_requests(parameters);
  const ListReading read = read_list(parameters);
  check(read.values.size() <= parameters.size());
  if (!read.error) check(read.values == read_list_slowly(parameters));
  if (!has_repeated_names(parameters)) {
    std::vector<Parameter> others = parameters;
    std::ranges::reverse(others);
    others.push_back({"Unasked.member.x", ""});
    check(read_list(others) == read);
  }
  return 0;
}
