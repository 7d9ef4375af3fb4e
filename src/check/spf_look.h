// check/spf_look.h: what receivers make of the SPF record of one domain, and what its owner should change.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "check/problem.h"
#include "check/spf_tree.h"
#include "mailauth/spf/outcome.h"

namespace sesame::check {

struct SpfFinding {
  std::string domain;
  SpfNode tree;
  // What check_host answers a client nothing lists; permerror and temperror come from here.
  mailauth::spf::SpfOutcome others;
  std::vector<std::string> networks;  // that get pass
  Problems problems;

  bool is_usable() const;  // a client it lists gets pass
};

// `is_mail_from`: this is the domain whose mail is judged; what is wrong with another one is advice.
net::Task<SpfFinding> look_at_spf(dns::Resolver& resolver, std::string domain, bool is_mail_from, Time now,
                                  net::Deadline deadline);

// The judgement alone: pure.
Problems judge_spf(const SpfFinding& finding, bool is_mail_from);

}  // namespace sesame::check
