// app/metrics_text.h: the page a Prometheus server reads (text format, version 0.0.4).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace sesame::app {

// Writes the families in the order they are told. Names and help texts are ours and taken as they are.
class MetricsText {
 public:
  struct Label {
    std::string_view name, value;  // the value may hold anything
  };
  using Labels = std::vector<Label>;

  // Once for each family, before its lines.
  void head(std::string_view name, std::string_view type, std::string_view help);
  void line(std::string_view name, const Labels& labels, double value);

  // Families of one line.
  void counter(std::string_view name, std::string_view help, double value);
  void gauge(std::string_view name, std::string_view help, double value);
  // How much there is of something, and under the name with _max how much there may be.
  void bound(std::string_view name, std::string_view help, std::size_t used, std::size_t most);

  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

}  // namespace sesame::app
