#include "mailauth/arc/sets.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>

#include "base/text.h"
#include "mailauth/tag_list.h"

namespace sesame::mailauth::arc {
namespace {

using Member = const message::HeaderField* ArcSet::*;

struct Kind {
  std::string_view field_name;
  Member member;
};
constexpr Kind kinds[] = {{"ARC-Authentication-Results", &ArcSet::authentication_results},
                          {"ARC-Message-Signature", &ArcSet::message_signature},
                          {"ARC-Seal", &ArcSet::seal}};

const Kind* kind_of(std::string_view field_name) {
  const auto found =
      std::ranges::find_if(kinds, [&](auto& kind) { return ascii_iequals(kind.field_name, field_name); });
  return found == std::end(kinds) ? nullptr : &*found;
}

// §4.2.1: one or two digits, 1 to 50. In ARC-Authentication-Results the tag comes first and is the only one (§4.1.1).
std::optional<unsigned> instance_of(const message::HeaderField& field, Member member) {
  std::string_view tags = field.value;
  if (member == &ArcSet::authentication_results) {
    const std::size_t end = tags.find(';');
    if (end == tags.npos) return std::nullopt;
    tags = tags.substr(0, end);
  }
  const auto text = find_tag(scan_tag_list(tags), "i");
  const auto number = text && text->size() <= 2 ? parse_decimal(*text) : std::nullopt;
  if (!number || *number == 0 || *number > max_instances) return std::nullopt;
  return static_cast<unsigned>(*number);
}

std::string_view chain_status(const ArcSet& set) { return find_tag(scan_tag_list(set.seal->value), "cv").value_or(""); }

std::string gap(const std::vector<ArcSet>& sets) {
  for (std::size_t i = 0; i < sets.size(); ++i) {
    for (const Kind& kind : kinds) {
      if (sets[i].*kind.member == nullptr) return fmt::format("instance {} has no {}", i + 1, kind.field_name);
    }
  }
  return {};
}

std::string misfit(const std::vector<ArcSet>& sets) {
  for (std::size_t i = 0; i < sets.size(); ++i) {
    const std::string_view expected = i == 0 ? "none" : "pass";
    if (chain_status(sets[i]) != expected)
      return fmt::format("the seal of instance {} does not say cv={}", i + 1, expected);
  }
  return {};
}

}  // namespace

Result<std::vector<ArcSet>, SetsError> collect_sets(const message::ParsedMessage& message) {
  const auto broken = [](std::string text) { return std::unexpected(SetsError{std::move(text)}); };
  std::vector<ArcSet> sets;
  for (const message::HeaderField& field : message.fields) {
    const Kind* kind = kind_of(field.name);
    if (kind == nullptr) continue;
    const auto instance = instance_of(field, kind->member);
    if (!instance)
      return broken(fmt::format("an {} has no instance from 1 to {} (i=)", kind->field_name, max_instances));
    if (sets.size() < *instance) sets.resize(*instance);
    const message::HeaderField*& place = sets[*instance - 1].*kind->member;
    if (place != nullptr) return broken(fmt::format("instance {} has two {}", *instance, kind->field_name));
    place = &field;
  }
  if (!sets.empty() && sets.back().seal != nullptr && chain_status(sets.back()) == "fail")
    return broken(fmt::format("the chain was broken when instance {} was sealed (cv=fail)", sets.size()));
  if (std::string problem = gap(sets); !problem.empty()) return broken(std::move(problem));
  if (std::string problem = misfit(sets); !problem.empty()) return broken(std::move(problem));
  return sets;
}

}  // namespace sesame::mailauth::arc
