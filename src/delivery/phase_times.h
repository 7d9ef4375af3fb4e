// delivery/phase_times.h: how long the parts of a delivery take, as histograms.
//
// Written on the engine's executor, read from anywhere; counts of one reading may be of slightly different moments.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <string_view>

namespace sesame::delivery {

enum class Phase {
  dns,          // from a domain to its hosts
  connect,      // to an address, until TCP is there
  first_reply,  // the greeting
  tls,          // from STARTTLS to the end of the handshake
  transaction,  // from MAIL to the reply to the content
  commit,       // of the outcomes
};
inline constexpr std::array all_phases{Phase::dns, Phase::connect,     Phase::first_reply,
                                       Phase::tls, Phase::transaction, Phase::commit};
std::string_view name(Phase phase);

class Histogram {
 public:
  // Upper bounds in milliseconds; what is longer is counted in the whole only.
  static constexpr std::array<std::int64_t, 14> bounds{1,   2,    5,    10,   25,    50,    100,
                                                       250, 1000, 2500, 5000, 10000, 30000, 60000};

  void add(std::chrono::nanoseconds time);

  struct Counts {
    std::array<std::uint64_t, bounds.size()> up_to{};  // each with those before it
    std::uint64_t all = 0;
    double seconds = 0;  // the sum
  };
  Counts counts() const;

 private:
  std::array<std::atomic<std::uint64_t>, bounds.size() + 1> in_bucket_{};
  std::atomic<std::uint64_t> microseconds_{0};
};

class PhaseTimes {
 public:
  void add(Phase phase, std::chrono::nanoseconds time) { histograms_[static_cast<std::size_t>(phase)].add(time); }
  Histogram::Counts counts(Phase phase) const { return histograms_[static_cast<std::size_t>(phase)].counts(); }

 private:
  std::array<Histogram, all_phases.size()> histograms_;
};

}  // namespace sesame::delivery
