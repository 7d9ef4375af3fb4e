#include "sandbox/simulator.h"

#include <utility>

#include "base/text.h"
#include "dns/name.h"

namespace sesame::sandbox {

std::optional<Behaviour> behaviour_of(const smtp::Mailbox& recipient, std::string_view simulator_domain) {
  if (!dns::equal(recipient.domain, simulator_domain)) return std::nullopt;
  const std::string local_part = ascii_lower(recipient.local_part);
  if (local_part == "bounce+session") return Behaviour::bounce_in_session;
  const std::string_view name = std::string_view(local_part).substr(0, local_part.find('+'));
  if (name == "success") return Behaviour::success;
  if (name == "bounce") return Behaviour::bounce;
  if (name == "complaint") return Behaviour::complaint;
  if (name == "ooto") return Behaviour::out_of_office;
  if (name == "suppressionlist") return Behaviour::suppressed;
  return Behaviour::unknown;
}

std::optional<smtp::Reply> refusal_of(Behaviour behaviour) {
  switch (behaviour) {
    case Behaviour::success:
    case Behaviour::bounce:
    case Behaviour::complaint:
    case Behaviour::out_of_office: return std::nullopt;
    case Behaviour::suppressed: return smtp::make_reply(550, {5, 1, 1}, "Address is on the suppression list");
    case Behaviour::bounce_in_session:
    case Behaviour::unknown: return smtp::make_reply(550, {5, 1, 1}, "user unknown");
  }
  std::unreachable();
}

bool is_read(Behaviour behaviour) {
  switch (behaviour) {
    case Behaviour::success:
    case Behaviour::complaint:
    case Behaviour::out_of_office: return true;
    case Behaviour::bounce:
    case Behaviour::bounce_in_session:
    case Behaviour::suppressed:
    case Behaviour::unknown: return false;
  }
  std::unreachable();
}

}  // namespace sesame::sandbox
