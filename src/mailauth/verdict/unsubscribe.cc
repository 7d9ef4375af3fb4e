#include "mailauth/verdict/unsubscribe.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "mailauth/dkim/signature.h"

namespace sesame::mailauth {
namespace {

constexpr std::array both_fields = {"List-Unsubscribe", "List-Unsubscribe-Post"};

bool has_uri(std::string_view list, std::string_view scheme) {
  for (const std::string_view item : split(list, ',')) {
    const std::size_t open = item.find('<');
    const std::size_t close = item.find('>', open);
    if (open == item.npos || close == item.npos) continue;
    const std::string_view uri = trim(item.substr(open + 1, close - open - 1));
    if (uri.size() > scheme.size() && ascii_iequals(uri.substr(0, scheme.size()), scheme)) return true;
  }
  return false;
}

bool covers(const message::HeaderField& signature_field, std::string_view name) {
  const auto signature = dkim::parse_signature(signature_field.value);
  return signature && std::ranges::any_of(signature->names, [&](auto listed) { return ascii_iequals(listed, name); });
}

// §4: one signature that covers both.
bool are_signed(const message::ParsedMessage& message, std::span<const dkim::SignatureResult> signatures) {
  const auto fields = message.all("DKIM-Signature");
  for (std::size_t i = 0; i < std::min(fields.size(), signatures.size()); ++i) {
    if (signatures[i].result != dkim::DkimResult::pass) continue;
    if (std::ranges::all_of(both_fields, [&](const char* name) { return covers(*fields[i], name); })) return true;
  }
  return false;
}

}  // namespace

Unsubscribe find_unsubscribe(const message::ParsedMessage& message, std::span<const dkim::SignatureResult> signatures) {
  Unsubscribe found;
  const auto ways = message.all("List-Unsubscribe");
  const auto posts = message.all("List-Unsubscribe-Post");
  if (ways.size() == 1) found.by_mail = has_uri(ways[0]->value, "mailto:");
  if (ways.empty()) {
    found.problem = "there is no List-Unsubscribe field";
  } else if (ways.size() > 1 || posts.size() > 1) {
    found.problem = "List-Unsubscribe or List-Unsubscribe-Post comes more than once";
  } else if (!has_uri(ways[0]->value, "https://")) {
    found.problem = "List-Unsubscribe has no https: URI";
  } else if (posts.empty()) {
    found.problem = "there is no List-Unsubscribe-Post field";
  } else if (!ascii_iequals(trim(posts[0]->value), "List-Unsubscribe=One-Click")) {
    found.problem = "List-Unsubscribe-Post is not List-Unsubscribe=One-Click";
  } else if (!are_signed(message, signatures)) {
    found.problem = "no valid DKIM signature covers List-Unsubscribe and List-Unsubscribe-Post";
  }
  found.one_click = found.problem.empty();
  return found;
}

bool is_marked_as_bulk(const message::ParsedMessage& message) {
  const auto* precedence = message.first("Precedence");
  const std::string_view word = precedence == nullptr ? "" : trim(precedence->value);
  return message.count("List-Id") > 0 || message.count("List-Unsubscribe") > 0 || ascii_iequals(word, "bulk") ||
         ascii_iequals(word, "list");
}

}  // namespace sesame::mailauth
