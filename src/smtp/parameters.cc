#include "smtp/parameters.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "base/text.h"

namespace sesame::smtp {
namespace {

struct Parameter {
  std::string keyword;  // upper case
  std::optional<std::string_view> value;
};

bool is_alnum(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
// Of esmtp-value: "=", blanks and controls excluded.
bool is_value_char(char c) { return c > 32 && c < 127 && c != '='; }
bool is_xchar(char c) { return c > 32 && c < 127 && c != '+' && c != '='; }

bool is_keyword(std::string_view text) {
  return !text.empty() && is_alnum(text.front()) &&
         std::ranges::all_of(text, [](char c) { return is_alnum(c) || c == '-'; });
}

// *(SP esmtp-keyword ["=" esmtp-value])
Result<std::vector<Parameter>, ParameterError> split_parameters(std::string_view text) {
  std::vector<Parameter> parameters;
  text = text.substr(0, text.find_last_not_of(" \t") + 1);
  while (!text.empty()) {
    if (text.front() != ' ') return std::unexpected(ParameterError::malformed);
    text.remove_prefix(1);
    const auto word = text.substr(0, text.find(' '));
    text.remove_prefix(word.size());
    const auto equals = word.find('=');
    Parameter parameter{.keyword = ascii_upper(word.substr(0, equals)), .value = {}};
    if (!is_keyword(parameter.keyword)) return std::unexpected(ParameterError::malformed);
    if (equals != std::string_view::npos) {
      parameter.value = word.substr(equals + 1);
      if (parameter.value->empty() || !std::ranges::all_of(*parameter.value, is_value_char)) {
        return std::unexpected(ParameterError::malformed);
      }
    }
    const auto same = [&](const Parameter& other) { return other.keyword == parameter.keyword; };
    if (std::ranges::any_of(parameters, same)) return std::unexpected(ParameterError::duplicate);
    parameters.push_back(std::move(parameter));
  }
  return parameters;
}

// The readers below return false when the value is not of the parameter's grammar. All values are non-empty.

bool read_size(std::string_view value, std::optional<std::uint64_t>& size) {
  const bool digits = std::ranges::all_of(value, [](char c) { return c >= '0' && c <= '9'; });
  if (!digits || value.size() > 20) return false;  // RFC 1870 §4
  size = parse_decimal(value).value_or(std::numeric_limits<std::uint64_t>::max());
  return true;
}

bool read_body(std::string_view value, std::optional<BodyType>& body) {
  if (ascii_iequals(value, "7BIT")) {
    body = BodyType::seven_bit;
  } else if (ascii_iequals(value, "8BITMIME")) {
    body = BodyType::eight_bit_mime;
  } else if (ascii_iequals(value, "BINARYMIME")) {
    body = BodyType::binary_mime;
  }
  return body.has_value();
}

bool read_ret(std::string_view value, std::optional<DsnReturn>& ret) {
  if (ascii_iequals(value, "FULL")) {
    ret = DsnReturn::full;
  } else if (ascii_iequals(value, "HDRS")) {
    ret = DsnReturn::hdrs;
  }
  return ret.has_value();
}

bool is_printable_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= 32 && c < 127; });
}

bool read_envid(std::string_view value, std::optional<std::string>& envid) {
  if (value.size() > max_envid_octets) return false;
  envid = xtext_decode(value);
  return envid && is_printable_ascii(*envid);  // RFC 3461 §4.4
}

bool read_submitter(std::string_view value, std::optional<Submitter>& auth) {
  const auto decoded = xtext_decode(value);
  if (!decoded) return false;
  if (*decoded == "<>") {
    auth = Submitter{};
    return true;
  }
  auto mailbox = parse_mailbox(*decoded, Utf8::accept);
  if (!mailbox) return false;
  auth = Submitter{std::move(*mailbox)};
  return true;
}

bool read_notify(std::string_view value, std::optional<Notify>& notify) {
  notify.emplace();
  if (ascii_iequals(value, "NEVER")) return true;
  for (const auto word : split(value, ',')) {
    bool* const flag = ascii_iequals(word, "SUCCESS")   ? &notify->success
                       : ascii_iequals(word, "FAILURE") ? &notify->failure
                       : ascii_iequals(word, "DELAY")   ? &notify->delay
                                                        : nullptr;
    if (flag == nullptr) return false;
    *flag = true;
  }
  return true;
}

bool read_orcpt(std::string_view value, std::optional<OriginalRecipient>& orcpt) {
  const auto semicolon = value.find(';');
  if (value.size() > max_orcpt_octets || semicolon == std::string_view::npos) return false;
  const auto type = value.substr(0, semicolon);
  auto address = xtext_decode(value.substr(semicolon + 1));
  if (!is_keyword(type) || !address || address->empty() || !is_printable_ascii(*address)) return false;
  orcpt = OriginalRecipient{std::string(type), std::move(*address)};
  return true;
}

}  // namespace

Result<MailParameters, ParameterError> parse_mail_parameters(std::string_view text) {
  const auto list = split_parameters(text);
  if (!list) return std::unexpected(list.error());
  MailParameters parameters;
  for (const auto& [keyword, value] : *list) {
    bool good = value.has_value();
    if (keyword == "SMTPUTF8") {
      good = parameters.smtputf8 = !value;  // RFC 6531 §3.4: takes no value
    } else if (keyword == "SIZE") {
      good = good && read_size(*value, parameters.size_octets);
    } else if (keyword == "BODY") {
      good = good && read_body(*value, parameters.body);
    } else if (keyword == "RET") {
      good = good && read_ret(*value, parameters.ret);
    } else if (keyword == "ENVID") {
      good = good && read_envid(*value, parameters.envid);
    } else if (keyword == "AUTH") {
      good = good && read_submitter(*value, parameters.auth);
    } else {
      return std::unexpected(ParameterError::unsupported);
    }
    if (!good) return std::unexpected(ParameterError::malformed);
  }
  return parameters;
}

Result<RcptParameters, ParameterError> parse_rcpt_parameters(std::string_view text) {
  const auto list = split_parameters(text);
  if (!list) return std::unexpected(list.error());
  RcptParameters parameters;
  for (const auto& [keyword, value] : *list) {
    bool good = value.has_value();
    if (keyword == "NOTIFY") {
      good = good && read_notify(*value, parameters.notify);
    } else if (keyword == "ORCPT") {
      good = good && read_orcpt(*value, parameters.orcpt);
    } else {
      return std::unexpected(ParameterError::unsupported);
    }
    if (!good) return std::unexpected(ParameterError::malformed);
  }
  return parameters;
}

std::string format_parameters(const MailParameters& parameters) {
  std::string out;
  if (parameters.size_octets) out += fmt::format(" SIZE={}", *parameters.size_octets);
  if (parameters.body) {
    switch (*parameters.body) {
      case BodyType::seven_bit: out += " BODY=7BIT"; break;
      case BodyType::eight_bit_mime: out += " BODY=8BITMIME"; break;
      case BodyType::binary_mime: out += " BODY=BINARYMIME"; break;
    }
  }
  if (parameters.smtputf8) out += " SMTPUTF8";
  if (parameters.ret) out += *parameters.ret == DsnReturn::full ? " RET=FULL" : " RET=HDRS";
  if (parameters.envid) out += " ENVID=" + xtext_encode(*parameters.envid);
  if (parameters.auth) {
    const auto& mailbox = parameters.auth->mailbox;
    out += " AUTH=" + (mailbox ? xtext_encode(format_mailbox(*mailbox)) : "<>");
  }
  return out;
}

std::string format_parameters(const RcptParameters& parameters) {
  std::string out;
  if (parameters.notify) {
    std::string words;
    if (parameters.notify->success) words += ",SUCCESS";
    if (parameters.notify->failure) words += ",FAILURE";
    if (parameters.notify->delay) words += ",DELAY";
    out += " NOTIFY=" + (words.empty() ? "NEVER" : words.substr(1));
  }
  if (parameters.orcpt) {
    out += fmt::format(" ORCPT={};{}", parameters.orcpt->address_type, xtext_encode(parameters.orcpt->address));
  }
  return out;
}

std::string xtext_encode(std::string_view octets) {
  std::string out;
  for (const char c : octets) {
    if (is_xchar(c)) {
      out += c;
    } else {
      out += fmt::format("+{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

std::optional<std::string> xtext_decode(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    if (is_xchar(text.front())) {
      out += text.front();
      text.remove_prefix(1);
      continue;
    }
    const auto digits = text.substr(1, 2);
    if (text.front() != '+' || digits.size() != 2 || ascii_upper(digits) != digits) return std::nullopt;
    const auto octet = hex_decode(digits);
    if (!octet) return std::nullopt;
    out += *octet;
    text.remove_prefix(3);
  }
  return out;
}

}  // namespace sesame::smtp
