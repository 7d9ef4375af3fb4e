// sqlite/content_files.h: large contents, in files of their own beside queue.db.
//
// SQLite writes an octet of content two to three times (log, database, checksums over both); here it is written once.
// Files are only appended to, one at a time, and never written over: what a row names is what was appended for it. A
// file whose contents are all gone is removed; of one that lives on for a few of them, the room of the others is given
// back to the file system (a hole) when there are many such files.
//
// A row that names a place is committed after sync(), so a crash leaves at worst octets that no row names; they go when
// the file goes, and after a restart nothing is appended to old files. Errors are EngineFailure: full, unavailable,
// corrupt.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace sesame::store::sqlite {

struct ContentPlace {
  std::int64_t file = 0;  // 1, 2, ...: a number is never used again while a row names it
  std::int64_t at = 0;
  std::int64_t octets = 0;
};

class ContentFiles {
 public:
  struct Limits {
    std::int64_t file_octets = std::int64_t{32} << 20;  // a file this long is appended to no more
    std::size_t whole_files = 16;                       // so many may stand as they are; of more, the oldest get holes
    std::int64_t least_hole = std::int64_t{1} << 20;    // that is worth giving back
  };
  explicit ContentFiles(std::filesystem::path directory) : ContentFiles(std::move(directory), Limits{}) {}
  ContentFiles(std::filesystem::path directory, Limits limits) : directory_(std::move(directory)), limits_(limits) {}
  ~ContentFiles();
  ContentFiles(const ContentFiles&) = delete;
  ContentFiles& operator=(const ContentFiles&) = delete;

  // ---- on the writer's thread ----

  // Before anything else: what the rows name. Other files in the directory are what a crash left, and go.
  void open(const std::vector<ContentPlace>& named);

  // In a transaction. Not durable before sync(), which comes before the commit; after a failed sync() nothing more is
  // appended to that file.
  ContentPlace append(std::string_view octets);
  void sync();

  // After a commit: these places are named by a row, or are not any more.
  void keep(const ContentPlace& place);
  void drop(const ContentPlace& place);
  // After a transaction, however it ended, when the above has been said of it.
  void tidy();

  // ---- on any thread ----

  std::string read(const ContentPlace& place) const;

 private:
  struct File {
    std::int64_t octets = 0;                     // appended
    std::map<std::int64_t, std::int64_t> named;  // at -> octets
    std::int64_t named_octets = 0;
    std::int64_t given_back = 0;  // of those that no row names, as of the last hole

    std::int64_t useless() const { return octets - named_octets - given_back; }
  };
  std::filesystem::path path_of(std::int64_t number) const;
  void begin_file();
  void end_file();
  void punch(std::int64_t number, File& file);

  const std::filesystem::path directory_;
  const Limits limits_;
  std::map<std::int64_t, File> files_;  // all that exist, the one that is appended to included
  std::int64_t next_ = 1;
  std::int64_t current_ = 0;  // 0: none
  int descriptor_ = -1;       // of current_
  bool unsynced_ = false;
};

}  // namespace sesame::store::sqlite
