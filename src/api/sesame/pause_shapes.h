// api/sesame/pause_shapes.h: pauses in words, and whether one holds a recipient. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/pause_store.h"
#include "store/queue_store.h"

namespace sesame::api {

std::string_view word_of_scope(store::PauseScope scope);
std::optional<store::PauseScope> scope_named(std::string_view word);
// "domain example.net"; "account".
std::string what_of(const store::Pause& pause);

// What holds this recipient of the message, as far as can be told without its MX hosts; nullptr: nothing.
const store::Pause* holding_pause(const std::vector<store::Pause>& pauses, const store::NewMessage& message,
                                  std::string_view forward_path);

}  // namespace sesame::api
