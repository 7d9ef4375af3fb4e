// store/open.h: opens the store a configuration names.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "base/seal.h"
#include "net/runtime.h"
#include "store/campaign_store.h"
#include "store/contact_store.h"
#include "store/control_store.h"
#include "store/outbox.h"
#include "store/pause_store.h"
#include "store/pool_store.h"
#include "store/provider_store.h"
#include "store/queue_store.h"
#include "store/session_store.h"
#include "store/topic_store.h"

namespace sesame::store {

struct Stores {
  std::unique_ptr<ControlStore> control;
  std::unique_ptr<QueueStore> queue;
  std::unique_ptr<TopicStore> topics;        // beside control, and gone before it
  std::unique_ptr<SessionStore> sessions;    // likewise
  std::unique_ptr<CampaignStore> campaigns;  // likewise
  std::unique_ptr<ContactStore> contacts;    // likewise
  std::unique_ptr<ProviderStore> providers;  // likewise
  std::unique_ptr<Outbox> outbox;            // beside queue, likewise
  std::unique_ptr<PauseStore> pauses;        // likewise
  std::unique_ptr<PoolStore> pools;          // likewise
};

// What is wrong with the form of a url, as a predicate of its key; "" if nothing is. Opens and makes nothing.
std::string url_problem(const std::string& url);

// The directory of a well-formed url.
std::filesystem::path directory_named(const std::string& url);

// Whether open_stores() would find a directory it can use, which nobody else does; for a caller that has something of
// its own to make first. Opens and makes nothing. The error is open_stores()'s.
Result<void, std::string> check_directory(const std::string& url);

// `url` is "sqlite:<directory>" (control.db and queue.db there; the directory, but not its parent, is made if missing).
// Locks the directory until both stores are destroyed: a second process is refused. Brings an older schema forward;
// refuses a newer one. The error is one line naming the file. Nothing is created when the directory cannot be used.
// `sealer` must outlive the stores.
Result<Stores, std::string> open_stores(const std::string& url, const Sealer& sealer);

// The control store alone, without the lock: for commands that run beside the service. SQLite shares the file between
// processes; each sees the other's commits. An older schema is brought forward only if nobody has the directory locked.
Result<std::unique_ptr<ControlStore>, std::string> open_control_store(const std::string& url, const Sealer& sealer);

}  // namespace sesame::store
