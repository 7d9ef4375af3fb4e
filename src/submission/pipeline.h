// submission/pipeline.h: the only way in: authorise, compose, envelope, sign, enqueue.
//
// docs/message-life.md tells the order. Nothing is queued unless everything held; a message is durable before submit()
// returns. Thread-safe; must outlive its calls.
#pragma once

#include <atomic>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/random.h"
#include "campaign/tracking.h"
#include "events/feed.h"
#include "identity/notices.h"
#include "identity/service_names.h"
#include "store/control_store.h"
#include "store/queue_store.h"
#include "submission/api_message_id.h"
#include "submission/compose.h"
#include "submission/configuration_sets.h"
#include "submission/content_scanner.h"
#include "submission/error.h"
#include "submission/request.h"
#include "submission/sending_quota.h"
#include "submission/signer.h"

namespace sesame::submission {

struct PipelineDeps {
  store::ControlStore& control;
  store::QueueStore& queue;
  MessageIds& ids;
  events::Feed& feed;
  const Clock& clock;
  RandomSource& random;
  net::Executor workers;  // composing large messages and signing
  identity::ServiceNames names;
  ConfigurationSets& configuration;
};

struct PipelineOptions {
  std::chrono::seconds max_delivery{50400};  // spec 3.2: 840 minutes
  QuotaLimits quota = {};                    // of each account
  AlsoSign also_sign = {};
};

class Pipeline final : public identity::NoticeSender {
 public:
  Pipeline(PipelineDeps deps, PipelineOptions options);

  // With it, send() signs, and submit() if the options say so. Set before the first of either.
  void set_service_key(ServiceKey key) { signer_.set_service_key(deps_.names.service_domain, std::move(key)); }

  // With it, messages are tracked whose configuration set asks for it. It must outlive the pipeline. Set before the
  // first submit().
  void set_tracking(const campaign::Tracking& tracking) { tracking_ = &tracking; }

  // Without them there are no contact lists. They must outlive the pipeline. Set before the first submit().
  void set_contact_lists(campaign::ContactLists& contacts) { contacts_ = &contacts; }

  // With it, nothing is sent in which it finds malware. It must outlive the pipeline. Set before the first submit().
  void set_scanner(ContentScanner& scanner, Unscanned unscanned) {
    scanner_ = &scanner;
    unscanned_ = unscanned;
  }
  struct ScanCounters {
    std::uint64_t clean = 0, malware = 0, unscanned = 0;
  };
  ScanCounters scans() const { return {clean_, malware_, not_scanned_}; }  // from any thread

  net::Task<SubmissionResult<Accepted>> submit(SubmissionRequest request);

  const QuotaLimits& quota_limits() const { return quota_.limits(); }

  // The service's own mail (notices, verification links): from no-reply@<service domain>, default MAIL FROM domain,
  // signed with the service domain's own key.
  net::Task<bool> send(identity::Notice notice) override;

 private:
  // Composed, allowed, with its envelope and signed.
  struct Ready {
    store::NewMessage message;
    store::SuppressionReasons suppression;    // what keeps it from recipients
    std::vector<std::string> opted_out;       // recipients that do not want it
    std::optional<RenderingFailure> failure;  // what keeps it from everybody
  };
  net::Task<SubmissionResult<Ready>> make_ready(SubmissionRequest request);
  net::Task<SubmissionResult<std::string>> sign_own(std::string_view content);
  net::Task<SubmissionResult<Accepted>> enqueue(store::NewMessage message, std::vector<store::Event> events,
                                                store::SuppressionCheck check);
  net::Task<SubmissionResult<Accepted>> record_failure(store::NewMessage message, RenderingFailure failure);
  net::Task<SubmissionResult<Accepted>> take(store::NewMessage message, store::SuppressionReasons reasons,
                                             std::vector<std::string> opted_out);
  net::Task<SubmissionResult<Accepted>> scan_and_record(store::NewMessage message, store::SuppressionReasons reasons,
                                                        std::vector<std::string> opted_out);
  net::Task<SubmissionResult<ScanVerdict>> scan(std::string api_message_id, std::string_view content);
  net::Task<SubmissionResult<Accepted>> record_rejected(store::NewMessage message, std::string malware);
  net::Task<SubmissionResult<Accepted>> record_taken(store::NewMessage message, store::SuppressionReasons reasons,
                                                     std::vector<std::string> opted_out);
  net::Task<SubmissionResult<std::vector<std::string>>> opted_out(std::string account_id, const Prepared& prepared);

  PipelineDeps deps_;
  PipelineOptions options_;
  SendingQuota quota_;
  Signer signer_;
  const campaign::Tracking* tracking_ = nullptr;
  campaign::ContactLists* contacts_ = nullptr;
  ContentScanner* scanner_ = nullptr;
  Unscanned unscanned_ = Unscanned::refuse;
  std::atomic<std::uint64_t> clean_ = 0, malware_ = 0, not_scanned_ = 0;
};

}  // namespace sesame::submission
