// Reply texts: the tables in one pass agree with looking for each row by itself, codes are codes, folding is bounded.
#include <cstdint>
#include <string>

#include "check.h"
#include "replies/cause.h"
#include "replies/phrase_table.h"
#include "replies/rules.h"
#include "smtp/reply.h"

using namespace sesame;
using namespace sesame::replies;

namespace {

const PhraseTable& hints() {
  static const PhraseTable table = [] {
    std::vector<std::string_view> phrases;
    for (const SentenceRule& rule : hint_rules()) phrases.push_back(rule.phrase);
    return PhraseTable(phrases);
  }();
  return table;
}

// The hints hold no '*' and no '^': a row is met exactly where its text occurs.
void check_hints(std::string_view folded) {
  std::vector<std::size_t> found;
  for (std::size_t row = 0; row < hint_rules().size(); ++row) {
    if (folded.contains(hint_rules()[row].phrase)) found.push_back(row);
  }
  check(hints().all_matches(folded) == found);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string folded = fold(text, max_reply_text_octets);
  check(folded.size() <= std::min(size, max_reply_text_octets));
  check_hints(folded);
  const SpokenCodes codes = find_codes(text);
  check(codes.reply_code == 0 || (codes.reply_code >= 400 && codes.reply_code < 600));
  check(codes.enhanced_status.empty() || smtp::parse_enhanced_status(codes.enhanced_status).has_value());
  const ReplyFacts facts{codes.reply_code, codes.enhanced_status, text, "mx.example.net"};
  const Cause cause = find_cause(facts);
  check(parse_reason(to_text(cause.reason)) == cause.reason);
  check(!suppresses(cause) || bounce_kind(cause).type == "Permanent");
  check(fault_of(cause.reason) != Fault::ours || !suppresses(cause));
  return 0;
}
