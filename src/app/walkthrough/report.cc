#include "app/walkthrough/report.h"

#include <fmt/format.h>

namespace sesame::app {

std::string Report::paint(std::string_view code, std::string_view text) const {
  return colour_ ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : std::string(text);
}

void Report::step(std::string_view title) {
  fmt::print("\n{:>3}  {}\n", ++steps_, paint("1", title));
  std::fflush(stdout);
}

void Report::evidence(std::string_view label, std::string_view value) {
  fmt::print("       {} {}\n", paint("2", fmt::format("{:<14}", label)), value);
  std::fflush(stdout);
}

void Report::proved(std::string_view what) {
  ++proofs_;
  fmt::print("     {} {}\n", paint("32", "✓"), what);
  std::fflush(stdout);
}

void Report::prove(bool holds, std::string_view what) {
  if (!holds) throw ProofMissing{std::string(what)};
  proved(what);
}

void Report::failed(const ProofMissing& proof) {
  fmt::print("     {} {}\n\nThe walkthrough stopped at step {}: the proof above does not hold.\n", paint("31;1", "✗"),
             proof.what, steps_);
  std::fflush(stdout);
}

}  // namespace sesame::app
