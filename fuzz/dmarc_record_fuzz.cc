// Any TXT record: what parses keeps the rules of RFC 9989 §4.10.1, and a trailing semicolon changes nothing.
#include <cstdint>

#include "check.h"
#include "mailauth/dmarc/record.h"

using namespace sesame::mailauth::dmarc;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view txt(reinterpret_cast<const char*>(data), size);
  const auto record = parse_record(txt);
  if (!record) return 0;
  if (!record->p) check(!record->sp && !record->np && record->rua.empty() && !record->problem.empty());
  if (record->p) check(record->for_existing_subdomain() && record->for_nonexistent_subdomain());
  check(!record->fo.empty());
  for (const std::string& uri : record->rua) check(uri.find(':') != uri.npos && uri.find('!') == uri.npos);
  const auto again = parse_record(std::string(txt) + ";");
  check(again && again->p == record->p && again->sp == record->sp && again->np == record->np &&
        again->psd == record->psd && again->testing == record->testing && again->rua == record->rua);
  return 0;
}
