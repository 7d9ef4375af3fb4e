#include "replies/rules.h"

namespace sesame::replies {
namespace {

constexpr SentenceRule sentence_table[] = {
#define SENTENCE(phrase, scope, reason, example) {phrase, scope, Reason::reason, example},
#include "replies/rules/sentences.inc"
#undef SENTENCE
};

constexpr SentenceRule hint_table[] = {
#define HINT(phrase, reason, example) {phrase, "", Reason::reason, example},
#include "replies/rules/hints.inc"
#undef HINT
};

constexpr EnhancedCodeRule enhanced_code_table[] = {
#define ENHANCED_CODE(subject, detail, reason) {subject, detail, Reason::reason},
#include "replies/rules/enhanced_codes.inc"
#undef ENHANCED_CODE
};

}  // namespace

std::span<const SentenceRule> sentence_rules() { return sentence_table; }
std::span<const SentenceRule> hint_rules() { return hint_table; }
std::span<const EnhancedCodeRule> enhanced_code_rules() { return enhanced_code_table; }

}  // namespace sesame::replies
