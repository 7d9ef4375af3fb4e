#include "publish/pace.h"

#include <algorithm>

namespace sesame::publish {
namespace {

using namespace std::chrono_literals;
constexpr std::size_t least = 4;
constexpr std::chrono::milliseconds held_up = 900ms;  // an opening is repeated after 1 s (RFC 6298 section 2)
constexpr std::chrono::seconds between_raises = 10s;

}  // namespace

void Pace::ended(const Round& round, Time now) {
  if (round.failed == round.sent) {
    *this = Pace();
    return;
  }
  if (round.failed > 0 || round.slowest - round.quickest >= held_up) {
    at_once_ = ceiling_ = std::max(least, round.sent / 2);
    raise_at_ = now + between_raises;
    return;
  }
  if (round.sent < at_once_) return;  // there was no more to send: nothing has been shown
  if (at_once_ == ceiling_ && ceiling_ < entries_at_once && now >= raise_at_) {
    ++ceiling_;
    raise_at_ = now + between_raises;
  }
  at_once_ = std::min(2 * at_once_, ceiling_);
}

}  // namespace sesame::publish
