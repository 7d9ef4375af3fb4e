#include "events/bounce_kind.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace sesame::events {

BounceKind bounce_kind(std::string_view enhanced_status) {
  const auto parts = split(enhanced_status, '.');
  if (parts.size() != 3 || !parse_decimal(parts[1]) || !parse_decimal(parts[2]))
    return {"Undetermined", "Undetermined"};
  if (parts[0] != "4" && parts[0] != "5") return {"Undetermined", "Undetermined"};
  const std::string_view status = enhanced_status.substr(2);
  // A full mailbox, a message too large or refused content may be otherwise next time, whatever the class says.
  if (status == "2.2") return {"Transient", "MailboxFull"};
  if (status == "2.3" || status == "3.4") return {"Transient", "MessageTooLarge"};
  if (parts[1] == "6") return {"Transient", "ContentRejected"};
  if (status == "4.7") return {"Transient", "General"};  // the message's time was over
  return {parts[0] == "5" ? "Permanent" : "Transient", "General"};
}

bool is_about_address(std::string_view enhanced_status) {
  constexpr std::array<std::string_view, 7> about_address = {"5.1.0", "5.1.1", "5.1.2", "5.1.3",
                                                             "5.1.6", "5.2.1", "5.1.10"};
  return std::ranges::find(about_address, enhanced_status) != about_address.end();
}

}  // namespace sesame::events
