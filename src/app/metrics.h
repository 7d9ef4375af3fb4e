// app/metrics.h: the service's own numbers as Prometheus text (version 0.0.4).
#pragma once

#include <string>
#include <vector>

#include "app/listeners.h"
#include "base/clock.h"
#include "delivery/engine.h"
#include "feedback/door.h"
#include "http/server.h"
#include "msa/door.h"
#include "store/queue_store.h"
#include "submission/pipeline.h"

namespace sesame::app {

// `submission`: all doors of that kind, told as one.
net::Task<std::string> metrics_text(store::QueueStore& queue, const delivery::Engine& engine,
                                    const feedback::Door& feedback, std::vector<const msa::Door*> submission,
                                    const submission::Pipeline& pipeline, const Clock& clock);

// How full the doors are.
std::string door_metrics(const std::vector<DoorView>& doors, const http::Server& http);

}  // namespace sesame::app
