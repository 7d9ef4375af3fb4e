#include "smtp/testing/corpus.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#ifndef SESAME_SOURCE_DIR
#define SESAME_SOURCE_DIR "."  // tests run from the top of the source tree
#endif

namespace sesame::smtp::testing {
namespace {

void skip(const std::filesystem::path& file) { GTEST_SKIP() << "corpus not found: " << file; }

}  // namespace

boost::json::array load_corpus(std::string_view file) {
  const char* const configured = std::getenv("SESAME_CORPORA");
  const std::filesystem::path root = configured ? configured : SESAME_SOURCE_DIR "/../shared/corpora";
  const auto path = root / file;
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    skip(path);
    return {};
  }
  std::ostringstream text;
  text << in.rdbuf();
  return boost::json::parse(text.str()).as_array();
}

std::string text_at(const boost::json::value& entry, std::string_view key) {
  const auto* const member = entry.as_object().if_contains(key);
  return member != nullptr && member->is_string() ? std::string(member->as_string()) : std::string();
}

}  // namespace sesame::smtp::testing
