// app/verify_page.h: what `sesame verify` says about a message, for people.
#pragma once

#include <string>

#include "mailauth/verdict/verdict.h"

namespace sesame::app {

// exit_good: DMARC passed, or nobody published a policy and SPF or a signature passed. exit_unknown: DNS did not answer
// something the answer hangs on. exit_bad_news: everything else.
int verify_status(const mailauth::Verdict& verdict);

// A page of text ending in a line end: the answer in one sentence, then a paragraph per method with its reason, then
// what the large receivers' rules say with the repairs, then the Authentication-Results field. Texts from message and
// DNS are made harmless (terminal.h).
std::string verify_page(const mailauth::ConnectionFacts& facts, const mailauth::Verdict& verdict, bool colours);

}  // namespace sesame::app
