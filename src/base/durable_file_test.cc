#include "base/durable_file.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace sesame {
namespace {

namespace fs = std::filesystem;

class DurableFile : public testing::Test {
 protected:
  DurableFile() {
    std::string name = (fs::temp_directory_path() / "sesame-durable-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make " + name);
    directory = name;
  }
  ~DurableFile() override { fs::remove_all(directory); }

  static std::string text_of(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }
  std::ptrdiff_t files() const { return std::distance(fs::directory_iterator(directory), fs::directory_iterator()); }

  fs::path directory;
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
