// Any TXT record: parsing ends in a record or a sentence; the directives put together again mean the same.
#include <cstdint>

#include "check.h"
#include "mailauth/spf/record.h"

using namespace sesame::mailauth::spf;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view txt(reinterpret_cast<const char*>(data), size);
  if (!is_spf_record(txt)) return 0;
  const auto record = parse_record(txt);
  if (!record) {
    check(!record.error().text.empty());
    return 0;
  }
  std::string again = "v=spf1";
  for (const Directive& directive : record->directives) again += " " + directive.text;
  if (record->redirect) again += " " + record->redirect_text;
  const auto second = parse_record(again);
  check(second && second->directives.size() == record->directives.size() && second->redirect == record->redirect);
  for (std::size_t i = 0; i < record->directives.size(); ++i) {
    check(second->directives[i].result == record->directives[i].result);
    check(second->directives[i].mechanism.index() == record->directives[i].mechanism.index());
  }
  return 0;
}
