// app/walkthrough/report.h: steps with their proofs, as a person reads them.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>

namespace sesame::app {

// Thrown when a proof does not hold; the walkthrough ends there, loudly.
struct ProofMissing {
  std::string what;
};

class Report {
 public:
  explicit Report(bool colour) : colour_(colour) {}

  void step(std::string_view title);                              // "  3  Publish exactly one MX"
  void evidence(std::string_view label, std::string_view value);  // "       MX          10 feedback-smtp…"
  void proved(std::string_view what);                             // "     ✓ …"
  // Prints the proof; throws ProofMissing when it does not hold.
  void prove(bool holds, std::string_view what);
  void failed(const ProofMissing& proof);
  int steps() const { return steps_; }
  int proofs() const { return proofs_; }

 private:
  std::string paint(std::string_view code, std::string_view text) const;
  bool colour_;
  int steps_ = 0, proofs_ = 0;
};

}  // namespace sesame::app
