#include "app/metrics_text.h"

#include <fmt/format.h>

namespace sesame::app {
namespace {

std::string escaped(std::string_view value) {
  std::string text;
  for (const char c : value) {
    if (c == '\n') {
      text += "\\n";
      continue;
    }
    if (c == '\\' || c == '"') text += '\\';
    text += c;
  }
  return text;
}

}  // namespace

void MetricsText::head(std::string_view name, std::string_view type, std::string_view help) {
  text_ += fmt::format("# HELP {0} {1}\n# TYPE {0} {2}\n", name, help, type);
}

void MetricsText::line(std::string_view name, const Labels& labels, double value) {
  text_ += name;
  for (const Label& label : labels) {
    text_ += fmt::format("{}{}=\"{}\"", &label == &labels.front() ? '{' : ',', label.name, escaped(label.value));
  }
  text_ += fmt::format("{} {}\n", labels.empty() ? "" : "}", value);
}

void MetricsText::counter(std::string_view name, std::string_view help, double value) {
  head(name, "counter", help);
  line(name, {}, value);
}

void MetricsText::gauge(std::string_view name, std::string_view help, double value) {
  head(name, "gauge", help);
  line(name, {}, value);
}

void MetricsText::bound(std::string_view name, std::string_view help, std::size_t used, std::size_t most) {
  gauge(name, help, double(used));
  gauge(fmt::format("{}_max", name), fmt::format("how many there may be: {}", help), double(most));
}

}  // namespace sesame::app
