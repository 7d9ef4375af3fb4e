#include "base/durable_file.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "base/testing/temp_directory.h"

namespace sesame {
namespace {

namespace fs = std::filesystem;

class DurableFile : public testing::Test {
 protected:
  static std::string text_of(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }
  std::ptrdiff_t files() const { return std::distance(fs::directory_iterator(directory), fs::directory_iterator()); }

  TempDirectory temp;
  const fs::path& directory = temp.path();
};

TEST_F(DurableFile, IsWrittenThenReplacedAndTheOwnersAlone) {
  const fs::path file = directory / "a";
  ASSERT_TRUE(replace_durably(file, std::string("one\0two", 7)));
  EXPECT_EQ(text_of(file), std::string("one\0two", 7));
  ASSERT_TRUE(replace_durably(file, ""));
  EXPECT_EQ(text_of(file), "");
  EXPECT_EQ(fs::status(file).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(files(), 1);
}

TEST_F(DurableFile, OfAFailureNothingIsLeftAndTheErrorNamesTheFile) {
  fs::create_directories(directory / "taken" / "by a directory");
  const auto done = replace_durably(directory / "taken", "text");
  ASSERT_FALSE(done);
  EXPECT_TRUE(done.error().starts_with("cannot replace " + (directory / "taken").string() + ": ")) << done.error();
  EXPECT_EQ(files(), 1);
  EXPECT_FALSE(replace_durably(directory / "missing" / "file", "text"));
}

}  // namespace
}  // namespace sesame
