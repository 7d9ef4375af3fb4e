// kill -9 in the middle of enqueueing: what was acknowledged is there afterwards.
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <random>

#include "store/testing/conformance.h"
#include "store/testing/sample_records.h"
#include "store/testing/temp_stores.h"

namespace sesame::store::sqlite {
namespace {

constexpr int rounds = 20;
constexpr int producers = 8;
constexpr int most_acknowledgements = 300;
constexpr std::size_t id_octets = 12;  // one write(2) of a pipe is whole below PIPE_BUF

// Enqueues without end and writes each acknowledged id to `pipe`.
net::Task<void> enqueue_forever(QueueStore* store, int pipe, int producer) {
  for (int number = 0;; ++number) {
    std::string id = fmt::format("m{:03}-{:07}", producer, number);
    NewMessage message = sample_message(id, {"a@example.net", "b@example.net"});
    message.content.append(number % 2 == 0 ? 5'000 : 40'000, 'x');  // a row, and a file
    std::vector<Event> events;
    events.push_back(sample_event(id, EventKind::send));
    const StoreResult<QueueId> stored = co_await store->enqueue(std::move(message), std::move(events));
    if (!stored || ::write(pipe, id.data(), id_octets) != static_cast<ssize_t>(id_octets)) ::_exit(1);
  }
}

[[noreturn]] void run_child(const std::filesystem::path& directory, int pipe) {
  SecureRandom random;
  const Sealer sealer(Secret(std::string(32, 'k')), random);
  auto stores = open_stores("sqlite:" + directory.string(), sealer);
  if (!stores) ::_exit(2);
  net::TestLoop loop(std::chrono::seconds(60));
  for (int i = 0; i < producers; ++i) loop.spawn(enqueue_forever(stores->queue.get(), pipe, i));
  loop.run_all();
  ::_exit(3);
}

// Reads ids until the pipe is empty and closed; kills the child after the `count`-th.
std::vector<std::string> acknowledged_until_killed(int pipe, pid_t child, int count) {
  std::vector<std::string> ids;
  std::string id(id_octets, '\0');
  while (::read(pipe, id.data(), id_octets) == static_cast<ssize_t>(id_octets)) {
    ids.push_back(id);
    if (static_cast<int>(ids.size()) == count) ::kill(child, SIGKILL);
  }
  return ids;
}

void expect_whole(QueueStore& store, const std::string& id) {
  const auto found = net::run_task(store.find_message("111122223333", id));
  ASSERT_TRUE(found) << id << ": " << found.error().detail;
  EXPECT_EQ(found->recipients.size(), 2u);
  const auto content = net::run_task(store.content(found->queue_id));
  ASSERT_TRUE(content);
  EXPECT_GT((*content)->size(), 5'000u);
  const auto events = net::run_task(store.events_of(id));
  ASSERT_TRUE(events);
  EXPECT_EQ(events->size(), 1u);
}

TEST(SqliteCrash, WhatWasAcknowledgedSurvivesKillNine) {
  std::mt19937 random(20260101);
  for (int round = 0; round < rounds; ++round) {
    const int count = std::uniform_int_distribution(1, most_acknowledgements)(random);
    TempStores temp;
    temp.close();
    int ends[2];
    ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      ::close(ends[0]);
      run_child(temp.directory(), ends[1]);
    }
    ::close(ends[1]);
    const std::vector<std::string> ids = acknowledged_until_killed(ends[0], child, count);
    ::close(ends[0]);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << "the child ended by itself: " << WEXITSTATUS(status);
    ASSERT_GE(static_cast<int>(ids.size()), count);

    temp.reopen();
    for (const std::string& id : ids) expect_whole(*temp.stores.queue, id);
    // Whatever else was committed is whole, too, and all of it is due.
    const auto depth = net::run_task(temp.stores.queue->depth());
    ASSERT_TRUE(depth);
    EXPECT_GE(depth->messages_unfinished, ids.size());
    EXPECT_EQ(depth->recipients_queued, 2 * depth->messages_unfinished);
    const auto due = net::run_task(temp.stores.queue->lease_due(from_unix_ms(1767225600000), 100000));
    ASSERT_TRUE(due);
    EXPECT_EQ(due->size(), depth->recipients_queued);
  }
}

}  // namespace
}  // namespace sesame::store::sqlite
