#include "mailauth/verdict/received_tls.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace sesame::mailauth {
namespace {

constexpr std::array with_tls = {"ESMTPS",    "ESMTPSA",    "LMTPS",     "LMTPSA",
                                 "UTF8SMTPS", "UTF8SMTPSA", "UTF8LMTPS", "UTF8LMTPSA"};
constexpr std::array without_tls = {"SMTP",     "ESMTP",     "ESMTPA",   "LMTP",     "LMTPA",
                                    "UTF8SMTP", "UTF8SMTPA", "UTF8LMTP", "UTF8LMTPA"};

bool is_one_of(const auto& words, std::string_view word) {
  return std::ranges::any_of(words, [&](const char* one) { return ascii_iequals(one, word); });
}

// Any "[address]" or "[IPv6:address]".
bool names_address(std::string_view text, const net::IpAddress& address) {
  for (std::size_t open = text.find('['); open != text.npos; open = text.find('[', open + 1)) {
    const std::size_t close = text.find(']', open);
    if (close == text.npos) return false;
    std::string_view literal = text.substr(open + 1, close - open - 1);
    if (ascii_iequals(literal.substr(0, 5), "IPv6:")) literal.remove_prefix(5);
    if (net::parse_ip(literal) == address) return true;
  }
  return false;
}

}  // namespace

std::optional<std::string> tls_by_received(const message::ParsedMessage& message, const net::IpAddress& client) {
  for (const message::HeaderField* field : message.all("Received")) {
    std::string value = message::unfold(field->value);
    std::ranges::replace(value, '\t', ' ');
    const std::size_t by = std::min(value.find(" by "), value.size());
    if (!names_address(std::string_view(value).substr(0, by), client)) continue;
    const std::size_t with = value.find(" with ", by);
    if (with == value.npos) return std::nullopt;
    const std::string_view rest = std::string_view(value).substr(with + 6);
    const std::string_view keyword = rest.substr(0, rest.find_first_of(" ;("));
    if (is_one_of(with_tls, keyword)) return "TLS";
    if (is_one_of(without_tls, keyword)) return "";
    return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace sesame::mailauth
