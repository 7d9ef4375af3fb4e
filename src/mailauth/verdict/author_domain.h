// mailauth/verdict/author_domain.h: who claims to have written a message.
//
// Source: RFC 5322 §3.6.2 (From), RFC 9989 §5.3.1 (author domain), RFC 6854 (groups), RFC 6532 (UTF-8).
#pragma once

#include <string>
#include <vector>

#include "message/header_section.h"

namespace sesame::mailauth {

constexpr std::size_t max_listed_domains = 16;  // far more than DMARC judges; what comes later is left out

struct AuthorDomains {
  std::vector<std::string> domains;  // A-labels, lower case, distinct, in order of appearance
  std::string problem;               // one sentence if From is missing, repeated, empty or broken
};

// Domains of every address in every From field. A field that breaks the grammar is scanned for whatever a mail program
// might take for an address, so that breaking the grammar hides no author.
AuthorDomains author_domains(const message::ParsedMessage& message);

// The same for one field's value.
AuthorDomains author_domains_of(std::string_view from_value);

}  // namespace sesame::mailauth
