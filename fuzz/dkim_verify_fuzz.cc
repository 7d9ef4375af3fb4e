// Any message, every key name answered with one RSA-2048 record: each signature ends in a result with its sentence, and
// none passes, since nobody has the private key.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <cstdint>
#include <cstdlib>

#include "mailauth/dkim/key.h"
#include "mailauth/dkim/verify.h"

using namespace sesame;

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
  const std::string record_ = mailauth::dkim::SigningKey::generate_rsa().record();
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static OneKeyResolver resolver;
  resolver.questions = 0;
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  const auto message = message::parse_message(octets);
  boost::asio::io_context io(1);
  auto done = boost::asio::co_spawn(
      io, mailauth::dkim::verify(resolver, message, from_unix_ms(0), net::after(std::chrono::hours(1))),
      boost::asio::use_future);
  io.run();
  const auto results = done.get();
  if (results.size() > mailauth::dkim::max_signatures || resolver.questions > results.size()) std::abort();
  if (results.size() < std::min(message.count("DKIM-Signature"), mailauth::dkim::max_signatures)) std::abort();
  for (const auto& result : results) {
    if (result.result == mailauth::dkim::DkimResult::pass || result.problem.empty()) std::abort();
  }
  return 0;
}
