// app/own_doors.h: where mail that we deliver would come back to us.
#pragma once

#include <vector>

#include "app/config.h"
#include "net/endpoint.h"

namespace sesame::app {

// The addresses at which one of our SMTP doors listens at the port mail is delivered to. A door that listens on every
// address counts for each of the machine's, as they are now. Behind address translation the outer address is not known
// here; the feedback host's name is (delivery::HostRules::own_names).
std::vector<net::IpAddress> own_mail_addresses(const Config& config);

}  // namespace sesame::app
