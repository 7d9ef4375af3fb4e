// A report URI up to the first line end, the rest a TXT record that should consent to reports about example.com:
// consent needs v=DMARC1 in front, and reports stay at the host they were asked for.
#include <cstdint>

#include "base/text.h"
#include "check.h"
#include "dns/name.h"
#include "mailauth/dmarc/report_destination.h"

using namespace sesame;
using namespace sesame::mailauth::dmarc;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t line = std::min(input.find('\n'), size);
  const auto host = report_host(input.substr(0, line));
  if (!host) return 0;
  check(dns::is_valid_name(*host) && dns::canonical(*host) == *host);
  check(report_host("mailto:x@" + *host) == host && report_host("https://" + *host + ":443/a@b") == host);
  const auto record_name = report_record_name("example.com", *host);
  if (!record_name) return 0;
  check(record_name->size() <= dns::max_name_octets && dns::is_below(*record_name, *host));

  const std::string txt(input.substr(std::min(line + 1, size)));
  dns::Answer answer;
  answer.status = dns::AnswerStatus::found;
  answer.records.push_back({*record_name, dns::RecordType::txt, 300, dns::Txt{{txt}}});
  const ReportDestination destination = read_report_record(answer, *host, *record_name);
  const bool given = destination.consent == ReportConsent::given;
  check(given || destination.consent == ReportConsent::missing);
  check(given == destination.problem.empty());
  if (given) check(ascii_iequals(trim(txt).substr(0, 1), "v") && txt.find("DMARC1") != txt.npos);
  for (const std::string& uri : destination.rua) check(report_host(uri) == host);
  return 0;
}
