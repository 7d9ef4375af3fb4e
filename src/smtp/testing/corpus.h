// smtp/testing/corpus.h: the published cases that tests of this room are held to. For tests only.
#pragma once

#include <boost/json.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace sesame::smtp::testing {

// The JSON array in the corpora's `file` ("smtp-data/receive.json"). If it is not there the running test is marked as
// skipped, and the array is empty.
boost::json::array load_corpus(std::string_view file);

// The string at `key`; "" if absent or null.
std::string text_at(const boost::json::value& entry, std::string_view key);

}  // namespace sesame::smtp::testing
