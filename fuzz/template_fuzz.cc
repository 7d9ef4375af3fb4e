// Templates and their data: JSON up to the first NUL, the template behind it.
#include <boost/json/parse.hpp>

#include "campaign/mail_template.h"
#include "check.h"

using namespace sesame;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
  constexpr std::size_t most = 64 * 1024;
  const std::string_view input(reinterpret_cast<const char*>(octets), size);
  const std::size_t nul = std::min(input.find('\0'), input.size());
  const std::string_view text = nul == input.size() ? std::string_view() : input.substr(nul + 1);
  const auto data = campaign::parse_rendering_data(input.substr(0, nul));
  const auto parsed = campaign::Handlebars::parse(text);
  if (!parsed) {
    check(parsed.error().line >= 1 && !parsed.error().text.empty());
    check(text.find("{{") != text.npos);  // a text without tags is always one
    return 0;
  }
  if (!data) return 0;
  const auto first = parsed->render(*data, most), second = parsed->render(*data, most);
  check(first.has_value() == second.has_value());
  if (!first) {
    check(first.error().text == second.error().text);
    return 0;
  }
  check(*first == *second);
  check(first->size() <= most);
  if (text.find("{{") == text.npos) check(*first == text);
  // Text without a tag in front is written as it stands.
  const auto with_prefix = campaign::Handlebars::parse("prefix " + std::string(text));
  check(with_prefix.has_value());
  return 0;
}
