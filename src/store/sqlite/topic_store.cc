#include "store/sqlite/topic_store.h"

#include "store/sqlite/identity_rows.h"
#include "store/sqlite/row_errors.h"

namespace sesame::store::sqlite {
namespace {

#define SESAME_TOPIC_COLUMNS "arn, account_id, display_name, policy, signature_version, created"
#define SESAME_SUBSCRIPTION_COLUMNS                                                                                    \
  "arn, topic_arn, account_id, endpoint, confirmed, raw_message_delivery, authenticate_on_unsubscribe, token_sha256, " \
  "created"

Topic read_topic(Query& row) {
  return {.arn = row.text(0),
          .account_id = row.text(1),
          .display_name = row.text(2),
          .policy = row.text(3),
          .signature_version = static_cast<int>(row.integer(4)),
          .created = row.time(5)};
}

Subscription read_subscription(Query& row) {
  return {.arn = row.text(0),
          .topic_arn = row.text(1),
          .account_id = row.text(2),
          .endpoint = row.text(3),
          .confirmed = row.boolean(4),
          .raw_message_delivery = row.boolean(5),
          .authenticate_on_unsubscribe = row.boolean(6),
          .token_sha256 = row.text(7),
          .created = row.time(8)};
}

StoreResult<Topic> find(Database& db, const std::string& arn) {
  Query query(db, "select " SESAME_TOPIC_COLUMNS " from topics where arn = ?1", arn);
  if (!query.step()) return not_found("topic " + arn);
  return read_topic(query);
}

StoreResult<Subscription> find_to(Database& db, const std::string& topic_arn, const std::string& endpoint) {
  Query query(db, "select " SESAME_SUBSCRIPTION_COLUMNS " from subscriptions where topic_arn = ?1 and endpoint = ?2",
              topic_arn, endpoint);
  if (!query.step()) return not_found("subscription of " + endpoint);
  return read_subscription(query);
}

std::vector<Subscription> read_all(Query& query) {
  std::vector<Subscription> subscriptions;
  while (query.step()) subscriptions.push_back(read_subscription(query));
  return subscriptions;
}

// A kind's number is its place in FeedbackTopics, on disk as well: kinds are only ever added at the end.
std::int64_t number_of(FeedbackKind kind) { return static_cast<std::int64_t>(kind); }

}  // namespace

StoreTask<Topic> SqliteTopicStore::create_topic(Topic topic) {
  auto operation = [topic = std::move(topic)](Database& db) -> StoreResult<Topic> {
    Query(db, "insert into topics (" SESAME_TOPIC_COLUMNS ") values (?1, ?2, ?3, ?4, ?5, ?6) on conflict do nothing",
          topic.arn, topic.account_id, topic.display_name, topic.policy, topic.signature_version, topic.created)
        .run();
    return find(db, topic.arn);
  };
  return engine_.writer.write(std::move(operation));
}

StoreTask<Topic> SqliteTopicStore::find_topic(std::string arn) {
  return engine_.readers.read([arn = std::move(arn)](Database& db) { return find(db, arn); });
}

StoreTask<void> SqliteTopicStore::update_topic(Topic topic) {
  auto operation = [topic = std::move(topic)](Database& db) -> StoreResult<void> {
    Query(db, "update topics set display_name = ?2, policy = ?3, signature_version = ?4 where arn = ?1", topic.arn,
          topic.display_name, topic.policy, topic.signature_version)
        .run();
    return expect_found(db, "topic " + topic.arn);
  };
  return engine_.writer.write(std::move(operation));
}

StoreTask<void> SqliteTopicStore::delete_topic(std::string arn) {
  auto operation = [arn = std::move(arn)](Database& db) -> StoreResult<void> {
    Query(db, "delete from topics where arn = ?1", arn).run();
    return {};
  };
  return engine_.writer.write(std::move(operation));
}

StoreTask<std::vector<Topic>> SqliteTopicStore::list_topics(std::string account_id, std::string after,
                                                            std::size_t limit) {
  auto operation = [account_id = std::move(account_id), after = std::move(after),
                    limit](Database& db) -> StoreResult<std::vector<Topic>> {
    Query query(db,
                "select " SESAME_TOPIC_COLUMNS " from topics where account_id = ?1 and arn > ?2 order by arn limit ?3",
                account_id, after, limit);
    std::vector<Topic> topics;
    while (query.step()) topics.push_back(read_topic(query));
    return topics;
  };
  return engine_.readers.read(std::move(operation));
}

StoreTask<std::uint64_t> SqliteTopicStore::count_topics(std::string account_id) {
  auto operation = [account_id = std::move(account_id)](Database& db) -> StoreResult<std::uint64_t> {
    Query query(db, "select count(*) from topics where account_id = ?1", account_id);
    query.step();
    return static_cast<std::uint64_t>(query.integer(0));
  };
  return engine_.readers.read(std::move(operation));
}

StoreTask<Subscription> SqliteTopicStore::put_subscription(Subscription subscription) {
  auto operation = [s = std::move(subscription)](Database& db) -> StoreResult<Subscription> {
    if (const auto topic = find(db, s.topic_arn); !topic) return std::unexpected(topic.error());
    Query(db,
          "insert into subscriptions (" SESAME_SUBSCRIPTION_COLUMNS
          ") values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) on conflict (topic_arn, endpoint) do update set "
          "raw_message_delivery = excluded.raw_message_delivery, token_sha256 = excluded.token_sha256, "
          "created = excluded.created where confirmed = 0",
          s.arn, s.topic_arn, s.account_id, s.endpoint, s.confirmed, s.raw_message_delivery,
          s.authenticate_on_unsubscribe, s.token_sha256, s.created)
        .run();
    return find_to(db, s.topic_arn, s.endpoint);
  };
  return engine_.writer.write(std::move(operation));
}

StoreTask<void> SqliteTopicStore::set_raw_message_delivery(std::string subscription_arn, bool raw) {
  auto operation = [arn = std::move(subscription_arn), raw](Database& db) -> StoreResult<void> {
    Query(db, "update subscriptions set raw_message_delivery = ?2 where arn = ?1", arn, raw).run();
    return expect_found(db, "subscription " + arn);
  };
  return engine_.writer.write(std::move(operation));
}

StoreTask<Subscription> SqliteTopicStore::find_subscription(std::string arn) {
  auto operation = [arn = std::move(arn)](Database& db) -> StoreResult<Subscription> {
    Query query(db, "select " SESAME_SUBSCRIPTION_COLUMNS " from subscriptions where arn = ?1", arn);
    if (!query.step()) return not_found("subscription " + arn);
    return read_subscription(query);
  };
  return engine_.readers.read(std::move(operation));
}

StoreTask<Subscription> SqliteTopicStore::find_subscription_to(std::string topic_arn, std::string endpoint) {
  auto operation = [topic_arn = std::move(topic_arn), endpoint = std::move(endpoint)](Database& db) {
    return find_to(db, topic_arn, endpoint);
  };
  return engine_.readers.read(std::move(operation));
}

StoreTask<Subscription> SqliteTopicStore::confirm_subscription(std::string topic_arn, std::string token_sha256,
                                                               Time not_before, bool authenticate_on_unsubscribe) {
  auto operation = [=](Database& db) -> StoreResult<Subscription> {
    Query(db,
          "update subscriptions set confirmed = 1, authenticate_on_unsubscribe = ?4 "
          "where topic_arn = ?1 and token_sha256 = ?2 and created >= ?3 and confirmed = 0",
          topic_arn, token_sha256, not_before, authenticate_on_unsubscribe)
        .run();
    Query query(db,
                "select " SESAME_SUBSCRIPTION_COLUMNS
                " from subscriptions where topic_arn = ?1 and token_sha256 = ?2 and confirmed = 1",
                topic_arn, token_sha256);
    if (!query.step()) return not_found("subscription by token");
    return read_subscription(query);
  };
  return engine_.writer.write(std::move(operation));
}

StoreTask<void> SqliteTopicStore::delete_subscription(std::string arn) {
  auto operation = [arn = std::move(arn)](Database& db) -> StoreResult<void> {
    Query(db, "delete from subscriptions where arn = ?1", arn).run();
    return {};
  };
  return engine_.writer.write(std::move(operation));
}

StoreTask<std::vector<Subscription>> SqliteTopicStore::list_subscriptions(std::string account_id, std::string after,
                                                                          std::size_t limit) {
  auto operation = [=](Database& db) -> StoreResult<std::vector<Subscription>> {
    Query query(db,
                "select " SESAME_SUBSCRIPTION_COLUMNS
                " from subscriptions where account_id = ?1 and arn > ?2 order by arn limit ?3",
                account_id, after, limit);
    return read_all(query);
  };
  return engine_.readers.read(std::move(operation));
}

StoreTask<std::vector<Subscription>> SqliteTopicStore::list_topic_subscriptions(std::string topic_arn,
                                                                                std::string after, std::size_t limit) {
  auto operation = [=](Database& db) -> StoreResult<std::vector<Subscription>> {
    // The ARN of a subscription begins with its topic's, so theirs lie together.
    Query query(db,
                "select " SESAME_SUBSCRIPTION_COLUMNS
                " from subscriptions where arn > ?2 and arn > ?1 || ':' and arn < ?1 || ';' order by arn limit ?3",
                topic_arn, after, limit);
    return read_all(query);
  };
  return engine_.readers.read(std::move(operation));
}

StoreTask<SubscriptionCounts> SqliteTopicStore::count_subscriptions(std::string topic_arn) {
  auto operation = [topic_arn = std::move(topic_arn)](Database& db) -> StoreResult<SubscriptionCounts> {
    Query query(db,
                "select coalesce(sum(confirmed), 0), coalesce(sum(1 - confirmed), 0) from subscriptions "
                "where topic_arn = ?1",
                topic_arn);
    query.step();
    return SubscriptionCounts{.confirmed = static_cast<std::uint64_t>(query.integer(0)),
                              .pending = static_cast<std::uint64_t>(query.integer(1))};
  };
  return engine_.readers.read(std::move(operation));
}

StoreTask<std::size_t> SqliteTopicStore::forget_pending_subscriptions(Time before) {
  auto operation = [before](Database& db) -> StoreResult<std::size_t> {
    Query(db, "delete from subscriptions where confirmed = 0 and created < ?1", before).run();
    return static_cast<std::size_t>(db.changes());
  };
  return engine_.writer.write(std::move(operation));
}

StoreTask<void> SqliteTopicStore::set_feedback_topic(std::string account_id, std::string identity, FeedbackKind kind,
                                                     std::optional<std::string> topic_arn) {
  auto operation = [=](Database& db) -> StoreResult<void> {
    const auto identity_id = find_identity_id(db, account_id, identity);
    if (!identity_id) return not_found("identity " + identity);
    Query(db,
          "insert into feedback_topics (identity_id, kind, topic_arn, with_headers) values (?1, ?2, ?3, 0) "
          "on conflict do update set topic_arn = excluded.topic_arn",
          *identity_id, number_of(kind), topic_arn)
        .run();
    return {};
  };
  return engine_.writer.write(std::move(operation));
}

StoreTask<void> SqliteTopicStore::set_feedback_headers(std::string account_id, std::string identity, FeedbackKind kind,
                                                       bool with_headers) {
  auto operation = [=](Database& db) -> StoreResult<void> {
    const auto identity_id = find_identity_id(db, account_id, identity);
    if (!identity_id) return not_found("identity " + identity);
    Query(db,
          "insert into feedback_topics (identity_id, kind, with_headers) values (?1, ?2, ?3) "
          "on conflict do update set with_headers = excluded.with_headers",
          *identity_id, number_of(kind), with_headers)
        .run();
    return {};
  };
  return engine_.writer.write(std::move(operation));
}

StoreTask<FeedbackTopics> SqliteTopicStore::find_feedback_topics(std::string account_id, std::string identity) {
  auto operation = [=](Database& db) -> StoreResult<FeedbackTopics> {
    Query query(
        db,
        "select feedback_topics.kind, topic_arn, with_headers from feedback_topics join identities using (identity_id) "
        "where account_id = ?1 and name = ?2",
        account_id, identity);
    FeedbackTopics topics;
    while (query.step()) {
      const auto kind = static_cast<std::uint64_t>(query.integer(0));
      if (kind >= feedback_kind_count) {
        return std::unexpected(StoreError{StoreErrc::corrupt, "unknown kind of feedback of " + identity});
      }
      topics.kinds[kind] = {.topic_arn = query.optional_text(1), .with_headers = query.boolean(2)};
    }
    return topics;
  };
  return engine_.readers.read(std::move(operation));
}

}  // namespace sesame::store::sqlite
