// feedback/abuse_report.h: complaints.
//
// Source: RFC 5965 (ARF), RFC 6591 (authentication failure reports), RFC 9477 §3.4 (CFBL reports in ARF or XARF), and
// the feedback loops that send the message alone.
#pragma once

#include <optional>

#include "feedback/mail.h"
#include "feedback/report.h"

namespace sesame::feedback {

// A report of kind complaint; nullopt when the mail is none.
std::optional<Report> read_abuse_report(const Mail& mail);

}  // namespace sesame::feedback
