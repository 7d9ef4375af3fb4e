// identity/search.h: the search for a record in the DNS, as a pure step: pending, found, lost, given up.
//
// Source: spec/ses.md 1.3 and 2.3; DESIGN 4. Three things of an identity are searched for in the same way: the MX of
// its MAIL FROM domain, its DKIM records, its legacy TXT token. mail_from.h and verification.h give the step their own
// words.
//
//   pending            right -> success; window over -> failed
//   success            two wrong looks in a row -> temporary_failure, a new window opens
//   temporary_failure  right -> success; window over -> failed
//   failed             nothing but a new search
//
// A look that could not find out changes no state and does not count as wrong; but a window that is over ends whatever
// the look said, except a right one. No clock, no DNS, no store in here.
#pragma once

#include <optional>

#include "base/clock.h"
#include "base/random.h"
#include "store/identity_record.h"

namespace sesame::identity {

constexpr std::chrono::hours search_window{72};
constexpr std::uint32_t bad_looks_to_lose = 2;

enum class Phase { pending, success, temporary_failure, failed };

// What one look says, on a quorum of the zone's servers.
enum class Finding {
  right,    // exactly what is expected
  wrong,    // the servers say it is not there, or is something else
  unknown,  // could not find out: SERVFAIL, time-outs, refusals
};

// A change of state somebody is told about.
enum class Change {
  none,
  succeeded,  // pending -> success
  restored,   // temporary_failure -> success
  lost,       // success -> temporary_failure
  failed,     // pending -> failed
  given_up,   // temporary_failure -> failed
};

// How often a thing is looked at.
struct Pace {
  std::chrono::milliseconds review;  // after success; jittered by a tenth either way
  bool watched = false;              // somebody asked within the last minute: every 2 s while there is something to see
};
constexpr std::chrono::minutes mail_from_review{30};   // DESIGN 4
constexpr std::chrono::hours verification_review{12};  // spec 1.3

struct SearchStep {
  Phase phase = Phase::pending;
  store::LookTimer timer;
  Change change = Change::none;
};

// A new search: the window opens at `now` and the first look is due at once.
store::LookTimer open_search(Time now);

// What one look at `now` makes of it. `error` is kept in the timer (LookError::none for a right look).
SearchStep after_look(Phase phase, store::LookTimer timer, Finding finding, store::LookError error, Pace pace, Time now,
                      RandomSource& random);

// When to look again. Searching: 2 s while watched, else 15 s for the first 10 minutes of the window, 1 minute for the
// first hour, 5 minutes for the first 6 hours, 15 minutes after that, and exactly at the window's end. Success: the
// review time; 1 minute (2 s while watched) after a wrong look, 5 minutes after one that could not find out. Failed:
// never.
std::optional<Time> next_look_at(Phase phase, const store::LookTimer& timer, Pace pace, Time now, RandomSource& random);

}  // namespace sesame::identity
