#include "delivery/trace_book.h"

#include <gtest/gtest.h>

namespace sesame::delivery {
namespace {

using namespace std::chrono_literals;

const Time now = from_unix_ms(1767225600000);
const TraceSubject domain{"1", TraceScope::domain, "example.net"};
const TraceSubject message{"1", TraceScope::message, "id-7"};

store::DueRecipient recipient(const std::string& id, const std::string& account = "1") {
  store::DueRecipient made;
  made.api_message_id = id;
  made.account_id = account;
  return made;
}
void add(TraceBook& book, const std::string& id, const std::string& to, std::string dialogue = "x", Time at = now) {
  TracedSession session;
  session.dialogue = std::move(dialogue);
  book.add(recipient(id), to, std::move(session), at);
}
std::size_t count(TraceBook& book, const TraceSubject& subject) {
  const auto view = book.find(subject, 0, now);
  return view ? view->sessions.size() : 0;
}

TEST(TraceBookTest, WantsWhatItWasStartedFor) {
  TraceBook book;
  EXPECT_FALSE(book.is_on());
  EXPECT_TRUE(book.start(domain, now + 10min, now));
  EXPECT_TRUE(book.start(message, now + 10min, now));
  EXPECT_TRUE(book.is_on());
  EXPECT_TRUE(book.wants(recipient("id-1"), "example.net", now));
  EXPECT_FALSE(book.wants(recipient("id-1"), "example.org", now));
  EXPECT_TRUE(book.wants(recipient("id-7"), "example.org", now));
  EXPECT_FALSE(book.wants(recipient("id-7", "2"), "example.net", now));  // somebody else's mail
  add(book, "id-7", "example.net");
  add(book, "id-1", "example.net");
  EXPECT_EQ(count(book, domain), 2u);
  EXPECT_EQ(count(book, message), 1u);
  const auto later = book.find(domain, 1, now);
  ASSERT_TRUE(later);
  ASSERT_EQ(later->sessions.size(), 1u);
  EXPECT_EQ(later->sessions[0].api_message_id, "id-1");
}

TEST(TraceBookTest, EndsByItselfAndIsKeptForAWhile) {
  TraceBook book;
  book.start(domain, now + 10min, now);
  add(book, "id-1", "example.net");
  const Time over = now + 10min;
  EXPECT_FALSE(book.wants(recipient("id-1"), "example.net", over));
  const auto view = book.find(domain, 0, over);
  ASSERT_TRUE(view);
  EXPECT_FALSE(view->is_on);
  EXPECT_EQ(view->sessions.size(), 1u);
  EXPECT_FALSE(book.is_on());
  EXPECT_FALSE(book.find(domain, 0, over + TraceBook::kept_for));
}

TEST(TraceBookTest, IsEndedOnRequest) {
  TraceBook book;
  book.start(domain, now + 10min, now);
  EXPECT_TRUE(book.end(domain));
  EXPECT_FALSE(book.end(domain));
  EXPECT_FALSE(book.is_on());
}

TEST(TraceBookTest, IsBounded) {
  TraceBook book;
  book.start(domain, now + 1000h, now);
  EXPECT_EQ(book.list("1", now).at(0).until, now + TraceBook::longest);
  for (std::size_t i = 0; i < TraceBook::max_sessions + 5; ++i) add(book, "id", "example.net");
  EXPECT_EQ(count(book, domain), TraceBook::max_sessions);
  EXPECT_EQ(book.list("1", now).at(0).forgotten, 5u);
  for (int i = 0; i < 3; ++i) add(book, "id", "example.net", std::string(TraceBook::max_octets / 2, 'x'));
  EXPECT_LE(count(book, domain), 2u);
  for (std::size_t i = 1; i < TraceBook::max_traces; ++i) {
    EXPECT_TRUE(book.start({"1", TraceScope::message, std::to_string(i)}, now + 1min, now));
  }
  EXPECT_FALSE(book.start(message, now + 1min, now));
  EXPECT_TRUE(book.start(domain, now + 2min, now));  // that one is there
  EXPECT_TRUE(book.list("2", now).empty());
}

}  // namespace
}  // namespace sesame::delivery
