#include "submission/header_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "submission/list_management.h"

namespace sesame::submission {
namespace {

constexpr auto once_only = std::to_array<std::string_view>({"accept-language",
                                                            "acceptlanguage",
                                                            "archived-at",
                                                            "auto-submitted",
                                                            "bounces-to",
                                                            "comments-to",
                                                            "content-alternative",
                                                            "content-base",
                                                            "content-class",
                                                            "content-description",
                                                            "content-disposition",
                                                            "content-duration",
                                                            "content-features",
                                                            "content-id",
                                                            "content-identifier",
                                                            "content-language",
                                                            "content-length",
                                                            "content-location",
                                                            "content-md5",
                                                            "content-transfer-encoding",
                                                            "content-type",
                                                            "date",
                                                            "delivered-to",
                                                            "disposition-notification-options",
                                                            "disposition-notification-to",
                                                            "dkim-signature",
                                                            "domainkey-signature",
                                                            "encoding",
                                                            "errors-to",
                                                            "feedback-id",
                                                            "from",
                                                            "importance",
                                                            "in-reply-to",
                                                            "list-archive",
                                                            "list-help",
                                                            "list-id",
                                                            "list-owner",
                                                            "list-post",
                                                            "list-subscribe",
                                                            "list-unsubscribe",
                                                            "list-unsubscribe-post",
                                                            "message-context",
                                                            "message-id",
                                                            "mime-version",
                                                            "organization",
                                                            "original-from",
                                                            "original-message-id",
                                                            "original-recipient",
                                                            "original-subject",
                                                            "precedence",
                                                            "priority",
                                                            "references",
                                                            "reply-to",
                                                            "return-path",
                                                            "return-receipt-to",
                                                            "sender",
                                                            "subject",
                                                            "user-agent"});

constexpr auto not_settable =
    std::to_array<std::string_view>({"bcc", "cc", "content-disposition", "content-type", "date", "from", "message-id",
                                     "mime-version", "reply-to", "return-path", "subject", "to"});

constexpr auto refused_extensions = std::to_array<std::string_view>(
    {"ade",  "adp",    "app",     "asp",     "bas",    "bat", "cer", "chm", "cmd",      "com",    "cpl", "crt",
     "csh",  "der",    "exe",     "fxp",     "gadget", "hlp", "hta", "inf", "ins",      "isp",    "its", "js",
     "jse",  "ksh",    "lib",     "lnk",     "mad",    "maf", "mag", "mam", "maq",      "mar",    "mas", "mat",
     "mau",  "mav",    "maw",     "mda",     "mdb",    "mde", "mdt", "mdw", "mdz",      "msc",    "msh", "msh1",
     "msh2", "mshxml", "msh1xml", "msh2xml", "msi",    "msp", "mst", "ops", "pcd",      "pif",    "plg", "prf",
     "prg",  "reg",    "scf",     "scr",     "sct",    "shb", "shs", "sys", "ps1",      "ps1xml", "ps2", "ps2xml",
     "psc1", "psc2",   "tmp",     "url",     "vb",     "vbe", "vbs", "vps", "vsmacros", "vss",    "vst", "vsw",
     "vxd",  "ws",     "wsf",     "wsh",     "wsc",    "xnk"});

template <class Names>
bool contains(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool has_line_breaker(std::string_view text) { return text.find_first_of(std::string_view("\r\n\0", 3)) != text.npos; }

SubmissionError invalid(std::string field, std::string text) {
  return {SubmissionErrc::invalid_parameter, std::move(text), std::move(field)};
}

bool is_tag_text(std::string_view text, std::string_view also) {
  return std::all_of(text.begin(), text.end(), [&](char c) {
    const char l = ascii_lower(c);
    return (l >= 'a' && l <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || also.contains(c);
  });
}

constexpr std::string_view configuration_set_field = "X-SES-Configuration-Set";
constexpr std::string_view tags_field = "X-SES-Message-Tags";
constexpr std::string_view list_field = "X-SES-List-Management-Options";

SubmissionResult<ServiceFields> read_fields(const std::optional<std::string>& set,
                                            const std::optional<std::string>& tags,
                                            const std::optional<std::string>& list) {
  ServiceFields fields;
  if (set && !trim(*set).empty()) fields.configuration_set = trim(*set);
  for (const std::string_view part : split(tags.value_or(""), ',')) {
    if (trim(part).empty()) continue;
    const auto equals = part.find('=');
    if (equals == part.npos) {
      return std::unexpected(invalid("X-SES-MESSAGE-TAGS", "Invalid X-SES-MESSAGE-TAGS header: expected name=value."));
    }
    fields.tags.emplace_back(trim(part.substr(0, equals)), trim(part.substr(equals + 1)));
  }
  if (auto checked = check_tags(fields.tags); !checked) return std::unexpected(checked.error());
  if (list) {
    auto read = read_list_management(*list);
    if (!read) return std::unexpected(read.error());
    fields.list_management = std::move(*read);
  }
  return fields;
}

}  // namespace

std::optional<std::string> duplicated_field(const message::ParsedMessage& message) {
  std::vector<std::string> seen;
  for (const message::HeaderField& field : message.fields) {
    std::string name = ascii_lower(field.name);
    if (!contains(once_only, name)) continue;
    if (contains(seen, name)) return std::string(field.name);
    seen.push_back(std::move(name));
  }
  return std::nullopt;
}

const std::vector<std::string>& removed_fields() {
  static const std::vector<std::string> names{"Message-ID",
                                              "Date",
                                              "Return-Path",
                                              "Bcc",
                                              "Feedback-ID",
                                              "X-SES-Outgoing",
                                              "X-SES-Configuration-Set",
                                              "X-SES-Message-Tags",
                                              "X-SES-Source-ARN",
                                              "X-SES-From-ARN",
                                              "X-SES-Return-Path-ARN",
                                              "X-SES-List-Management-Options",
                                              "X-SES-Tenant"};
  return names;
}

SubmissionResult<void> check_custom_headers(const NamedValues& headers) {
  if (headers.size() > max_custom_headers) {
    return std::unexpected(
        invalid("Headers", fmt::format("At most {} custom headers are allowed.", max_custom_headers)));
  }
  for (const auto& [name, value] : headers) {
    const bool printable =
        std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c < 0x7f && c != ':'; });
    if (name.empty() || name.size() > max_header_name_octets || !printable) {
      return std::unexpected(
          invalid("Headers", "Header name must be 1 to 126 printable ASCII characters without a colon."));
    }
    if (value.empty() || value.size() > max_header_value_octets || name.size() + value.size() > max_header_octets) {
      return std::unexpected(invalid(
          name, fmt::format("Header value of '{}' must be 1 to {} characters.", name, max_header_value_octets)));
    }
    if (has_line_breaker(value)) {
      return std::unexpected(invalid(name, fmt::format("Header value of '{}' must not contain CR, LF or NUL.", name)));
    }
    if (contains(not_settable, ascii_lower(name))) {
      return std::unexpected(invalid(name, fmt::format("Header '{}' cannot be set through Headers.", name)));
    }
  }
  return {};
}

SubmissionResult<void> check_tags(const NamedValues& tags) {
  for (const auto& [name, value] : tags) {
    const std::string_view own = std::string_view(name).starts_with("ses:") ? std::string_view(name).substr(4) : name;
    if (own.empty() || name.size() > max_tag_octets || !is_tag_text(own, "")) {
      return std::unexpected(invalid(
          "Tags",
          fmt::format("Invalid tag name <{}>: only alphanumeric ASCII characters, '_', and '-' are allowed.", name)));
    }
    if (value.empty() || value.size() > max_tag_octets || !is_tag_text(value, ".@")) {
      return std::unexpected(invalid(
          "Tags",
          fmt::format("Invalid tag value <{}>: only alphanumeric ASCII characters, '_', '-', '.' and '@' are allowed.",
                      value)));
    }
  }
  return {};
}

SubmissionResult<ServiceFields> read_service_fields(const message::ParsedMessage& message) {
  const auto* set = message.first(configuration_set_field);
  const auto* tags = message.first(tags_field);
  const auto* list = message.first(list_field);
  return read_fields(set == nullptr ? std::nullopt : std::optional(message::unfold(set->value)),
                     tags == nullptr ? std::nullopt : std::optional(message::unfold(tags->value)),
                     list == nullptr ? std::nullopt : std::optional(message::unfold(list->value)));
}

SubmissionResult<ServiceFields> read_service_fields(const NamedValues& headers) {
  const auto first = [&](std::string_view wanted) -> std::optional<std::string> {
    for (const auto& [name, value] : headers) {
      if (ascii_iequals(name, wanted)) return value;
    }
    return std::nullopt;
  };
  return read_fields(first(configuration_set_field), first(tags_field), first(list_field));
}

bool is_service_field(std::string_view name) {
  return ascii_lower(name).starts_with("x-ses-") &&
         std::ranges::any_of(removed_fields(), [&](const std::string& known) { return ascii_iequals(known, name); });
}

bool is_refused_file_name(std::string_view file_name) {
  const auto dot = file_name.rfind('.');
  if (dot == file_name.npos) return false;
  const std::string extension = ascii_lower(trim(file_name.substr(dot + 1)));
  return contains(refused_extensions, extension);
}

}  // namespace sesame::submission
