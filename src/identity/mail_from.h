// identity/mail_from.h: the life of a custom MAIL FROM domain, as pure functions.
//
// Source: spec/ses.md 2.1 to 2.5; DESIGN 4. docs/mail-from.md has the picture. No clock, no DNS, no store in here.
//
//   set            -> pending, a 72 h window opens; the same name again while success: stays success, behaviour updated
//   pending        -> success when exactly the one right MX is seen; failed when 72 h are over
//   success        -> temporary_failure after two wrong looks in a row; a new 72 h window opens
//   temporary_failure -> success when the MX is seen; failed when 72 h are over
//   failed         -> nothing but a new set
//
// A look that could not find out (SERVFAIL, time-out, refusal) never changes the state; it only sets the next look. But
// a window that is over ends whatever the look said, except a right look (identity/search.h).
#pragma once

#include <optional>
#include <string_view>

#include "base/clock.h"
#include "base/random.h"
#include "identity/search.h"
#include "store/identity_record.h"

namespace sesame::identity {

// Sets or replaces the MAIL FROM domain. `current` is the state before, if any. `domain` is a canonical name that
// is_allowed_mail_from.
store::MailFromState on_set(const std::optional<store::MailFromState>& current, std::string domain,
                            store::BehaviorOnMxFailure behavior, Time now);

struct MailFromStep {
  store::MailFromState state;
  Change change = Change::none;  // anything but none is a notice mail
};
// `finding` right: exactly one MX and it names a feedback host of this service. Wrong: NXDOMAIN, no MX, several MX, a
// foreign MX. `watched`: somebody asked about this identity within the last minute.
MailFromStep on_look(store::MailFromState state, Finding finding, store::LookError error, bool watched, Time now,
                     RandomSource& random);

// The decision at send time: the stored state decides, not a look-up (spec 2.4).
enum class EnvelopeChoice { custom, service_default, refuse };
EnvelopeChoice choose_envelope(const std::optional<store::MailFromState>& state);

// Strictly below `identity_domain`, label-wise.
bool is_allowed_mail_from(std::string_view mail_from_domain, std::string_view identity_domain);

}  // namespace sesame::identity
