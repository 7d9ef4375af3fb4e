// submission/header_rules.h: which header fields a caller may give, and which the service reads and removes
// (spec 3.3, 4.1).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "message/header_section.h"
#include "submission/error.h"
#include "submission/request.h"

namespace sesame::submission {

constexpr std::size_t max_custom_headers = 15;  // spec 4.1
constexpr std::size_t max_header_name_octets = 126;
constexpr std::size_t max_header_value_octets = 995;
constexpr std::size_t max_header_octets = 996;  // both together
constexpr std::size_t max_tag_octets = 255;

using NamedValues = std::vector<std::pair<std::string, std::string>>;

// Fields a message may hold once only; the first one that it holds twice, if any.
std::optional<std::string> duplicated_field(const message::ParsedMessage& message);

// Fields removed from every accepted message: replaced by ours (Message-ID, Date), of no business to the receiver (Bcc,
// Return-Path) or addressed to the service (X-SES-...).
const std::vector<std::string>& removed_fields();

// Custom fields given beside composed content: count, lengths, names that the service sets itself, CR, LF or NUL.
SubmissionResult<void> check_custom_headers(const NamedValues& headers);
SubmissionResult<void> check_tags(const NamedValues& tags);

// What a message says to the service in its X-SES- fields, in whatever case their names are. First instance only.
struct ServiceFields {
  std::optional<std::string> configuration_set;
  NamedValues tags;
  std::optional<ListManagement> list_management;
};
SubmissionResult<ServiceFields> read_service_fields(const message::ParsedMessage& message);
// The same among custom fields beside composed content.
SubmissionResult<ServiceFields> read_service_fields(const NamedValues& headers);
// One of those that are read and removed.
bool is_service_field(std::string_view name);

// Executable kinds that are refused as attachments (spec 4.2): by extension, case-insensitive.
bool is_refused_file_name(std::string_view file_name);

}  // namespace sesame::submission
