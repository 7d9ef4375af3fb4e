// feedback/forwarding.h: bounces and complaints as mail to the person who sent the message (spec 3.2).
//
// Source: RFC 3464 (delivery status notification), RFC 5965 (feedback report), RFC 6522 (multipart/report), RFC 3834
// (automatic messages). What came home is not passed on as it is: it came from somebody whose name we may not use, and
// anything may be in it. A report of our own says the same, with the header section of the message it is about.
//
// It never goes round: the envelope sender is null, so nothing answers to it, and it is sent as the service's own
// (store::accepted_through_service), of whose fate nobody is told.
#pragma once

#include <functional>
#include <string>

#include "base/clock.h"
#include "base/random.h"
#include "identity/service_names.h"
#include "store/control_store.h"
#include "store/queue_store.h"
#include "submission/api_message_id.h"

namespace sesame::feedback {

struct ReportNames {
  std::string api_message_id;  // of the report itself
  std::string boundary;
  std::string reporting_mta;  // our host name
  identity::ServiceNames names;
};

// The report as it goes on the wire: a delivery status notification of a bounce, a feedback report of a complaint.
// `event` is one of the two and about `message`. Lines are within 998 octets; 8-bit only where the message's own header
// section is. Pure.
std::string forwarded_report(const store::Event& event, const store::MessageRecord& message, const std::string& to,
                             const ReportNames& names, Time now);

struct ForwarderDeps {
  store::ControlStore& control;
  store::QueueStore& queue;
  submission::MessageIds& ids;
  const Clock& clock;
  RandomSource& random;
  identity::ServiceNames names;
  std::string reporting_mta;
  std::chrono::seconds max_delivery;
  std::function<void()> queued;  // wakes readers of events
};

class Forwarder {
 public:
  explicit Forwarder(ForwarderDeps deps) : deps_(std::move(deps)) {}

  // Queues the report for the feedback address of the message; without a usable one for its author, and without that
  // for the account's notice address. True: queued, or there is nobody to tell (which is logged). False: the store
  // could not; try again later.
  net::Task<bool> forward(store::Event event, store::MessageRecord message);

 private:
  net::Task<store::StoreResult<std::string>> address_for(const store::NewMessage& message);

  ForwarderDeps deps_;
};

}  // namespace sesame::feedback
