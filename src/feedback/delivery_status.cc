#include "feedback/delivery_status.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "feedback/address_scan.h"
#include "feedback/mail.h"

namespace sesame::feedback {
namespace {

constexpr std::size_t max_value_octets = 8 << 10;

void append_utf8(std::string& out, std::uint32_t code_point) {
  if (code_point < 0x80) {
    out += static_cast<char>(code_point);
  } else if (code_point < 0x800) {
    out += static_cast<char>(0xc0 | (code_point >> 6));
    out += static_cast<char>(0x80 | (code_point & 0x3f));
  } else if (code_point < 0x10000) {
    out += static_cast<char>(0xe0 | (code_point >> 12));
    out += static_cast<char>(0x80 | ((code_point >> 6) & 0x3f));
    out += static_cast<char>(0x80 | (code_point & 0x3f));
  } else {
    out += static_cast<char>(0xf0 | (code_point >> 18));
    out += static_cast<char>(0x80 | ((code_point >> 12) & 0x3f));
    out += static_cast<char>(0x80 | ((code_point >> 6) & 0x3f));
    out += static_cast<char>(0x80 | (code_point & 0x3f));
  }
}

// EmbeddedUnicodeChar (RFC 6533 §3): "\x{hex}"; anything else stays as written.
std::string decode_embedded_unicode(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto close = text.starts_with("\\x{") ? text.find('}') : text.npos;
    std::uint32_t code_point = 0;
    if (close != text.npos && close > 3 && close <= 9) {
      const char* last = text.data() + close;
      const auto parsed = std::from_chars(text.data() + 3, last, code_point, 16);
      const bool scalar = code_point >= 0x20 && code_point <= 0x10ffff && (code_point < 0xd800 || code_point > 0xdfff);
      if (parsed.ec == std::errc() && parsed.ptr == last && scalar) {
        append_utf8(out, code_point);
        text.remove_prefix(close + 1);
        continue;
      }
    }
    out += text[0];
    text.remove_prefix(1);
  }
  return out;
}

// "ann+40example.com": some hosts leave ORCPT as it came (xtext, RFC 3461 §4).
std::string decode_xtext_at(std::string text) {
  if (const auto at = text.find("+40"); at != text.npos && !text.contains('@')) text.replace(at, 3, "@");
  return text;
}

std::optional<DsnAction> action_of(std::string_view value) {
  const std::string word = ascii_lower(value.substr(0, value.find_first_of(" (\t;")));
  for (const auto action :
       {DsnAction::failed, DsnAction::delayed, DsnAction::delivered, DsnAction::relayed, DsnAction::expanded}) {
    if (word == to_text(action)) return action;
  }
  if (word == "failure" || word == "fail") return DsnAction::failed;
  return std::nullopt;
}

// Without a usable Action the class of the status decides.
DsnAction action_from_status(std::string_view status) {
  if (status.starts_with('2')) return DsnAction::delivered;
  return status.starts_with('4') ? DsnAction::delayed : DsnAction::failed;
}

// One group, as its fields come.
struct Group {
  std::string original, final, actual, status, diagnostic, remote_mta;
  std::optional<DsnAction> action;
  bool about_recipient = false;
};

// "5.1.1 (no such user)" -> "5.1.1"; the comment stays as text when there is no diagnostic.
std::string status_code(std::string_view value) { return std::string(value.substr(0, value.find_first_of(" (\t;"))); }

bool is_unspecific(std::string_view status) { return status.size() < 5 || status.substr(1) == ".0.0"; }

// Some hosts write "5.0.0" and know better in the diagnostic; some give up with a class that the receiver did not say.
std::string better_status(const std::string& status, const std::string& said, bool failed) {
  if (status.empty()) return said;
  if (said.empty()) return status;
  const bool other_class = said[0] != status[0];
  return (other_class && failed) || (!other_class && is_unspecific(status)) ? said : status;
}

std::string domain_of(std::string_view address) { return ascii_lower(address.substr(address.rfind('@') + 1)); }

// Whether `final` is a mailbox that others can write to: not an X.400 name, not one of a host's own.
bool is_public(std::string_view final, std::string_view original) {
  const std::string domain = domain_of(final);
  if (!domain.contains('.') && !domain.starts_with('[')) return false;
  return original.empty() || !domain.ends_with("." + domain_of(original));
}

RecipientReport to_recipient(const Group& group) {
  RecipientReport recipient;
  const std::string original = typed_address(group.original);
  std::string final = typed_address(group.final);
  if (final.empty()) final = typed_address(group.actual);
  recipient.address = original.empty() || is_public(final, original) ? final : original;
  if (!ascii_iequals(recipient.address, original)) recipient.original_address = field_text(original);
  recipient.address = field_text(recipient.address);
  recipient.diagnostic_code = field_text(group.diagnostic);
  recipient.remote_mta = field_text(group.remote_mta);
  const replies::SpokenCodes said = replies::find_codes(group.diagnostic);
  const std::string status = status_code(group.status);
  recipient.action = group.action ? *group.action : action_from_status(status.empty() ? said.enhanced_status : status);
  const bool failed = recipient.action == DsnAction::failed;
  recipient.status = field_text(better_status(status, said.enhanced_status, failed));
  const std::string comment = group.status.substr(status.size());
  recipient.cause = replies::find_cause({.reply_code = said.reply_code,
                                         .enhanced_status = recipient.status,
                                         .text = group.diagnostic + comment,
                                         .remote_host = group.remote_mta});
  return recipient;
}

class StatusReader {
 public:
  DeliveryStatus read(std::string_view octets) {
    std::string name, value;
    while (!octets.empty()) {
      const auto lf = std::min(octets.find('\n'), octets.size() - 1);
      std::string_view line = octets.substr(0, lf + 1);
      octets.remove_prefix(lf + 1);
      while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
      const bool continues = !line.empty() && (line[0] == ' ' || line[0] == '\t');
      if (continues && !name.empty() && !trim(line).empty()) {
        if (value.size() < max_value_octets) value.append(" ").append(trim(line));
        continue;
      }
      take(name, value);
      name.clear();
      const auto colon = line.find(':');
      if (trim(line).empty()) {
        blank_ = true;
      } else if (colon != line.npos) {
        name = ascii_lower(trim(line.substr(0, colon)));
        value = trim(line.substr(colon + 1));
      } else if (diagnostic_open_ && value.size() < max_value_octets) {
        group_.diagnostic.append(" ").append(trim(line));  // a reply written without folding
      }
    }
    take(name, value);
    close();
    return std::move(status_);
  }

 private:
  // A new group begins with a recipient field that this one has already, or with one after an empty line.
  void begin_recipient(bool has_it) {
    if (group_.about_recipient && (has_it || (blank_ && complete()))) close();
    group_.about_recipient = true;
  }
  bool complete() const { return group_.action || !group_.status.empty() || !group_.diagnostic.empty(); }

  void close() {
    if (group_.about_recipient && status_.recipients.size() < max_reported_recipients) {
      status_.recipients.push_back(to_recipient(group_));
    }
    group_ = Group{};
  }

  void take(const std::string& name, std::string& value) {
    if (name.empty()) return;
    diagnostic_open_ = false;
    if (name == "original-recipient") {
      begin_recipient(!group_.original.empty());
      group_.original = value;
    } else if (name == "final-recipient") {
      begin_recipient(!group_.final.empty());
      group_.final = value;
    } else if (name == "x-actual-recipient") {
      group_.actual = value;
    } else if (name == "action") {
      // In front of its recipient's name, as some hosts order them, but behind the last one's group.
      if (blank_ && group_.about_recipient && group_.action) close();
      group_.action = action_of(value);
    } else if (name == "status") {
      group_.status = value;
    } else if (name == "diagnostic-code") {
      group_.diagnostic = value;
      diagnostic_open_ = true;
    } else if (name == "remote-mta") {
      group_.remote_mta = value;
    } else if (name == "reporting-mta" && status_.reporting_mta.empty()) {
      status_.reporting_mta = field_text(value);
    } else if (name == "x-original-message-id" && status_.original_message_id.empty()) {
      status_.original_message_id = field_text(value);
    }
    blank_ = false;
  }

  DeliveryStatus status_;
  Group group_;
  bool blank_ = false;
  bool diagnostic_open_ = false;
};

}  // namespace

std::string typed_address(std::string_view value) {
  const auto semicolon = value.rfind(';');
  std::string_view rest = trim(semicolon == value.npos ? value : value.substr(semicolon + 1));
  const std::string type = ascii_lower(trim(value.substr(0, value.find(';'))));
  std::string text = decode_xtext_at(type == "utf-8" ? decode_embedded_unicode(rest) : std::string(rest));
  if (text.starts_with('<') && text.ends_with('>')) text = text.substr(1, text.size() - 2);
  // "@relay.example:ann@example.com" (RFC 5321 §4.1.1.3: ignore the route)
  if (text.starts_with('@')) {
    if (const auto colon = text.find(':'); colon != text.npos) text.erase(0, colon + 1);
  }
  const bool plain = text.contains('@') && text.find_first_of(" <>()\t") == text.npos;
  if (plain && !text.ends_with('@')) return text;
  const auto found = find_addresses(text, 1);
  return found.empty() ? "" : found.front().address;
}

DeliveryStatus read_delivery_status(std::string_view octets) { return StatusReader().read(octets); }

}  // namespace sesame::feedback
