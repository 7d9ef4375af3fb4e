#include "store/open.h"

#include <gtest/gtest.h>

#include <fstream>

#include "net/testing/run_task.h"
#include "store/sqlite/control_schema.h"
#include "store/sqlite/database.h"
#include "store/sqlite/queue_schema.h"
#include "store/testing/temp_stores.h"

namespace sesame::store {
namespace {

namespace fs = std::filesystem;

class OpenStores : public testing::Test {
 protected:
  Result<Stores, std::string> open(const fs::path& path) { return open_stores("sqlite:" + path.string(), sealer_); }
  std::string error(const fs::path& path) {
    const auto opened = open(path);
    return opened ? "" : opened.error();
  }

  TempDirectory directory_;
  SecureRandom random_;
  Sealer sealer_{Secret(std::string(32, 'k')), random_};
};

TEST_F(OpenStores, MakesTheDirectoryForItsOwnerOnly) {
  const fs::path path = directory_.path() / "data";
  ASSERT_TRUE(open(path));
  EXPECT_EQ(fs::status(path).permissions(), fs::perms::owner_all);
  EXPECT_TRUE(fs::exists(path / "control.db"));
  EXPECT_TRUE(fs::exists(path / "queue.db"));
}

TEST_F(OpenStores, NothingIsCreatedBelowAMissingParent) {
  const fs::path path = directory_.path() / "missing" / "data";
  EXPECT_EQ(error(path), "cannot use " + path.string() + ": No such file or directory");
  EXPECT_TRUE(fs::is_empty(directory_.path()));
}

TEST_F(OpenStores, FileInPlaceOfTheDirectoryIsNamed) {
  const fs::path path = directory_.path() / "data";
  std::ofstream(path) << "a file";
  EXPECT_TRUE(error(path).starts_with("cannot use " + path.string() + ": ")) << error(path);
}

TEST_F(OpenStores, UnknownUrlIsRefused) {
  for (const char* url : {"", "sqlite:", "postgres:db", "/var/lib/sesame"}) {
    const auto opened = open_stores(url, sealer_);
    ASSERT_FALSE(opened) << url;
    EXPECT_EQ(opened.error(), "store url \"" + std::string(url) + "\" is not of the form sqlite:<directory>");
  }
}

TEST_F(OpenStores, SecondOpeningIsRefusedUntilBothStoresAreGone) {
  auto first = open(directory_.path());
  ASSERT_TRUE(first);
  const std::string taken = "another sesame is using " + directory_.path().string();
  EXPECT_EQ(error(directory_.path()), taken);
  first->control.reset();
  EXPECT_EQ(error(directory_.path()), taken);
  first->queue.reset();
  EXPECT_EQ(error(directory_.path()), "");
}

TEST_F(OpenStores, NewerSchemaIsRefusedNamingTheFile) {
  ASSERT_TRUE(open(directory_.path()));
  const fs::path file = directory_.path() / "queue.db";
  sqlite::Database(file, {}).run_script("pragma user_version = 99");
  EXPECT_EQ(error(directory_.path()), file.string() + ": schema version 99 is newer than this program knows (" +
                                          std::to_string(sqlite::queue_schema.steps.size()) + ")");
}

TEST_F(OpenStores, OlderControlStoreIsNotBroughtForwardWhileTheServiceHasItOpen) {
  const std::string url = "sqlite:" + directory_.path().string();
  const fs::path file = directory_.path() / "control.db";
  auto service = open(directory_.path());
  ASSERT_TRUE(service);
  EXPECT_TRUE(open_control_store(url, sealer_));
  sqlite::Database(file, {}).run_script("pragma user_version = 0");
  const auto beside = open_control_store(url, sealer_);
  ASSERT_FALSE(beside);
  EXPECT_EQ(beside.error(), file.string() + ": schema version 0 is older than this program's (" +
                                std::to_string(sqlite::control_schema.steps.size()) +
                                "), and another sesame is using it");
  EXPECT_EQ(sqlite::Database(file, {}).single_integer("pragma user_version"), 0);
}

TEST_F(OpenStores, ControlStoreAloneIsMadeWhenNobodyHasTheDirectory) {
  const fs::path path = directory_.path() / "data";
  EXPECT_TRUE(open_control_store("sqlite:" + path.string(), sealer_));
  EXPECT_TRUE(open(path)) << "and does not keep it";
}

TEST_F(OpenStores, DirectoryIsCheckedWithoutMakingAnything) {
  const auto problem = [](const fs::path& path) {
    const auto checked = check_directory("sqlite:" + path.string());
    return checked ? "" : checked.error();
  };
  const fs::path path = directory_.path() / "data";
  EXPECT_EQ(problem(path), "");
  EXPECT_EQ(problem(path / ""), "");
  EXPECT_EQ(problem(path / "below"), "cannot use " + (path / "below").string() + ": No such file or directory");
  EXPECT_TRUE(fs::is_empty(directory_.path()));
  std::ofstream(path) << "a file";
  EXPECT_EQ(problem(path), "cannot use " + path.string() + ": it is not a directory");
  fs::remove(path);
  auto holder = open(path);
  ASSERT_TRUE(holder);
  EXPECT_EQ(problem(path), "another sesame is using " + path.string());
  holder = std::unexpected("let go");
  EXPECT_EQ(problem(path), "");
}

TEST_F(OpenStores, ExchangedFilesAreRefused) {
  ASSERT_TRUE(open(directory_.path()));
  fs::rename(directory_.path() / "queue.db", directory_.path() / "control.db");
  EXPECT_NE(error(directory_.path()).find("control.db: not a database of this kind"), std::string::npos);
}

TEST_F(OpenStores, DamagedFileIsNamed) {
  std::ofstream(directory_.path() / "control.db") << std::string(20000, 'x');
  EXPECT_NE(error(directory_.path()).find("control.db: file is not a database"), std::string::npos)
      << error(directory_.path());
}

}  // namespace
}  // namespace sesame::store
