#include "mailauth/dkim/verify.h"

#include "mailauth/dkim/signature_judge.h"

namespace sesame::mailauth::dkim {

net::Task<std::vector<SignatureResult>> verify(dns::Resolver& resolver, const message::ParsedMessage& message, Time now,
                                               net::Deadline deadline, KeyCache* keys) {
  std::vector<SignatureResult> results;
  SignatureJudge judge(resolver, message, now, deadline, keys);
  for (const message::HeaderField* field : message.all("DKIM-Signature")) {
    if (results.size() == max_signatures) break;
    SignatureResult result = co_await judge.judge(*field, SignatureKind::dkim);
    results.push_back(std::move(result));
  }
  co_return results;
}

}  // namespace sesame::mailauth::dkim
