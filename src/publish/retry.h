// publish/retry.h: what follows from one attempt to tell a destination something. Pure.
#pragma once

#include <chrono>
#include <string>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "publish/poster.h"

namespace sesame::publish {

// How far the outcome of one attempt reaches.
enum class Verdict {
  taken,
  entry_failed,        // this one message is not liked: others are tried, this one later
  destination_failed,  // nothing gets through at present: everything for it waits
};

struct Attempted {
  Verdict verdict = Verdict::destination_failed;
  std::string error;  // one line; empty when taken
};

// 2yz is taken. 400, 413, 415 and 422 are about the message; every other answer, and none, is about the destination: a
// receiver that answers 404 or 401 has been misconfigured, and will be repaired.
Attempted judge(const Result<int, PostError>& posted);

// After so many attempts that failed in a row (1: the first), with up to a fifth of jitter: 1 s, doubled each time, up
// to 5 minutes.
std::chrono::milliseconds pause_after(std::uint32_t failures, RandomSource& random);

}  // namespace sesame::publish
