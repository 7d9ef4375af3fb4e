// replies/reason.h: why mail was refused or came back, in words finer than the SES ones.
//
// The list is data: rules/reasons.inc has one row per reason, with whose fault it is, whether it passes by itself, and
// how to repair it when it is ours.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace sesame::replies {

enum class Fault : std::uint8_t {
  recipient,  // the address: nobody there, closed, gone, or does not want our mail
  mailbox,    // the address is right, its mailbox takes nothing at present
  message,    // what this message holds
  ours,       // how we send: authentication, names, reputation, rate, form
  receiver,   // the receiver's machines or rules
  unknown,
};

enum class Reason : std::uint8_t {
#define REASON(name, fault, lasting, repair) name,
#include "replies/rules/reasons.inc"
#undef REASON
};

std::string_view to_text(Reason reason);  // "user_unknown"
std::optional<Reason> parse_reason(std::string_view name);
std::string_view to_text(Fault fault);

Fault fault_of(Reason reason);
// Does it last until somebody changes something? What a receiver means who did not say 4 or 5.
bool is_lasting(Reason reason);
// One sentence for the sender's operator; "" unless the fault is ours.
std::string_view repair_of(Reason reason);

}  // namespace sesame::replies
