// check/spf_tree.h: an SPF record with everything it includes: what each branch costs and whom it lets in.
//
// Source: RFC 7208 §4.6.4 (ten look-ups, two void ones), §5, §6.1. mailauth/spf/check_host.h judges a message; this
// shows a record to its owner. Where the two count the same thing they agree: look-ups as check_host counts them for an
// IPv4 client that nothing matches, but without its end at the eleventh.
#pragma once

#include <string>
#include <vector>

#include "dns/resolver.h"
#include "mailauth/spf/outcome.h"
#include "net/task.h"

namespace sesame::check {

constexpr unsigned max_spf_lookups = 10;        // RFC 7208 §4.6.4
constexpr unsigned max_void_spf_lookups = 2;    // the same
constexpr std::size_t max_spf_records = 50;     // of one tree; what lies beyond is not followed
constexpr std::size_t max_spf_networks = 1000;  // likewise

struct SpfTerm;

// The record of one domain.
struct SpfNode {
  std::string domain;
  std::string record;                      // as published; empty if there is none or it could not be had
  std::string problem;                     // one sentence if it cannot be used
  bool unanswered = false;                 // DNS did not answer; `problem` says so
  unsigned lookups = 0, void_lookups = 0;  // of all terms with all below them
  std::vector<SpfTerm> terms;              // in the order of evaluation, up to the first `all`; redirect= last
};

struct SpfTerm {
  std::string text;                                                  // as published
  mailauth::spf::SpfResult result = mailauth::spf::SpfResult::pass;  // what a match means; redirect=: pass
  bool is_all = false;
  unsigned lookups = 0, void_lookups = 0;  // with all below
  std::vector<std::string> networks;       // that match: "192.0.2.0/24"; of the term itself, not of what it includes
  std::string note;            // why not everything is known: depends on the message, a name without address...
  std::vector<SpfNode> below;  // one for include: and redirect=
};

// Asks for everything in the tree, one after the other, until `deadline`.
net::Task<SpfNode> spf_tree(dns::Resolver& resolver, std::string domain, net::Deadline deadline);

// What a client that no term lists gets: the qualifier of the `all` that is reached, neutral without one (§4.7), pass
// if an included record ends in +all. Meaningless if a record is broken.
mailauth::spf::SpfResult result_for_others(const SpfNode& node);

// The networks that get pass, each once, in order; those of exists: and ptr are not known to anybody.
std::vector<std::string> allowed_networks(const SpfNode& node);
// How many IPv4 addresses they have in sum; networks inside each other count twice.
std::uint64_t ipv4_addresses(const std::vector<std::string>& networks);

}  // namespace sesame::check
