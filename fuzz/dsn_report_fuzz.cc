// Delivery status fields: bounded, printable, and line ends make no difference.
#include <cstdint>
#include <string>

#include "base/text.h"
#include "check.h"
#include "feedback/delivery_status.h"

using namespace sesame;
using namespace sesame::feedback;

namespace {

void check_text(const std::string& text) {
  check(is_utf8(text) && text.size() <= max_field_octets && text.find_first_of("\r\n") == text.npos);
}

bool same(const RecipientReport& a, const RecipientReport& b) {
  return a.address == b.address && a.original_address == b.original_address && a.action == b.action &&
         a.status == b.status && a.diagnostic_code == b.diagnostic_code && a.cause.reason == b.cause.reason;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string lf;
  std::string crlf;
  for (const char c : std::string_view(reinterpret_cast<const char*>(data), size)) {
    if (c == '\r') continue;
    lf += c;
    crlf += c == '\n' ? "\r\n" : std::string(1, c);
  }
  const DeliveryStatus status = read_delivery_status(lf);
  check(status.recipients.size() <= max_reported_recipients);
  check_text(status.reporting_mta);
  for (const RecipientReport& recipient : status.recipients) {
    for (const std::string* text : {&recipient.address, &recipient.original_address, &recipient.status,
                                    &recipient.diagnostic_code, &recipient.remote_mta})
      check_text(*text);
  }
  const DeliveryStatus again = read_delivery_status(crlf);
  check(again.recipients.size() == status.recipients.size());
  for (std::size_t i = 0; i < again.recipients.size(); ++i) check(same(again.recipients[i], status.recipients[i]));
  return 0;
}
