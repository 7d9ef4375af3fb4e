// identity/identity_service.h: the verbs on identities. Every door and command that changes an identity calls these.
//
// Thread-safe. Changes are optimistic: read, apply a pure step, update with the version read, again on conflict (at
// most 5 times, then concurrent_change). Mails about a change are committed with it (identity/notice_queue.h). Errors:
// identity/error.h.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "dns/authoritative.h"
#include "identity/dkim_keys.h"
#include "identity/error.h"
#include "identity/look.h"
#include "identity/names.h"
#include "identity/notice_queue.h"
#include "identity/notices.h"
#include "identity/receivers_view.h"
#include "identity/service_names.h"
#include "identity/watch_list.h"
#include "net/runtime.h"
#include "store/control_store.h"

namespace sesame::identity {

struct Seen;  // identity/history.h

constexpr int max_conflicts = 5;  // attempts at a change before concurrent_change

struct OwnDkimKey {  // bring your own
  std::string selector;
  std::string private_key;  // base64 PKCS#1 or PKCS#8 without PEM lines
};

struct CreateOptions {
  std::optional<OwnDkimKey> own_key;
  std::optional<std::uint32_t> next_key_bits;  // 1024 or 2048
  std::optional<std::string> configuration_set;
  std::vector<std::pair<std::string, std::string>> tags;
};

struct ServiceDeps {
  store::ControlStore& store;
  dns::AuthoritativeClient& dns;
  NoticeSender& notices;
  const Clock& clock;
  RandomSource& random;
  net::Executor workers;  // key generation runs here
  ServiceNames names;
  std::string link_base;               // "http://127.0.0.1:8025": verification links are <link_base>/v/<token>
  dns::Resolver* resolver = nullptr;   // evaluates the SPF of MAIL FROM domains; without it the record is only read
  ReceiversView* receivers = nullptr;  // what diagnoses say of receivers; without it they say nothing of them
};

class IdentityService {
 public:
  explicit IdentityService(ServiceDeps deps);

  // Called, on any thread, whenever a look has become due earlier than before. Set once, before the first operation.
  void set_waker(std::function<void()> waker) { waker_ = std::move(waker); }

  // Domain: Easy DKIM (or own key), pending. Address: a link is mailed, valid 24 h.
  IdentityTask<store::IdentityRecord> create(std::string account_id, std::string name, CreateOptions options);
  IdentityTask<store::IdentityRecord> get(std::string account_id, std::string name);
  // Also marks the identity as watched: its pending MAIL FROM and DKIM are looked at every 2 s for the next minute.
  IdentityTask<store::IdentityRecord> get_watched(std::string account_id, std::string name);
  IdentityTask<store::IdentityPage> list(std::string account_id, std::string after, std::size_t limit,
                                         std::optional<store::IdentityKind> kind);
  IdentityTask<void> remove(std::string account_id, std::string name);  // not_found

  // v1 VerifyDomainIdentity: creates the identity if need be (without DKIM) and returns the TXT token; the same token
  // again.
  IdentityTask<std::string> verify_domain_by_txt(std::string account_id, std::string domain);
  // v1 VerifyDomainDkim: creates the identity if need be; returns its three tokens, restarting a failed search.
  IdentityTask<std::vector<std::string>> verify_domain_dkim(std::string account_id, std::string domain);
  // v1 VerifyEmailIdentity: creates it, or mails the link again; without another mail if the address is verified or the
  // last link is not a minute old.
  IdentityTask<void> verify_address(std::string account_id, std::string address);
  // The link was followed. not_found: unknown, used or older than 24 h. The token is good for one call.
  IdentityTask<store::IdentityRecord> confirm_address(std::string token);

  // Empty domain clears it, the behaviour with it. Starts a look at once. invalid_mail_from, mail_from_not_below.
  IdentityTask<void> set_mail_from(std::string account_id, std::string name, std::string mail_from_domain,
                                   store::BehaviorOnMxFailure behavior);
  // For an address of a registered domain without effect (spec 1.4). not_found: no such identity, or DKIM was never set
  // up.
  IdentityTask<void> set_dkim_signing(std::string account_id, std::string name, bool enabled);
  // Easy DKIM with a new key length, or (again) Easy DKIM after an own key; or an own key. Returns the new state:
  // pending, while sending goes on (identity/verification.h). Keys of before stay published, so that mail under way
  // still verifies. Without a key length nothing changes for an identity on Easy DKIM, but a failed search starts
  // again.
  IdentityTask<store::DkimState> set_easy_dkim(std::string account_id, std::string name,
                                               std::optional<std::uint32_t> next_key_bits);
  IdentityTask<store::DkimState> set_own_dkim_key(std::string account_id, std::string name, OwnDkimKey key);
  IdentityTask<void> set_feedback_forwarding(std::string account_id, std::string name, bool enabled);
  IdentityTask<void> set_configuration_set(std::string account_id, std::string name,
                                           std::optional<std::string> configuration_set);

  // Looks now at everything, applies what it says (as the watcher would), asks for the receivers' view and stores the
  // diagnosis; returns its JSON.
  IdentityTask<std::string> look_now(std::string account_id, std::string name);
  // The last diagnosis; looks now if its receivers' view, which the watcher's looks do not renew, is older than a
  // minute.
  IdentityTask<std::string> diagnosis(std::string account_id, std::string name);

  // What changed of the identity, newest first: entries before `before` (identity/history.h). not_found
  IdentityTask<std::vector<store::HistoryEntry>> history(std::string account_id, std::string name, std::int64_t before,
                                                         std::size_t limit);

  // For the watcher: one look at what `options` names of `identity`, applied and stored, notices sent. What was set
  // anew since `identity` was read is left alone; the result is the state afterwards. not_found: deleted meanwhile.
  IdentityTask<store::IdentityRecord> look_and_apply(store::IdentityRecord identity, LookOptions options);

  // Mails that were committed and not sent: because of a crash, or of a queue without room. For the watcher.
  net::Task<void> send_owed_notices() { return notices_.send_owed(); }

 private:
  // Changes the record that was read; an error ends the operation with nothing written. Called again after a conflict.
  using Step = std::function<Result<void, IdentityError>(store::IdentityRecord&)>;
  // What is committed with an identity besides its keys.
  struct Beside {
    std::vector<store::OwedNotice> notices = {};
    std::optional<store::AddressVerification> new_link = {};
    std::string used_link = {};
    const Seen* seen = nullptr;  // for the history; not written itself
    bool empty() const { return notices.empty() && !new_link && used_link.empty(); }
  };
  struct Looked {
    store::IdentityRecord identity;
    std::string json;
  };

  IdentityTask<store::IdentityRecord> find(std::string account_id, std::string name);
  // Reads, steps, writes; unchanged records are not written. `keys` (may be empty) are written with the record.
  IdentityTask<store::IdentityRecord> change(std::string account_id, std::string name, Step step, DkimKeySet keys);
  // `beside`: what else is committed; may be filled in by `step`. Must live until the task ends.
  IdentityTask<store::IdentityRecord> change(std::string account_id, std::string name, Step step, DkimKeySet keys,
                                             const Beside& beside);
  IdentityTask<store::IdentityRecord> insert(store::IdentityRecord identity, DkimKeySet keys, Beside beside);
  IdentityTask<store::IdentityRecord> create_address(std::string account_id, std::string address,
                                                     CreateOptions options);
  IdentityTask<store::IdentityRecord> create_domain(std::string account_id, std::string domain, CreateOptions options);
  Beside new_link(const store::IdentityRecord& identity);
  IdentityTask<DkimKeySet> new_easy_keys(KeyOwner owner, std::uint32_t bits);
  IdentityTask<DkimKeySet> imported_keys(KeyOwner owner, OwnDkimKey key);

  enum class Receivers { asked, as_before };
  IdentityTask<Looked> look(store::IdentityRecord identity, LookOptions options, Receivers receivers);
  net::Task<LookFacts> facts_about(store::IdentityRecord identity);
  net::Task<boost::json::object> diagnosis_before(std::string account_id, std::string name);
  net::Task<void> put_diagnosis(const store::IdentityRecord& identity, Time at, std::string json);
  net::Task<void> keep_diagnosis(const Seen& seen, store::IdentityRecord identity, LookOptions options,
                                 Receivers receivers, std::string& json);
  IdentityTask<Applied> apply(store::IdentityRecord asked, const Seen& seen);
  std::vector<store::OwedNotice> notices_about(const Applied& applied) const;
  net::Task<void> tell(store::IdentityRecord identity, std::vector<Told> changes);
  void wake() const {
    if (waker_) waker_();
  }

  ServiceDeps deps_;
  NoticeQueue notices_;
  WatchList watched_;
  std::function<void()> waker_;
};

}  // namespace sesame::identity
