// Any message: the verdict has each rule's finding with a repair where it failed, and JSON and field are text that
// cannot be mistaken for anything else.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/json/serialize.hpp>
#include <cstdint>

#include "base/text.h"
#include "check.h"
#include "mailauth/dkim/key.h"
#include "mailauth/verdict/message_format.h"
#include "mailauth/verdict/verdict.h"

using namespace sesame;
using namespace sesame::mailauth;

namespace {

// One Ed25519 key wherever a key is asked for, one policy wherever one is, every address of one name.
class SmallWorld final : public dns::Resolver {
 public:
  net::Task<dns::Answer> resolve(std::string name, dns::RecordType type, net::Deadline) override {
    check(++questions <= 250);
    dns::Answer answer;
    answer.status = dns::AnswerStatus::found;
    if (type == dns::RecordType::ptr) {
      answer.records.push_back({name, type, 300, dns::Ptr{"out.example"}});
    } else if (type == dns::RecordType::a) {
      answer.records.push_back({name, type, 300, dns::A{"192.0.2.1"}});
    } else if (type == dns::RecordType::txt) {
      const char* other = name.starts_with("_dmarc.") ? "v=DMARC1; p=reject" : "v=spf1 ip4:192.0.2.1 -all";
      const bool key = name.find("._domainkey.") != name.npos;
      answer.records.push_back({name, type, 300, dns::Txt{{key ? key_ : other}}});
    } else {
      answer.status = dns::AnswerStatus::no_data;
    }
    co_return answer;
  }
  int questions = 0;

 private:
  const std::string key_ = dkim::SigningKey::generate_ed25519().record();
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static SmallWorld world;
  world.questions = 0;
  const std::string_view message(reinterpret_cast<const char*>(data), size);
  ConnectionFacts facts{.ip = net::asio::ip::make_address("192.0.2.1"),
                        .helo = "out.example",
                        .reverse_path = "id@bounce.example.com",
                        .receiver = "mx.example.net"};
  boost::asio::io_context io(1);
  auto done = boost::asio::co_spawn(
      io, evaluate_message(world, facts, message, from_unix_ms(0), net::after(std::chrono::hours(1))),
      boost::asio::use_future);
  io.run();
  const Verdict verdict = done.get();
  check(verdict.sender_rules.size() == static_cast<std::size_t>(Rule::message_format) + 1);
  for (const RuleFinding& finding : verdict.sender_rules) {
    check(finding.sentence.ends_with('.') && finding.repair.empty() == (finding.result != RuleResult::fail));
  }
  check(verdict.dkim.size() <= 10);
  check(is_utf8(boost::json::serialize(to_json(verdict))));
  const std::string field = format_field(verdict.authentication_results);
  check(field.ends_with("\r\n") && parse_authentication_results(field.substr(23)).has_value());
  check(is_message_id(message) || !is_message_id(std::string(message) + "("));
  is_date_time(message);
  return 0;
}
