#include "smtp/testing/corpus.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "base/testing/corpora.h"

namespace sesame::smtp::testing {
namespace {

void skip() { GTEST_SKIP(); }

}  // namespace

boost::json::array load_corpus(std::string_view file) {
  const auto path = find_corpus(file);
  if (!path) {
    skip();
    return {};
  }
  return boost::json::parse(read_file(*path)).as_array();
}

std::string text_at(const boost::json::value& entry, std::string_view key) {
  const auto* const member = entry.as_object().if_contains(key);
  return member != nullptr && member->is_string() ? std::string(member->as_string()) : std::string();
}

}  // namespace sesame::smtp::testing
