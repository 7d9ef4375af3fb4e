// api/ses_v1/words.h: the engine's states in the words of SES API v1 (spec 1.2, 2.3, 2.6). Pure.
#pragma once

#include <string_view>

#include "api/json.h"
#include "store/configuration_record.h"
#include "store/identity_record.h"

namespace sesame::api::ses_v1 {

inline constexpr EnumWords<store::BehaviorOnMxFailure, 2> behavior_words{
    {{"UseDefaultValue", store::BehaviorOnMxFailure::use_default},
     {"RejectMessage", store::BehaviorOnMxFailure::reject}}};

inline constexpr EnumWords<store::IdentityKind, 2> identity_type_words{
    {{"EmailAddress", store::IdentityKind::email_address}, {"Domain", store::IdentityKind::domain}}};

inline constexpr EnumWords<store::TlsPolicy, 2> tls_policy_words{
    {{"Require", store::TlsPolicy::required}, {"Optional", store::TlsPolicy::optional}}};

// The last two are not v1's: a destination made with v2 may match them, and is shown with them.
inline constexpr EnumWords<store::EventKind, 10> event_type_words{
    {{"send", store::EventKind::send},
     {"reject", store::EventKind::reject},
     {"bounce", store::EventKind::bounce},
     {"complaint", store::EventKind::complaint},
     {"delivery", store::EventKind::delivery},
     {"open", store::EventKind::open},
     {"click", store::EventKind::click},
     {"renderingFailure", store::EventKind::rendering_failure},
     {"deliveryDelay", store::EventKind::delivery_delay},
     {"subscription", store::EventKind::subscription}}};

std::string_view word(store::VerificationStatus status);
// Never NotStarted, which typed clients do not know here (spec 2.3).
std::string_view word(store::MailFromStatus status);

}  // namespace sesame::api::ses_v1
