#include "replies/reason.h"

#include <array>

namespace sesame::replies {
namespace {

struct Row {
  std::string_view name;
  Fault fault;
  bool lasting;
  std::string_view repair;
};

constexpr std::array rows{
#define REASON(name, fault, lasting, repair) Row{#name, Fault::fault, lasting, repair},
#include "replies/rules/reasons.inc"
#undef REASON
};

const Row& row_of(Reason reason) { return rows.at(static_cast<std::size_t>(reason)); }

}  // namespace

std::string_view to_text(Reason reason) { return row_of(reason).name; }

std::optional<Reason> parse_reason(std::string_view name) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows.at(i).name == name) return static_cast<Reason>(i);
  }
  return std::nullopt;
}

std::string_view to_text(Fault fault) {
  switch (fault) {
    case Fault::recipient: return "recipient";
    case Fault::mailbox: return "mailbox";
    case Fault::message: return "message";
    case Fault::ours: return "ours";
    case Fault::receiver: return "receiver";
    case Fault::unknown: return "unknown";
  }
  return "unknown";
}

Fault fault_of(Reason reason) { return row_of(reason).fault; }
bool is_lasting(Reason reason) { return row_of(reason).lasting; }
std::string_view repair_of(Reason reason) { return row_of(reason).repair; }

}  // namespace sesame::replies
