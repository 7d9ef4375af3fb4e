// app/service_zone_options.h: what the configuration says about the service's own zone.
#pragma once

#include "app/config.h"
#include "submission/service_key.h"
#include "zone/service_zone.h"

namespace sesame::app {

// Addresses: those listened on; where that is every address (0.0.0.0), those sent from. SPF lists the addresses sent
// from; without any, loopback's own when everything is on loopback.
zone::ServiceZoneOptions service_zone_options(const Config& config, const submission::ServiceKey& own_key,
                                              const mailauth::dkim::SigningKey& domain_connect_key);

}  // namespace sesame::app
