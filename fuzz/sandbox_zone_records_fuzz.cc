// Any octets as the body of a PUT: what is read can be served, written and read again, and is the same.
#include <boost/json/serialize.hpp>
#include <cstdint>

#include "check.h"
#include "dns/name.h"
#include "dns/wire.h"
#include "sandbox/zone_records.h"

using namespace sesame;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  const auto records = sandbox::parse_zone_records(body, "shop.example");
  if (!records) {
    check(!records.error().text.empty() && records.error().text.find('\n') == std::string::npos);
    return 0;
  }
  dns::Message message;
  message.answers = *records;
  for (const dns::Record& record : *records) check(dns::is_at_or_below(record.name, "shop.example"));
  check(dns::parse_message(dns::serialise(message)).has_value());
  const auto again = sandbox::parse_zone_records(boost::json::serialize(sandbox::to_json(*records)), "shop.example");
  check(again.has_value() && *again == *records);
  return 0;
}
