// The order of §5.2 but for step 5, which changes nothing about the result and comes last, when the chain is known to
// hold.
#include "mailauth/arc/verify.h"

#include <fmt/format.h>

#include "mailauth/arc/seal_digests.h"
#include "mailauth/arc/sets.h"
#include "mailauth/dkim/signature_judge.h"

namespace sesame::mailauth::arc {
namespace {

using dkim::DkimResult;
using dkim::SignatureKind;

ArcOutcome& fail(ArcOutcome& outcome, std::string problem) {
  outcome.result = ArcResult::fail;
  outcome.problem = std::move(problem);
  return outcome;
}

// Empty, or why a seal does not hold. From the newest to the oldest (step 6).
net::Task<std::string> judge_seals(dkim::SignatureJudge& judge, const std::vector<ArcSet>& sets) {
  std::vector<std::string> digests = seal_digests(sets);
  for (std::size_t i = sets.size(); i-- > 0;) {
    const dkim::SignatureResult seal = co_await judge.judge_seal(*sets[i].seal, std::move(digests[i]));
    if (seal.result != DkimResult::pass) co_return fmt::format("the seal of instance {}: {}", i + 1, seal.problem);
  }
  co_return std::string();
}

// Step 5; the newest message signature is known to hold.
net::Task<std::optional<unsigned>> find_oldest_pass(dkim::SignatureJudge& judge, const std::vector<ArcSet>& sets) {
  std::size_t looked_at = 1;
  for (std::size_t i = sets.size() - 1; i-- > 0;) {
    if (++looked_at > max_message_signatures) co_return std::nullopt;
    const auto older = co_await judge.judge(*sets[i].message_signature, SignatureKind::arc_message);
    if (older.result != DkimResult::pass) co_return static_cast<unsigned>(i + 2);
  }
  co_return 0u;
}

}  // namespace

std::string_view name(ArcResult result) {
  switch (result) {
    case ArcResult::none: return "none";
    case ArcResult::pass: return "pass";
    case ArcResult::fail: return "fail";
  }
  return "";
}

net::Task<ArcOutcome> verify(dns::Resolver& resolver, const message::ParsedMessage& message, Time now,
                             net::Deadline deadline, dkim::KeyCache* keys) {
  ArcOutcome outcome;
  const auto sets = collect_sets(message);
  if (!sets) co_return fail(outcome, sets.error().text);
  if (sets->empty()) co_return outcome;
  for (const ArcSet& set : *sets) outcome.sealers.push_back(dkim::read_labels(set.seal->value).domain);

  dkim::SignatureJudge judge(resolver, message, now, deadline, keys);
  dkim::SignatureResult newest = co_await judge.judge(*sets->back().message_signature, SignatureKind::arc_message);
  if (newest.result != DkimResult::pass)
    co_return fail(outcome, fmt::format("the message signature of instance {}: {}", sets->size(), newest.problem));
  std::string broken_seal = co_await judge_seals(judge, *sets);
  if (!broken_seal.empty()) co_return fail(outcome, std::move(broken_seal));

  outcome.result = ArcResult::pass;
  outcome.problem = std::move(newest.problem);
  outcome.oldest_pass = co_await find_oldest_pass(judge, *sets);
  co_return outcome;
}

}  // namespace sesame::mailauth::arc
