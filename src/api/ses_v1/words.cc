#include "api/ses_v1/words.h"

namespace sesame::api::ses_v1 {

std::string_view word(store::VerificationStatus status) {
  using enum store::VerificationStatus;
  switch (status) {
    case not_started: return "NotStarted";
    case pending: return "Pending";
    case success: return "Success";
    case failed: return "Failed";
    case temporary_failure: return "TemporaryFailure";
  }
  std::unreachable();
}

std::string_view word(store::MailFromStatus status) {
  using enum store::MailFromStatus;
  switch (status) {
    case pending: return "Pending";
    case success: return "Success";
    case failed: return "Failed";
    case temporary_failure: return "TemporaryFailure";
  }
  std::unreachable();
}

}  // namespace sesame::api::ses_v1
