// Any message: its ARC sets come in order and whole or not at all, and a chain whose sealers' keys nobody has does not
// pass.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <cstdint>

#include "base/text.h"
#include "check.h"
#include "mailauth/arc/sets.h"
#include "mailauth/arc/verify.h"
#include "mailauth/dkim/key.h"

using namespace sesame;
using namespace sesame::mailauth;

namespace {

class OneKeyResolver final : public dns::Resolver {
 public:
  net::Task<dns::Answer> resolve(std::string name, dns::RecordType type, net::Deadline) override {
    dns::Answer answer;
    answer.status = dns::AnswerStatus::found;
    answer.records.push_back({std::move(name), type, 300, dns::Txt{{record_}}});
    ++questions;
    co_return answer;
  }
  std::size_t questions = 0;

 private:
  const std::string record_ = dkim::SigningKey::generate_ed25519().record();
};

bool is_field(const message::HeaderField* field, std::string_view name) {
  return field != nullptr && ascii_iequals(field->name, name);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static OneKeyResolver resolver;
  resolver.questions = 0;
  const auto message = message::parse_message({reinterpret_cast<const char*>(data), size});
  const auto sets = arc::collect_sets(message);
  if (sets) {
    check(sets->size() <= arc::max_instances);
    check(sets->size() == message.count("ARC-Seal"));
    for (const arc::ArcSet& set : *sets) {
      check(is_field(set.authentication_results, "ARC-Authentication-Results"));
      check(is_field(set.message_signature, "ARC-Message-Signature") && is_field(set.seal, "ARC-Seal"));
    }
  }
  boost::asio::io_context io(1);
  auto done = boost::asio::co_spawn(
      io, arc::verify(resolver, message, from_unix_ms(0), net::after(std::chrono::hours(1))), boost::asio::use_future);
  io.run();
  const arc::ArcOutcome outcome = done.get();
  const bool none = sets && sets->empty();
  check(outcome.result == (none ? arc::ArcResult::none : arc::ArcResult::fail));
  check(none == outcome.problem.empty());
  check(resolver.questions <= 1);
  return 0;
}
