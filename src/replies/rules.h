// replies/rules.h: the tables under rules/ as values, for cause.cc and for the tests that walk them.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "replies/reason.h"

namespace sesame::replies {

struct SentenceRule {
  std::string_view phrase;  // phrase_table.h
  std::string_view scope;   // part of the host's name, or of the text, that must be there too; "" for everybody
  Reason reason;
  std::string_view example;  // meets this row first
};

struct EnhancedCodeRule {
  std::uint16_t subject, detail;  // of x.subject.detail
  Reason reason;
};

std::span<const SentenceRule> sentence_rules();
std::span<const SentenceRule> hint_rules();
std::span<const EnhancedCodeRule> enhanced_code_rules();

}  // namespace sesame::replies
