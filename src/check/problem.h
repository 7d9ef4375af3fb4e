// check/problem.h: one thing a check found wrong, in the three parts a person needs: asked, found, to change.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sesame::check {

enum class Topic { domain, mail_from, spf, dkim, dmarc, reports, addresses, name_servers, mta_sts, tls_rpt };
std::string_view name(Topic topic);

enum class Severity {
  bad,      // receivers refuse or distrust mail because of it, or something published does not work
  advice,   // it works; this would be better
  unknown,  // could not be found out
};
std::string_view name(Severity severity);

struct Problem {
  Topic topic = Topic::domain;
  Severity severity = Severity::bad;
  std::string asked;   // "_dmarc.example.com TXT"
  std::string found;   // outside text, or what its absence is called
  std::string change;  // what to do, a few sentences
};
using Problems = std::vector<Problem>;

}  // namespace sesame::check
