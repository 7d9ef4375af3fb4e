#include "app/sandbox_files.h"

#include <gtest/gtest.h>

#include <fstream>

#include "base/testing/temp_directory.h"

namespace sesame::app {
namespace {

namespace fs = std::filesystem;

TEST(SandboxNote, ComesBackAndIsTheOwnersAlone) {
  const TempDirectory directory;
  ASSERT_TRUE(write_sandbox_note(directory.path(), {"http://127.0.0.1:1", "id", "secret", "password", "us-east-1"}));
  const auto note = read_sandbox_note(directory.path());
  ASSERT_TRUE(note) << note.error();
  EXPECT_EQ(note->endpoint, "http://127.0.0.1:1");
  EXPECT_EQ(note->secret_access_key, "secret");
  EXPECT_EQ(note->smtp_password, "password");
  EXPECT_EQ(note->region, "us-east-1");
  const fs::path file = directory.path() / "sandbox.json";
  EXPECT_EQ(fs::status(file).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(std::distance(fs::directory_iterator(directory.path()), {}), 1) << "nothing is left beside it";
}

TEST(SandboxNote, ReaderOfTheOldOneIsNotDisturbed) {
  const TempDirectory directory;
  ASSERT_TRUE(write_sandbox_note(directory.path(), {"http://127.0.0.1:1", "old", "secret", "password", "us-east-1"}));
  std::ifstream reader(directory.path() / "sandbox.json");
  ASSERT_TRUE(write_sandbox_note(directory.path(), {"http://127.0.0.1:2", "new", "secret", "password", "us-east-1"}));
  const std::string text{std::istreambuf_iterator<char>(reader), std::istreambuf_iterator<char>()};
  EXPECT_NE(text.find("old"), std::string::npos);
  EXPECT_EQ(read_sandbox_note(directory.path())->access_key_id, "new");
}

}  // namespace
}  // namespace sesame::app
