#include "store/sqlite/writer.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <semaphore>

#include "net/testing/run_task.h"
#include "store/testing/conformance.h"
#include "store/testing/temp_stores.h"

namespace sesame::store::sqlite {
namespace {

using Outcomes = std::vector<std::optional<StoreErrc>>;

auto insert(std::int64_t value) {
  return [value](Database& db) -> StoreResult<void> {
    Query(db, "insert into numbers values (?1)", value).run();
    return {};
  };
}

template <class Operation>
net::Task<void> write(Writer* writer, Operation operation, Outcomes* outcomes) {
  const auto result = co_await writer->write(std::move(operation));
  outcomes->push_back(error_of(result));
}

template <class Operation>
net::Task<void> write_repeatable(Writer* writer, Operation operation, Outcomes* outcomes) {
  const auto result = co_await writer->write_repeatable(std::move(operation));
  outcomes->push_back(error_of(result));
}

// Occupies the writer's thread until `gate` opens.
net::Task<void> hold(Writer* writer, std::binary_semaphore* held, std::binary_semaphore* gate) {
  auto wait = [held, gate](Database&) -> StoreResult<void> {
    held->release();
    gate->acquire();
    return {};
  };
  const StoreResult<void> result = co_await writer->between(std::move(wait));
  EXPECT_TRUE(result);
}

net::Task<void> open_gate(std::binary_semaphore* gate) {
  gate->release();
  co_return;
}

class WriterTest : public testing::Test {
 protected:
  WriterTest() { start({}); }

  void start(JobQueue::Limits limits) {
    writer_.reset();
    auto db = std::make_unique<Database>(directory_.path() / "numbers.db", DatabaseSettings{});
    db->run_script(
        "create table if not exists numbers (value integer primary key) strict;"
        "create table if not exists children (parent integer references numbers "
        "deferrable initially deferred) strict");
    writer_ = std::make_unique<Writer>(std::move(db), limits);
  }
  std::int64_t count() {
    auto counting = [](Database& db) -> StoreResult<std::int64_t> {
      return db.single_integer("select count(*) from numbers");
    };
    return net::run_task(writer_->between(counting)).value();
  }
  // Everything spawned between the two falls into one batch.
  void begin_batch() {
    loop_.spawn(hold(writer_.get(), &held_, &gate_));
    net::TestLoop& loop = loop_;
    loop.run(net::Task<void>(nothing()));
    held_.acquire();
  }
  void end_batch() {
    loop_.spawn(open_gate(&gate_));
    loop_.run_all();
  }
  static net::Task<void> nothing() { co_return; }

  TempDirectory directory_;
  std::unique_ptr<Writer> writer_;
  net::TestLoop loop_;
  std::binary_semaphore held_{0}, gate_{0};
  Outcomes outcomes_;
};

TEST_F(WriterTest, OperationThatFailsLeavesItsNeighboursAlone) {
  auto half_then_refuse = [](Database& db) -> StoreResult<void> {
    Query(db, "insert into numbers values (100)").run();
    return std::unexpected(StoreError{StoreErrc::conflict, ""});
  };
  auto half_then_throw = [](Database& db) -> StoreResult<void> {
    Query(db, "insert into numbers values (200)").run();
    throw std::runtime_error("a bug");
  };
  begin_batch();
  loop_.spawn(write(writer_.get(), insert(1), &outcomes_));
  loop_.spawn(write(writer_.get(), insert(1), &outcomes_));
  loop_.spawn(write(writer_.get(), half_then_refuse, &outcomes_));
  loop_.spawn(write(writer_.get(), half_then_throw, &outcomes_));
  loop_.spawn(write(writer_.get(), insert(2), &outcomes_));
  end_batch();
  EXPECT_EQ(outcomes_, (Outcomes{std::nullopt, StoreErrc::already_exists, StoreErrc::conflict, StoreErrc::unavailable,
                                 std::nullopt}));
  EXPECT_EQ(count(), 2);
}

TEST_F(WriterTest, RepeatableOperationThatFailsLeavesItsNeighboursAlone) {
  int performed = 0, undone = 0;
  writer_.reset();
  auto db = std::make_unique<Database>(directory_.path() / "numbers.db", DatabaseSettings{});
  writer_ = std::make_unique<Writer>(std::move(db), JobQueue::Limits(),
                                     CommitHooks{.after_rollback = [&undone] { ++undone; }});
  auto half_then_refuse = [](Database& db) -> StoreResult<void> {
    Query(db, "insert into numbers values (100)").run();
    return std::unexpected(StoreError{StoreErrc::conflict, ""});
  };
  auto counted = [&performed](Database& db) -> StoreResult<void> {
    ++performed;
    Query(db, "insert into numbers values (3)").run();
    return {};
  };
  begin_batch();
  loop_.spawn(write_repeatable(writer_.get(), insert(1), &outcomes_));
  loop_.spawn(write_repeatable(writer_.get(), insert(1), &outcomes_));
  loop_.spawn(write_repeatable(writer_.get(), half_then_refuse, &outcomes_));
  loop_.spawn(write_repeatable(writer_.get(), insert(2), &outcomes_));
  end_batch();
  EXPECT_EQ(outcomes_, (Outcomes{std::nullopt, StoreErrc::already_exists, StoreErrc::conflict, std::nullopt}));
  EXPECT_EQ(count(), 2);
  EXPECT_EQ(undone, 1);
  loop_.spawn(write_repeatable(writer_.get(), counted, &outcomes_));
  loop_.run_all();
  EXPECT_EQ(performed, 1);  // nothing failed
  EXPECT_EQ(undone, 1);
  EXPECT_EQ(count(), 3);
}

TEST_F(WriterTest, WhatIsNotRepeatableIsPerformedOnce) {
  int performed = 0;
  auto counted = [&performed](Database& db) -> StoreResult<void> {
    ++performed;
    Query(db, "insert into numbers values (3)").run();
    return {};
  };
  begin_batch();
  loop_.spawn(write(writer_.get(), counted, &outcomes_));
  loop_.spawn(write_repeatable(writer_.get(), insert(3), &outcomes_));
  end_batch();
  EXPECT_EQ(outcomes_, (Outcomes{std::nullopt, StoreErrc::already_exists}));
  EXPECT_EQ(performed, 1);
}

TEST_F(WriterTest, WhatGatheredIsOneCommit) {
  std::vector<std::int64_t> frames;
  auto note_frames = [&frames](Database& db) -> StoreResult<void> {
    frames.push_back(db.wal_frames());
    Query(db, "insert into numbers values (?1)", frames.size()).run();
    return {};
  };
  begin_batch();
  for (int i = 0; i < 50; ++i) loop_.spawn(write(writer_.get(), note_frames, &outcomes_));
  end_batch();
  ASSERT_EQ(frames.size(), 50u);
  EXPECT_EQ(frames.front(), frames.back());
  EXPECT_EQ(count(), 50);
}

TEST_F(WriterTest, FailedCommitIsEverybodysErrorAndStoresNothing) {
  int committed = 0;
  auto orphan = [](Database& db) -> StoreResult<void> {
    Query(db, "insert into children values (12345)").run();
    return {};
  };
  begin_batch();
  loop_.spawn(write(writer_.get(), insert(1), &outcomes_));
  loop_.spawn(write(writer_.get(), orphan, &outcomes_));
  end_batch();
  EXPECT_EQ(outcomes_, (Outcomes{StoreErrc::unavailable, StoreErrc::unavailable}));
  auto after_commit = [&committed](const StoreResult<void>&) { ++committed; };
  EXPECT_FALSE(net::run_task(writer_->write(orphan, 0, after_commit)));
  EXPECT_EQ(committed, 0);
  EXPECT_EQ(count(), 0);
  EXPECT_TRUE(net::run_task(writer_->write(insert(1), 0, after_commit)));
  EXPECT_EQ(committed, 1);
  EXPECT_EQ(count(), 1);
}

TEST_F(WriterTest, FullDiskIsFullAndTheStoreStaysUsable) {
  auto limit = [](Database& db) -> StoreResult<void> {
    db.run_script("pragma max_page_count = 8");
    return {};
  };
  auto large = [](Database& db) -> StoreResult<void> {
    db.execute("create table large as select zeroblob(1000000)");
    return {};
  };
  ASSERT_TRUE(net::run_task(writer_->between(limit)));
  EXPECT_EQ(error_of(net::run_task(writer_->write(large))), StoreErrc::full);
  EXPECT_TRUE(net::run_task(writer_->write(insert(1))));
  EXPECT_EQ(count(), 1);
}

TEST_F(WriterTest, TooManyWaitingAreRefused) {
  start({.jobs = 3});
  begin_batch();
  for (int i = 0; i < 5; ++i) loop_.spawn(write(writer_.get(), insert(i), &outcomes_));
  end_batch();
  EXPECT_EQ(std::ranges::count(outcomes_, StoreErrc::full), 2);
  EXPECT_EQ(count(), 3);
}

net::Task<void> write_large(Writer* writer, std::size_t octets, std::int64_t value, Outcomes* outcomes) {
  const StoreResult<void> result = co_await writer->write(insert(value), octets);
  outcomes->push_back(error_of(result));
}

TEST_F(WriterTest, OctetsWaitingAreBoundedToo) {
  start({.octets = 1000});
  begin_batch();
  loop_.spawn(write_large(writer_.get(), 5000, 1, &outcomes_));  // alone it may be larger than the bound
  loop_.spawn(write_large(writer_.get(), 1, 2, &outcomes_));
  end_batch();
  EXPECT_EQ(std::ranges::count(outcomes_, StoreErrc::full), 1);
  EXPECT_EQ(count(), 1);
}

TEST_F(WriterTest, DestructionFinishesWhatIsQueued) {
  begin_batch();
  for (int i = 0; i < 100; ++i) loop_.spawn(write(writer_.get(), insert(i), &outcomes_));
  loop_.run(nothing());
  gate_.release();
  writer_.reset();
  loop_.run_all();
  EXPECT_EQ(outcomes_, Outcomes(100, std::nullopt));
  start({});
  EXPECT_EQ(count(), 100);
}

TEST_F(WriterTest, WhatIsReadBetweenLeavesNothingOpen) {
  auto fail = [](Database& db) -> StoreResult<int> {
    db.single_integer("select count(*) from numbers");
    throw EngineFailure({StoreErrc::corrupt, "as if a page were broken"});
  };
  const auto read = net::run_task(writer_->between(fail));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, StoreErrc::corrupt);
  // What others write now is seen, and what is written here is committed.
  Database other(directory_.path() / "numbers.db", DatabaseSettings{});
  Query(other, "insert into numbers values (7)").run();
  EXPECT_EQ(count(), 1);
  EXPECT_TRUE(net::run_task(writer_->write(insert(8))));
  EXPECT_EQ(count(), 2);
}

TEST_F(WriterTest, LogIsCopiedBackAsItGrows) {
  auto megabyte = [](Database& db) -> StoreResult<void> {
    db.execute("create table if not exists large (octets blob)");
    db.execute("insert into large values (randomblob(1048576))");
    return {};
  };
  for (int i = 0; i < 60; ++i) ASSERT_TRUE(net::run_task(writer_->write(megabyte)));
  EXPECT_LT(std::filesystem::file_size(directory_.path() / "numbers.db-wal"), std::uintmax_t{20} << 20);
  EXPECT_GT(std::filesystem::file_size(directory_.path() / "numbers.db"), std::uintmax_t{40} << 20);
}

}  // namespace
}  // namespace sesame::store::sqlite
