// mailauth/spf/check_host.h: SPF, whole.
//
// Source: RFC 7208 §4 (check_host), §5 (mechanisms), §6 (redirect, exp), §7 (macros), §4.6.4 (limits); RFC 8616 (EAI).
#pragma once

#include "dns/resolver.h"
#include "mailauth/spf/outcome.h"
#include "net/task.h"

namespace sesame::mailauth::spf {

// The MAIL FROM identity, or for a null reverse-path postmaster@helo (§2.4), whose outcome says Identity::helo.
//
// Never fails: every end is a result, with a sentence in `problem` where there is something to explain. Asks DNS at
// most 10 times 11 times (ten terms, each of at most ten hosts) and an explanation; `deadline` bounds the whole.
net::Task<SpfOutcome> check_host(dns::Resolver& resolver, SpfQuery query, net::Deadline deadline);

// The HELO identity (§2.3), whatever the reverse-path is.
net::Task<SpfOutcome> check_helo(dns::Resolver& resolver, SpfQuery query, net::Deadline deadline);

}  // namespace sesame::mailauth::spf
