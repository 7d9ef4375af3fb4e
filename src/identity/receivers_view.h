// identity/receivers_view.h: what a look at an identity does not know by itself: what receivers would make of it.
//
// The answer lies in a room above this one (check/), which is handed in here.
#pragma once

#include <boost/json/object.hpp>

#include "identity/look.h"
#include "net/task.h"
#include "store/identity_record.h"

namespace sesame::identity {

class ReceiversView {
 public:
  virtual ~ReceiversView() = default;

  // Members for the JSON of the diagnosis beside those of to_json(Look): spf, dkim, dmarc, provider, verdict ..., and
  // `seen_at` (RFC 3339 in milliseconds). `look` is the one just done. Bounded in time by itself. Thread-safe.
  virtual net::Task<boost::json::object> see(Look look, store::IdentityRecord identity) = 0;
};

}  // namespace sesame::identity
