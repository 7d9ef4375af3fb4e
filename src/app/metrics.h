// app/metrics.h: the service's own numbers as Prometheus text.
#pragma once

#include <string>
#include <vector>

#include "app/listeners.h"
#include "base/clock.h"
#include "delivery/engine.h"
#include "delivery/trace_book.h"
#include "dns/authoritative.h"
#include "feedback/door.h"
#include "http/server.h"
#include "identity/watcher.h"
#include "msa/door.h"
#include "store/control_store.h"
#include "store/queue_store.h"
#include "submission/pipeline.h"

namespace sesame::app {

// What the numbers are of. Those of event publishing are app/publishing.h's.
struct Measured {
  store::ControlStore& control;
  store::QueueStore& queue;
  const delivery::Engine& engine;
  delivery::TraceBook& traces;
  const feedback::Door& feedback;
  std::vector<const msa::Door*> submission;  // told as one
  const submission::Pipeline& pipeline;
  const identity::Watcher& watcher;
  const dns::AuthoritativeClient& name_servers;
  const Listeners& listeners;
  const http::Server& http;
  const Clock& clock;
};

net::Task<std::string> metrics_text(Measured measured);

}  // namespace sesame::app
