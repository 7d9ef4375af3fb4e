#include "check/problem.h"

namespace sesame::check {

std::string_view name(Topic topic) {
  switch (topic) {
    case Topic::domain: return "domain";
    case Topic::mail_from: return "mail_from";
    case Topic::spf: return "spf";
    case Topic::dkim: return "dkim";
    case Topic::dmarc: return "dmarc";
    case Topic::reports: return "reports";
    case Topic::addresses: return "addresses";
    case Topic::name_servers: return "name_servers";
    case Topic::mta_sts: return "mta_sts";
    case Topic::tls_rpt: break;
  }
  return "tls_rpt";
}

std::string_view name(Severity severity) {
  switch (severity) {
    case Severity::bad: return "bad";
    case Severity::advice: return "advice";
    case Severity::unknown: break;
  }
  return "unknown";
}

}  // namespace sesame::check
