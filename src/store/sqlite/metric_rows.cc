#include "store/sqlite/metric_rows.h"

#include "base/text.h"
#include "store/sqlite/codes.h"

namespace sesame::store::sqlite {
namespace {

using Counts = std::array<std::uint64_t, metric_count>;

std::int64_t interval_of(Time at) {
  return std::chrono::floor<std::chrono::minutes>(at).time_since_epoch().count() / metric_interval.count();
}
Time beginning_of(std::int64_t interval) {
  return Time(std::chrono::duration_cast<Time::duration>(metric_interval * interval));
}

std::string domain_of(std::string_view address) {
  const auto at = address.rfind('@');
  return at == address.npos ? "" : ascii_lower(address.substr(at + 1));
}

bool add_to_row(Database& db, const std::string& account_id, std::int64_t dimension, std::int64_t interval,
                const std::string& name, const Counts& counts) {
  Query(db,
        "update metrics set sends = sends + ?5, deliveries = deliveries + ?6, permanent_bounces = permanent_bounces + "
        "?7, transient_bounces = transient_bounces + ?8, complaints = complaints + ?9, rejects = rejects + ?10, "
        "deferrals = deferrals + ?11 "
        "where account_id = ?1 and dimension = ?2 and interval = ?3 and name = ?4",
        account_id, dimension, interval, name, counts[0], counts[1], counts[2], counts[3], counts[4], counts[5],
        counts[6])
      .run();
  return db.changes() > 0;
}

void insert_row(Database& db, const std::string& account_id, std::int64_t dimension, std::int64_t interval,
                const std::string& name, const Counts& counts) {
  Query(db,
        "insert into metrics (account_id, dimension, interval, name, sends, deliveries, permanent_bounces, "
        "transient_bounces, complaints, rejects, deferrals) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        account_id, dimension, interval, name, counts[0], counts[1], counts[2], counts[3], counts[4], counts[5],
        counts[6])
      .run();
}

bool is_full_of_domains(Database& db, const std::string& account_id, std::int64_t dimension, std::int64_t interval) {
  Query query(db, "select count(*) from metrics where account_id = ?1 and dimension = ?2 and interval = ?3", account_id,
              dimension, interval);
  query.step();
  return query.integer(0) >= static_cast<std::int64_t>(max_metric_domains);
}

}  // namespace

void MetricTally::add(const CountedMessage& message, std::string_view address, Metric metric, Time at) {
  const std::int64_t interval = interval_of(at);
  const auto count = [&](MetricDimension dimension, std::string name) {
    ++rows_[{message.account_id, code_of(dimension), interval, std::move(name)}][static_cast<std::size_t>(metric)];
  };
  count(MetricDimension::account, "");
  if (!message.identity.empty()) count(MetricDimension::identity, message.identity);
  if (message.configuration_set) count(MetricDimension::configuration_set, *message.configuration_set);
  std::string domain = domain_of(address);
  if (!domain.empty()) count(MetricDimension::receiver_domain, std::move(domain));
}

void MetricTally::add(const MetricTally& other) {
  for (const auto& [row, counts] : other.rows_) {
    Counts& own = rows_[row];
    for (std::size_t i = 0; i < metric_count; ++i) own[i] += counts[i];
  }
}

void MetricTally::write(Database& db) {
  const std::int64_t domains = code_of(MetricDimension::receiver_domain);
  for (const auto& [row, counts] : rows_) {
    const auto& [account_id, dimension, interval, name] = row;
    if (add_to_row(db, account_id, dimension, interval, name, counts)) continue;
    // Only a new name has to be counted: names already there go on being told apart.
    const bool is_one_too_many = dimension == domains && is_full_of_domains(db, account_id, dimension, interval);
    if (!is_one_too_many) {
      insert_row(db, account_id, dimension, interval, name, counts);
    } else if (!add_to_row(db, account_id, dimension, interval, "", counts)) {
      insert_row(db, account_id, dimension, interval, "", counts);
    }
  }
  rows_.clear();
}

StoreResult<std::vector<MetricPoint>> read_metrics(Database& db, const std::string& account_id,
                                                   MetricDimension dimension, const std::optional<std::string>& name,
                                                   Time since, std::size_t limit) {
  Query query(db,
              "select interval, name, sends, deliveries, permanent_bounces, transient_bounces, complaints, rejects, "
              "deferrals from metrics where account_id = ?1 and dimension = ?2 and interval >= ?3 and (?4 is null or "
              "name = ?4) "
              "order by interval, name limit ?5",
              account_id, code_of(dimension), interval_of(since), name, limit);
  const auto count = [&](int column) { return static_cast<std::uint64_t>(query.integer(column)); };
  std::vector<MetricPoint> points;
  while (query.step()) {
    points.push_back({.at = beginning_of(query.integer(0)),
                      .name = query.text(1),
                      .counts = {.sends = count(2),
                                 .deliveries = count(3),
                                 .permanent_bounces = count(4),
                                 .transient_bounces = count(5),
                                 .complaints = count(6),
                                 .rejects = count(7),
                                 .deferrals = count(8)}});
  }
  return points;
}

std::size_t forget_metric_rows(Database& db, Time before, std::size_t limit) {
  Query(db,
        "delete from metrics where (account_id, dimension, interval, name) in "
        "(select account_id, dimension, interval, name from metrics where interval < ?1 limit ?2)",
        interval_of(before), limit)
      .run();
  return static_cast<std::size_t>(db.changes());
}

}  // namespace sesame::store::sqlite
