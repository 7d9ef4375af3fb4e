#include "store/sqlite/content_files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "store/sqlite/database.h"
#include "store/testing/temp_stores.h"

namespace sesame::store::sqlite {
namespace {

constexpr ContentFiles::Limits small{.file_octets = 10'000, .whole_files = 2, .least_hole = 4096};

class ContentFilesTest : public testing::Test {
 protected:
  std::filesystem::path directory() const { return temp.path() / "contents"; }
  void open(const std::vector<ContentPlace>& named = {}) {
    files = std::make_unique<ContentFiles>(directory(), small);
    files->open(named);
  }
  // As one transaction with one content.
  ContentPlace commit(const std::string& octets) {
    const ContentPlace place = files->append(octets);
    files->sync();
    files->keep(place);
    files->tidy();
    return place;
  }
  void drop(const ContentPlace& place) {
    files->drop(place);
    files->tidy();
  }
  std::vector<std::string> names() const {
    std::vector<std::string> found;
    for (const auto& entry : std::filesystem::directory_iterator(directory())) found.push_back(entry.path().filename());
    std::ranges::sort(found);
    return found;
  }
  std::int64_t blocks_of(const std::string& name) const {
    struct stat status{};
    EXPECT_EQ(::stat((directory() / name).c_str(), &status), 0);
    return status.st_blocks;
  }

  TempDirectory temp;
  std::unique_ptr<ContentFiles> files;
};

using Names = std::vector<std::string>;

TEST_F(ContentFilesTest, WhatWasAppendedIsReadFromItsPlace) {
  open();
  const ContentPlace first = commit("first"), empty = commit(""), second = commit(std::string("sec\0nd", 6));
  EXPECT_EQ(files->read(first), "first");
  EXPECT_EQ(files->read(empty), "");
  EXPECT_EQ(files->read(second), std::string("sec\0nd", 6));
}

TEST_F(ContentFilesTest, AFileGoesWithItsLastContentOnceItIsFull) {
  open();
  const ContentPlace first = commit(std::string(6'000, 'a')), second = commit(std::string(6'000, 'b'));
  const ContentPlace third = commit("c");
  EXPECT_EQ(names(), (Names{"1.contents", "2.contents"}));
  drop(first);
  EXPECT_EQ(names(), (Names{"1.contents", "2.contents"}));
  drop(second);
  EXPECT_EQ(names(), Names{"2.contents"});
  EXPECT_EQ(files->read(third), "c");
}

TEST_F(ContentFilesTest, WhatATransactionThatFailedAppendedGoesWithItsFile) {
  open();
  files->append(std::string(12'000, 'a'));
  files->tidy();  // rolled back
  EXPECT_EQ(names(), Names{});
  const ContentPlace next = commit("b");
  EXPECT_EQ(files->read(next), "b");
}

TEST_F(ContentFilesTest, AfterARestartOnlyNamedFilesAreLeftAndNothingIsAppendedToThem) {
  open();
  const ContentPlace kept = commit(std::string(10'000, 'a'));
  commit("nobody names this after the crash");
  open({kept});
  EXPECT_EQ(names(), Names{"1.contents"});
  EXPECT_EQ(files->read(kept), std::string(10'000, 'a'));
  const ContentPlace next = commit("b");
  EXPECT_NE(next.file, kept.file);
  drop(kept);
  EXPECT_EQ(files->read(next), "b");
}

TEST_F(ContentFilesTest, TheRestOfAFileThatAFewKeepAliveIsGivenBackAndTheyStay) {
  open();
  std::vector<ContentPlace> kept;
  for (const char letter : {'a', 'b', 'c', 'd'}) {
    // Two of one transaction share a file.
    const ContentPlace dropped = files->append(std::string(20'000, letter));
    kept.push_back(files->append(std::string(5'000, letter)));
    files->sync();
    files->keep(dropped);
    files->keep(kept.back());
    files->drop(dropped);
    files->tidy();
  }
  EXPECT_EQ(names().size(), 4u);
  EXPECT_LT(blocks_of("1.contents"), blocks_of("4.contents"));
  EXPECT_EQ(files->read(kept[0]), std::string(5'000, 'a'));
  EXPECT_EQ(files->read(kept[3]), std::string(5'000, 'd'));
}

TEST_F(ContentFilesTest, AFileThatIsMissingOrTooShortIsCorruption) {
  open();
  const ContentPlace place = commit("content");
  std::filesystem::resize_file(directory() / "1.contents", 3);
  const auto code_of = [&](const ContentPlace& where) {
    try {
      files->read(where);
    } catch (const EngineFailure& failure) {
      return failure.error().code;
    }
    return StoreErrc::not_found;
  };
  EXPECT_EQ(code_of(place), StoreErrc::corrupt);
  EXPECT_EQ(code_of({.file = 7, .at = 0, .octets = 1}), StoreErrc::corrupt);
}

TEST_F(ContentFilesTest, OtherPeoplesFilesInTheDirectoryAreLeftAlone) {
  std::filesystem::create_directory(directory());
  for (const char* name : {"notes.txt", "x.contents", "0.contents", "1.contents"})
    std::ofstream(directory() / name) << "x";
  open();
  EXPECT_EQ(names(), (Names{"0.contents", "notes.txt", "x.contents"}));
}

}  // namespace
}  // namespace sesame::store::sqlite
