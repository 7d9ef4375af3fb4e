// api/ses_v2/identity_shapes.h: identities as SES API v2 writes them. Pure.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>

#include "api/json.h"
#include "base/clock.h"
#include "identity/service_names.h"
#include "store/identity_record.h"

namespace sesame::api {

inline constexpr EnumWords<store::BehaviorOnMxFailure, 2> behavior_words{
    {{"USE_DEFAULT_VALUE", store::BehaviorOnMxFailure::use_default},
     {"REJECT_MESSAGE", store::BehaviorOnMxFailure::reject}}};
inline constexpr EnumWords<store::DkimOrigin, 2> origin_words{
    {{"AWS_SES", store::DkimOrigin::service}, {"EXTERNAL", store::DkimOrigin::external}}};
inline constexpr EnumWords<std::uint32_t, 2> key_length_words{{{"RSA_1024_BIT", 1024u}, {"RSA_2048_BIT", 2048u}}};

std::string_view word(store::VerificationStatus status);
std::string_view word(store::MailFromStatus status);
std::string_view word(store::IdentityKind kind);

// Times in v2 bodies are seconds since 1970, with a fraction if there is one (spec 6).
boost::json::value epoch_seconds(Time t);

// DkimAttributes. `dkim` is what the identity shows, nullopt if nothing was ever set up.
boost::json::object dkim_attributes(const std::optional<store::DkimState>& dkim, const identity::ServiceNames& names);
// Tokens of Easy DKIM, the selector of an own key.
boost::json::array dkim_tokens(const store::DkimState& dkim);

// MailFromAttributes; without a MAIL FROM domain only the behaviour (spec 2.6).
boost::json::object mail_from_attributes(const std::optional<store::MailFromState>& mail_from);

// The answer of GetEmailIdentity.
boost::json::object email_identity(const store::IdentityRecord& identity, const std::optional<store::DkimState>& dkim,
                                   const identity::ServiceNames& names);

// One entry of ListEmailIdentities.
boost::json::object identity_info(const store::IdentityRecord& identity);

}  // namespace sesame::api
