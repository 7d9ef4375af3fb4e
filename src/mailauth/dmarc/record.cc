#include "mailauth/dmarc/record.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

#include "base/text.h"
#include "mailauth/tag_list.h"

namespace sesame::mailauth::dmarc {
namespace {

std::optional<Policy> parse_policy(std::string_view value) {
  for (const Policy policy : {Policy::none, Policy::quarantine, Policy::reject}) {
    if (ascii_iequals(value, name(policy))) return policy;
  }
  return std::nullopt;
}

// RFC 7489 §6.2 let a size limit follow: "!10m". Receivers ignore it now, but it has to look like one.
bool is_size_limit(std::string_view text) {
  if (!text.empty() && std::string_view("kmgt").find(ascii_lower(text.back())) != std::string_view::npos)
    text.remove_suffix(1);
  return parse_decimal(text).has_value();
}

std::optional<std::string> parse_uri(std::string_view text) {
  if (const std::size_t mark = text.find('!'); mark != text.npos) {
    if (!is_size_limit(text.substr(mark + 1))) return std::nullopt;
    text = text.substr(0, mark);
  }
  const std::size_t colon = text.find(':');
  if (colon == text.npos || colon == 0 || colon + 1 == text.size()) return std::nullopt;
  if (std::ranges::any_of(text, [](char c) { return c <= ' ' || c > '~'; })) return std::nullopt;
  if (ascii_iequals(text.substr(0, colon), "mailto")) {
    const std::size_t at = text.rfind('@');
    if (at == text.npos || at == colon + 1 || at + 1 == text.size()) return std::nullopt;
  }
  return std::string(text);
}

std::vector<std::string> parse_uris(std::string_view value) {
  std::vector<std::string> uris;
  for (const std::string_view item : split(value, ',')) {
    if (auto uri = parse_uri(trim(item))) uris.push_back(*std::move(uri));
  }
  return uris;
}

class Builder {
 public:
  explicit Builder(DmarcRecord& record) : record_(record) {}

  void take(std::string_view tag, std::string_view value) {
    if (tag == "p") take_policy(record_.p, tag, value);
    if (tag == "sp") take_policy(record_.sp, tag, value);
    if (tag == "np") take_policy(record_.np, tag, value);
    if (tag == "adkim") take_alignment(record_.adkim, tag, value);
    if (tag == "aspf") take_alignment(record_.aspf, tag, value);
    if (tag == "psd") take_psd(value);
    if (tag == "t") take_testing(value);
    if (tag == "rua") record_.rua = parse_uris(value);
    if (tag == "ruf") record_.ruf = parse_uris(value);
    if (tag == "fo") take_fo(value);
  }

  // §4.10.1: with a bad policy but somebody to report to the record means p=none, otherwise nothing.
  void finish() {
    if (record_.p && !bad_policy_) return;
    if (!record_.p && !bad_policy_) note("has no p=");
    record_.p = record_.rua.empty() ? std::nullopt : std::optional(Policy::none);
    record_.sp.reset();
    record_.np.reset();
    note(record_.p ? "counts as p=none" : "has no valid rua= either, so it asks for nothing");
  }

 private:
  void take_policy(std::optional<Policy>& place, std::string_view tag, std::string_view value) {
    place = parse_policy(value);
    if (place) return;
    bad_policy_ = true;
    ignored(tag, value);
  }
  void take_alignment(Alignment& place, std::string_view tag, std::string_view value) {
    if (ascii_iequals(value, "s")) {
      place = Alignment::strict;
    } else if (!ascii_iequals(value, "r")) {
      ignored(tag, value);
    }
  }
  void take_psd(std::string_view value) {
    if (ascii_iequals(value, "y")) {
      record_.psd = PublicSuffix::yes;
    } else if (ascii_iequals(value, "n")) {
      record_.psd = PublicSuffix::no;
    } else if (!ascii_iequals(value, "u")) {
      ignored("psd", value);
    }
  }
  void take_testing(std::string_view value) {
    record_.testing = ascii_iequals(value, "y");
    if (!record_.testing && !ascii_iequals(value, "n")) ignored("t", value);
  }
  void take_fo(std::string_view value) {
    std::string options;
    for (const std::string_view option : split_list(value)) {
      if (option.size() != 1 || std::string_view("01ds").find(ascii_lower(option[0])) == std::string_view::npos)
        return ignored("fo", value);
      options += ascii_lower(option[0]);
    }
    record_.fo = options;
  }
  void ignored(std::string_view tag, std::string_view value) {
    note(fmt::format("has an invalid {}={}", tag, value.substr(0, 40)));
  }
  void note(std::string_view text) {
    if (!record_.problem.empty()) record_.problem += ", ";
    record_.problem += text;
  }

  DmarcRecord& record_;
  bool bad_policy_ = false;
};

}  // namespace

std::string_view name(Policy policy) {
  switch (policy) {
    case Policy::none: return "none";
    case Policy::quarantine: return "quarantine";
    case Policy::reject: return "reject";
  }
  return "";
}

Result<DmarcRecord, RecordError> parse_record(std::string_view txt) {
  const std::string_view first = txt.substr(0, txt.find(';'));
  const std::size_t equals = first.find('=');
  if (equals == first.npos || !ascii_iequals(trim(first.substr(0, equals)), "v") ||
      trim(first.substr(equals + 1)) != "DMARC1")
    return std::unexpected(RecordError::not_dmarc);
  DmarcRecord record;
  Builder builder(record);
  std::unordered_set<std::string> names;
  for (const Tag& tag : scan_tag_list(txt)) {
    const std::string tag_name = ascii_lower(tag.name);
    if (!names.insert(tag_name).second) return std::unexpected(RecordError::duplicate_tag);
    builder.take(tag_name, tag.value);
  }
  builder.finish();
  return record;
}

}  // namespace sesame::mailauth::dmarc
