// Whole mails: bounded and printable; who is told nothing is told so; a mailbox file's line in front changes nothing.
#include <cstdint>
#include <string>

#include "base/text.h"
#include "check.h"
#include "feedback/classify.h"

using namespace sesame;
using namespace sesame::feedback;

namespace {

void check_report(const Report& report) {
  for (const std::string* text : {&report.message_id, &report.reporting_mta, &report.from, &report.subject})
    check(is_utf8(*text) && text->size() <= max_field_octets);
  check(report.recipients.size() <= max_reported_recipients);
  const bool about_delivery = report.kind == ReportKind::bounce || report.kind == ReportKind::delayed;
  check(!about_delivery || !report.recipients.empty());
  for (const RecipientReport& recipient : report.recipients) {
    check(is_utf8(recipient.address) && recipient.address.size() <= max_field_octets);
    check(is_utf8(recipient.diagnostic_code) && recipient.diagnostic_code.size() <= max_field_octets);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view mail(reinterpret_cast<const char*>(data), size);
  const Report report = classify(mail);
  check_report(report);
  const bool plain_start = !mail.empty() && mail.find('\r') == mail.npos && mail[0] != '\n' && mail[0] != '>' &&
                           mail[0] != 'F' && static_cast<unsigned char>(mail[0]) < 0x80;
  if (plain_start) {
    const Report in_mailbox = classify("From MAILER-DAEMON Thu Apr 29 16:51:04 2007\n" + std::string(mail));
    check(in_mailbox.kind == report.kind && in_mailbox.recipients.size() == report.recipients.size());
  }
  return 0;
}
