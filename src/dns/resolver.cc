#include "dns/resolver.h"

namespace sesame::dns {

std::string_view name(AnswerStatus status) {
  switch (status) {
    case AnswerStatus::found: return "found";
    case AnswerStatus::no_data: return "no_data";
    case AnswerStatus::nxdomain: return "nxdomain";
    case AnswerStatus::servfail: return "servfail";
    case AnswerStatus::timeout: return "timeout";
  }
  return "unknown";
}

}  // namespace sesame::dns
