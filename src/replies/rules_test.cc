// Every row of the tables, and what they decide together.
#include <gtest/gtest.h>

#include <set>

#include "replies/cause.h"
#include "replies/phrase_table.h"
#include "replies/rules.h"

namespace sesame::replies {
namespace {

TEST(SentenceRules, EachExampleMeetsItsOwnRowFirst) {
  const auto rules = sentence_rules();
  for (std::size_t row = 0; row < rules.size(); ++row) {
    const auto met = matching_sentence(rules[row].example, "");
    ASSERT_TRUE(met) << rules[row].phrase;
    EXPECT_EQ(*met, row) << "\"" << rules[row].example << "\" meets \"" << rules[*met].phrase << "\", not \""
                         << rules[row].phrase << "\"";
    EXPECT_EQ(find_cause({.text = rules[row].example}).reason, rules[row].reason) << rules[row].phrase;
  }
}

TEST(SentenceRules, AreWrittenFolded) {
  for (const auto rules : {sentence_rules(), hint_rules()}) {
    for (const SentenceRule& rule : rules) {
      EXPECT_EQ(fold(rule.phrase, 1000), rule.phrase);
      EXPECT_EQ(fold(rule.scope, 1000), rule.scope);
    }
  }
}

TEST(SentenceRules, AScopeIsTheHostOrInTheText) {
  EXPECT_NE(
      find_cause({.text = "550 Message rejected due to local policy", .remote_host = "mx.mail.ICLOUD.example"}).reason,
      Reason::unknown);
  const auto rules = sentence_rules();
  for (std::size_t row = 0; row < rules.size(); ++row) {
    if (rules[row].scope.empty()) continue;
    const auto with_host =
        matching_sentence(std::string(rules[row].phrase), "mx." + std::string(rules[row].scope) + ".example");
    ASSERT_TRUE(with_host);
    EXPECT_LE(*with_host, row) << rules[row].phrase;
    EXPECT_NE(matching_sentence(std::string(rules[row].phrase), ""), row) << rules[row].phrase;
  }
}

TEST(HintRules, EachExampleMeetsItsOwnRow) {
  std::vector<std::string_view> phrases;
  for (const SentenceRule& rule : hint_rules()) phrases.push_back(rule.phrase);
  const PhraseTable table(phrases);
  for (std::size_t row = 0; row < phrases.size(); ++row) {
    const auto met = table.first_match(fold(hint_rules()[row].example, 1000));
    ASSERT_TRUE(met);
    EXPECT_EQ(*met, row) << hint_rules()[row].example << " meets " << phrases[*met];
  }
}

TEST(EnhancedCodeRules, EachCodeOnceAndFound) {
  std::set<std::pair<int, int>> seen;
  for (const EnhancedCodeRule& rule : enhanced_code_rules()) {
    EXPECT_TRUE(seen.insert({rule.subject, rule.detail}).second) << rule.subject << "." << rule.detail;
    const std::string status = "5." + std::to_string(rule.subject) + "." + std::to_string(rule.detail);
    EXPECT_EQ(find_cause({.enhanced_status = status}).reason, rule.reason) << status;
  }
}

TEST(Reasons, HaveARepairExactlyWhenTheFaultIsOurs) {
  for (int i = 0; parse_reason(to_text(static_cast<Reason>(i))); ++i) {
    const auto reason = static_cast<Reason>(i);
    EXPECT_EQ(parse_reason(to_text(reason)), reason);
    EXPECT_EQ(!repair_of(reason).empty(), fault_of(reason) == Fault::ours) << to_text(reason);
    if (reason == Reason::challenge) break;
  }
}

}  // namespace
}  // namespace sesame::replies
