// sqlite/metric_rows.h: counters by quarter of an hour as rows of queue.db. Called on database threads; each function
// is part of its caller's transaction.
#pragma once

#include <map>
#include <string>
#include <tuple>

#include "store/queue_store.h"
#include "store/sqlite/database.h"

namespace sesame::store::sqlite {

// Whose counters something adds to.
struct CountedMessage {
  std::string account_id;
  std::string identity;
  std::optional<std::string> configuration_set;
};

// What the operations of a transaction count, gathered so that each row is written once for all of them.
class MetricTally {
 public:
  // `address` is of the recipient; without a domain, nothing is counted for receiver domains.
  void add(const CountedMessage& message, std::string_view address, Metric metric, Time at);
  void add(const MetricTally& other);
  void write(Database& db);
  void clear() { rows_.clear(); }

 private:
  using Row = std::tuple<std::string, std::int64_t, std::int64_t, std::string>;  // account, dimension, interval, name
  std::map<Row, std::array<std::uint64_t, metric_count>> rows_;
};

StoreResult<std::vector<MetricPoint>> read_metrics(Database& db, const std::string& account_id,
                                                   MetricDimension dimension, const std::optional<std::string>& name,
                                                   Time since, std::size_t limit);
std::size_t forget_metric_rows(Database& db, Time before, std::size_t limit);

}  // namespace sesame::store::sqlite
