#include "app/metrics_text.h"

#include <gtest/gtest.h>

namespace sesame::app {
namespace {

TEST(MetricsText, CounterGaugeAndBound) {
  MetricsText text;
  text.counter("mails_total", "mails", 3);
  text.gauge("age_seconds", "age", 0.25);
  text.bound("doors", "open doors", 2, 10);
  EXPECT_EQ(text.take(),
            "# HELP mails_total mails\n# TYPE mails_total counter\nmails_total 3\n"
            "# HELP age_seconds age\n# TYPE age_seconds gauge\nage_seconds 0.25\n"
            "# HELP doors open doors\n# TYPE doors gauge\ndoors 2\n"
            "# HELP doors_max how many there may be: open doors\n# TYPE doors_max gauge\ndoors_max 10\n");
}

TEST(MetricsText, LabelsAreEscaped) {
  MetricsText text;
  text.line("waiting", {{"group", "a\"b\\c\nd"}, {"source", "192.0.2.1"}}, 1);
  EXPECT_EQ(text.take(), "waiting{group=\"a\\\"b\\\\c\\nd\",source=\"192.0.2.1\"} 1\n");
}

TEST(MetricsText, LargeNumbersAreWhole) {
  MetricsText text;
  text.line("octets", {}, double(std::size_t{1} << 40));
  EXPECT_EQ(text.take(), "octets 1099511627776\n");
}

}  // namespace
}  // namespace sesame::app
