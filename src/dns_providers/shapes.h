// dns_providers/shapes.h: the JSON of docs/publishing.md. Pure.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <string_view>

#include "api/error.h"
#include "api/json.h"
#include "dns_providers/domain_connect_finder.h"
#include "dns_providers/record_publisher.h"

namespace sesame::dns_providers {

// Names relative to the zone, as the forms of providers want them: "@" for the apex.
std::string host_in_zone(std::string_view name, std::string_view zone);

boost::json::object to_json(const Kind& kind);
boost::json::object to_json(const Connection& connection);
boost::json::object to_json(const Preview& preview);
boost::json::object to_json(const Published& published);
boost::json::object to_json(const TestResult& result);
boost::json::object to_json(const Outcome& outcome);
boost::json::object to_json(const DomainConnectStatus& status);

// Bodies. What is wrong is noted in `validation`, or (a word nobody knows) the result.
ConnectionInput connection_input(const boost::json::object& body, api::Validation& validation);
api::ApiResult<PublishInput> publish_input(const boost::json::object& body);

api::ApiError to_api_error(const PublishError& error);

}  // namespace sesame::dns_providers
