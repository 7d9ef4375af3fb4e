#include "mailauth/dkim/result.h"

namespace sesame::mailauth::dkim {

std::string_view name(DkimResult result) {
  switch (result) {
    case DkimResult::none: return "none";
    case DkimResult::pass: return "pass";
    case DkimResult::fail: return "fail";
    case DkimResult::policy: return "policy";
    case DkimResult::neutral: return "neutral";
    case DkimResult::temperror: return "temperror";
    case DkimResult::permerror: return "permerror";
  }
  return "";
}

}  // namespace sesame::mailauth::dkim
