// Complaints: the input is the report's part, as ARF and as XARF. Bounded, printable, of one kind.
#include <cstdint>
#include <string>

#include "base/text.h"
#include "check.h"
#include "feedback/abuse_report.h"

using namespace sesame;
using namespace sesame::feedback;

namespace {

std::string around(std::string_view header, std::string_view type, std::string_view part) {
  std::string mail(header);
  mail += "Content-Type: multipart/report; boundary=\"~~~~~~~~~~~~\"\r\n\r\n--~~~~~~~~~~~~\r\nContent-Type: ";
  mail += type;
  mail += "\r\n\r\n";
  mail += part;
  mail += "\r\n--~~~~~~~~~~~~--\r\n";
  return mail;
}

void check_report(const Report& report) {
  check(report.kind == ReportKind::complaint);
  check(report.recipients.size() <= max_reported_recipients);
  for (const std::string* text : {&report.complaint.feedback_type, &report.complaint.user_agent,
                                  &report.complaint.arrival_date, &report.complaint.feedback_id})
    check(is_utf8(*text) && text->size() <= max_field_octets);
  for (const RecipientReport& recipient : report.recipients)
    check(is_utf8(recipient.address) && !recipient.address.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view part(reinterpret_cast<const char*>(data), size);
  const std::string arf_octets = around("", "message/feedback-report", part);
  const auto arf = read_abuse_report(Mail(arf_octets));
  check(arf.has_value());
  if (arf) check_report(*arf);
  const std::string xarf_octets = around("X-XARF: PLAIN\r\n", "application/json", part);
  if (const auto xarf = read_abuse_report(Mail(xarf_octets))) check_report(*xarf);
  return 0;
}
