#include "mailauth/dkim/signed_header.h"

#include <algorithm>
#include <vector>

#include "mailauth/dkim/signature.h"

namespace sesame::mailauth::dkim {
namespace {

constexpr std::size_t usual_octets = 2048;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

// Below, equal or above 0 in some order of field names that heeds no case: the shorter first.
int compare_names(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (const int difference = lower(a[i]) - lower(b[i]); difference != 0) return difference;
  }
  return 0;
}

// The fields of one name that have not been taken yet: from the top of the message, so the last is the next.
struct Remaining {
  std::string_view name;
  std::size_t first = 0;  // in Fields
  std::size_t count = 0;
};
using Fields = std::vector<const message::HeaderField*>;

// The fields by name, and within a name as they stand in the message.
Fields by_name(std::span<const message::HeaderField> fields, const message::HeaderField* except) {
  Fields sorted;
  sorted.reserve(fields.size());
  for (const message::HeaderField& field : fields) {
    if (&field != except) sorted.push_back(&field);
  }
  std::ranges::sort(sorted, [](const auto* a, const auto* b) {
    const int order = compare_names(a->name, b->name);
    return order != 0 ? order < 0 : a < b;
  });
  return sorted;
}

std::vector<Remaining> group(const Fields& sorted) {
  std::vector<Remaining> groups;
  groups.reserve(sorted.size());
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    if (groups.empty() || compare_names(groups.back().name, sorted[i]->name) != 0)
      groups.push_back({.name = sorted[i]->name, .first = i});
    ++groups.back().count;
  }
  return groups;
}

}  // namespace

std::string canonical_signed_fields(Canonicalization form, std::span<const message::HeaderField> fields,
                                    std::span<const std::string_view> names, const message::HeaderField* except) {
  const Fields sorted = by_name(fields, except);
  std::vector<Remaining> groups = group(sorted);
  std::string out;
  out.reserve(usual_octets);
  for (const std::string_view name : names) {
    const auto found =
        std::ranges::partition_point(groups, [&](const Remaining& one) { return compare_names(one.name, name) < 0; });
    if (found == groups.end() || found->count == 0 || compare_names(found->name, name) != 0) continue;
    append_canonical_field(form, *sorted[found->first + --found->count], true, out);
  }
  return out;
}

void append_own_field(Canonicalization form, const message::HeaderField& field, std::string& out) {
  const std::string value = without_signature_value(field.value);
  std::string raw;
  if (form == Canonicalization::simple) {
    raw = field.raw.substr(0, static_cast<std::size_t>(field.value.data() - field.raw.data()));
    raw += value;
  }
  append_canonical_field(form, {.raw = raw, .name = field.name, .value = value}, false, out);
}

}  // namespace sesame::mailauth::dkim
