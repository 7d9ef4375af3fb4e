// api/ses_v2/configuration_shapes.h: configuration sets, event destinations and suppressed addresses as SES API v2
// writes and reads them (spec 3.5, 7). Pure.
//
// What SES knows and this service does not do is refused by its name: an option that is stored and has no effect would
// be a promise.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>

#include "api/json.h"
#include "store/configuration_record.h"
#include "submission/configuration_sets.h"

namespace sesame::api {

inline constexpr EnumWords<store::TlsPolicy, 2> tls_policy_words{
    {{"REQUIRE", store::TlsPolicy::required}, {"OPTIONAL", store::TlsPolicy::optional}}};
inline constexpr EnumWords<store::HttpsPolicy, 3> https_policy_words{
    {{"REQUIRE", store::HttpsPolicy::require},
     {"REQUIRE_OPEN_ONLY", store::HttpsPolicy::require_open_only},
     {"OPTIONAL", store::HttpsPolicy::optional}}};
inline constexpr EnumWords<store::SuppressionReason, 2> reason_words{
    {{"BOUNCE", store::SuppressionReason::bounce}, {"COMPLAINT", store::SuppressionReason::complaint}}};
inline constexpr EnumWords<store::EventKind, 10> event_type_words{
    {{"SEND", store::EventKind::send},
     {"REJECT", store::EventKind::reject},
     {"BOUNCE", store::EventKind::bounce},
     {"COMPLAINT", store::EventKind::complaint},
     {"DELIVERY", store::EventKind::delivery},
     {"OPEN", store::EventKind::open},
     {"CLICK", store::EventKind::click},
     {"RENDERING_FAILURE", store::EventKind::rendering_failure},
     {"DELIVERY_DELAY", store::EventKind::delivery_delay},
     {"SUBSCRIPTION", store::EventKind::subscription}}};

boost::json::array reasons_shape(store::SuppressionReasons reasons);
boost::json::object configuration_set_shape(const store::ConfigurationSet& set,
                                            const std::optional<std::string>& sending_pool);
boost::json::object event_destination_shape(const store::EventDestination& destination);

// `SuppressedReasons` of `input`; nullopt if it is absent.
std::optional<store::SuppressionReasons> read_reasons(const ObjectReader& input, Validation& validation);

// The options of a set as each Put takes them. Errors: bad_request for what is not supported.
using Changes = submission::ConfigurationSets::Changes;
void read_delivery(const ObjectReader& input, Changes& changes);  // what is absent is unset
ApiResult<void> read_suppression(const ObjectReader& input, Validation& validation, Changes& changes);
void read_tracking(const ObjectReader& input, Changes& changes);  // what is absent is unset
void read_sending(const ObjectReader& input, Changes& changes);   // absent is false (spec 7)
void read_reputation(const ObjectReader& input, Changes& changes);

// The body of CreateConfigurationSet; the account is left for the caller to fill.
struct NewConfigurationSet {
  store::ConfigurationSet set;
  std::optional<std::string> sending_pool;
};
ApiResult<NewConfigurationSet> read_create_configuration_set(const std::string& body);

// EventDestination, without its name. Errors: bad_request for kinds of destinations and events that are not supported.
ApiResult<store::EventDestination> read_event_destination(const ObjectReader& input, Validation& validation);

}  // namespace sesame::api
