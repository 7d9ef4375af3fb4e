// dns_providers/record_publisher.h: preview, publish, undo: the verbs of this room.
//
// A preview reads the zone and plans. A publish reads it again, goes on only if it sees what the preview saw, and hands
// the provider a change set that expects exactly that. What is about to be changed is committed before the provider is
// asked, as a publication of status uncertain, so that whatever happens afterwards there is an undo. One whose end was
// not noted is settled by the next publish that finds its records there.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dns_providers/connections.h"
#include "identity/identity_service.h"
#include "store/control_store.h"

namespace sesame::dns_providers {

struct PublishInput {
  std::string connection_id;
  std::optional<std::vector<Part>> parts;
  MailFromBy mail_from = MailFromBy::records;
  std::uint32_t ttl = 300;
  std::vector<SetKey> replace;
};

struct Preview {
  Connection connection;
  MailFromBy mail_from = MailFromBy::records;
  Plan plan;
  std::string seen;  // for publish()
};

struct Published {
  store::Publication publication;
  std::vector<Change> changes;
  bool connection_deleted = false;
};

struct Outcome {
  // Nothing: all was there already, and no publication was uncertain that it was that one.
  std::optional<Published> published;
  store::IdentityRecord identity;  // after it was looked at
};

struct RecordPublisherDeps {
  Connections& connections;
  store::ProviderStore& store;
  store::ControlStore& control;
  identity::IdentityService& identities;
  const Clock& clock;
  RandomSource& random;
  identity::ServiceNames names;
  bool delegation_offered = false;  // the built-in name server listens
};

// Thread-safe; what `deps` refers to must outlive it.
class RecordPublisher {
 public:
  static constexpr std::uint32_t min_ttl = 30, max_ttl = 86'400;
  static constexpr std::chrono::seconds read_patience{15};
  static constexpr std::chrono::seconds apply_patience{20};

  explicit RecordPublisher(RecordPublisherDeps deps) : deps_(std::move(deps)) {}

  PublishTask<Preview> preview(std::string account_id, std::string identity, PublishInput input);
  // `seen` is that of the preview, `by` who asks (an access key id). Looks at the identity afterwards.
  PublishTask<Outcome> publish(std::string account_id, std::string by, std::string identity, PublishInput input,
                               std::string seen);
  // Newest first.
  PublishTask<std::vector<Published>> list(std::string account_id, std::string identity);
  // Puts back what was there, if what was published still is. The later of two publications of the same sets goes
  // first.
  PublishTask<Outcome> undo(std::string account_id, std::string by, std::string identity, std::string publication_id);

 private:
  struct Asked {
    std::string identity;  // as it is registered
    std::vector<Wanted> wanted;
  };
  struct Prepared {
    OpenConnection opened;
    Asked asked;
    Plan plan;
    std::string seen;
  };

  PublishTask<Asked> asked_for(std::string account_id, std::string identity, const PublishInput& input);
  PublishTask<Prepared> prepare(std::string account_id, std::string identity, const PublishInput& input);
  // The error says whether the zone is certainly as before.
  struct NotApplied {
    PublishError error;
    bool nothing_changed = false;
  };
  net::Task<Result<void, NotApplied>> apply(Provider& provider, ChangeSet changes);
  PublishTask<void> verify(Provider& provider, const std::vector<Change>& changes);
  PublishTask<Published> make(Prepared& prepared, store::Publication publication);
  PublishTask<std::optional<Published>> settle(Prepared& prepared, std::string account_id);
  PublishTask<std::string> later_one(const store::Publication& publication, const std::vector<Change>& changes);
  PublishTask<void> put_back(Provider& provider, const std::vector<Change>& changes);
  PublishTask<void> set_status(store::Publication publication);
  PublishTask<store::IdentityRecord> look(std::string account_id, std::string identity);

  RecordPublisherDeps deps_;
};

}  // namespace sesame::dns_providers
