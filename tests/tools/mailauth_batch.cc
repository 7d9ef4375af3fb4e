// mailauth_batch: the engine's judgements by the line, for cross-checks with other implementations. Not a product
// command.
//
// Reads JSON objects from standard input, one a line, and answers each with one line:
//   {"do":"keys","records":{NAME:TXT}}                        {}; TXT records for the lines that follow
//   {"do":"key","algorithm":"rsa"|"ed25519","pkcs8":BASE64}   {"record":TXT}; the key that signs from here on
//   {"do":"sign","message":BASE64,"domain","selector","header":FORM,"body":FORM,"time":UNIX}
//                                                             {"field":BASE64} or {"error":WORD}
//   {"do":"verify","message":BASE64,"time":UNIX}              {"results":[{"result","problem"}]}
//   {"do":"spf","zone":{NAME:{TYPE:[DATA]}},"ip","helo","mail_from","time":UNIX}
//                                                             {"result","problem","lookups"}
// DATA is a record in presentation form ("10 mx.example"), for TXT its text; the list ["TIMEOUT"] makes that question
// time out. Names that have no record do not exist.
#include <boost/asio/ip/address.hpp>
#include <boost/json.hpp>
#include <iostream>
#include <optional>
#include <stdexcept>

#include "base/text.h"
#include "mailauth/dkim/sign.h"
#include "mailauth/dkim/verify.h"
#include "mailauth/spf/check_host.h"
#include "mailauth/testing/run.h"
#include "mailauth/testing/zone_resolver.h"

using namespace sesame;
using namespace sesame::mailauth;
namespace json = boost::json;

namespace {

std::string text(const json::object& line, const char* key) { return std::string(line.at(key).as_string()); }

std::string octets(const json::object& line, const char* key) {
  auto decoded = base64_decode(line.at(key).as_string());
  if (!decoded) throw std::runtime_error(std::string(key) + " is not base64");
  return *std::move(decoded);
}

Time time_of(const json::object& line) { return from_unix_ms(line.at("time").as_int64() * 1000); }

dkim::Canonicalization form(const json::object& line, const char* key) {
  return text(line, key) == "simple" ? dkim::Canonicalization::simple : dkim::Canonicalization::relaxed;
}

net::Deadline far_away() { return net::after(std::chrono::hours(1)); }

class Batch {
 public:
  json::object answer(const json::object& line) {
    const std::string verb = text(line, "do");
    if (verb == "keys") return keep_keys(line);
    if (verb == "key") return take_key(line);
    if (verb == "sign") return sign(line);
    if (verb == "verify") return verify(line);
    if (verb == "spf") return check_host(line);
    throw std::runtime_error("unknown verb " + verb);
  }

 private:
  json::object keep_keys(const json::object& line) {
    keys_ = testing::ZoneResolver();
    for (const auto& [name, record] : line.at("records").as_object()) keys_.add_txt(name, record.as_string());
    return {};
  }

  json::object take_key(const json::object& line) {
    auto key = dkim::SigningKey::from_der(octets(line, "pkcs8"));
    if (!key) throw std::runtime_error("not a key");
    key_ = *std::move(key);
    return {{"record", key_->record()}};
  }

  json::object sign(const json::object& line) {
    const std::string message = octets(line, "message");
    const auto parsed = message::parse_message(message);
    const dkim::SignOptions options{.signing_domain = text(line, "domain"),
                                    .selector = text(line, "selector"),
                                    .key = key_ ? &*key_ : throw std::runtime_error("no key yet"),
                                    .time = time_of(line),
                                    .header_form = form(line, "header")};
    const auto field = dkim::sign(parsed, dkim::hash_body(form(line, "body"), parsed.body), options);
    if (!field) return {{"error", name(field.error())}};
    return {{"field", base64_encode(*field)}};
  }

  json::object verify(const json::object& line) {
    const std::string message = octets(line, "message");
    const auto parsed = message::parse_message(message);
    json::array results;
    for (const auto& one : testing::run(dkim::verify(keys_, parsed, time_of(line), far_away())))
      results.push_back({{"result", name(one.result)}, {"problem", printable_utf8(one.problem, 300)}});
    return {{"results", std::move(results)}};
  }

  json::object check_host(const json::object& line) {
    testing::ZoneResolver zone;
    for (const auto& [name, types] : line.at("zone").as_object()) {
      for (const auto& [type_name, list] : types.as_object()) add_records(zone, name, type_name, list.as_array());
    }
    const std::string mail_from = text(line, "mail_from");
    const std::size_t at = mail_from.rfind('@');
    spf::SpfQuery query{.ip = boost::asio::ip::make_address(text(line, "ip")),
                        .helo = text(line, "helo"),
                        .receiver = "receiver.example",
                        .now = time_of(line)};
    if (at != mail_from.npos) query.mail_from_local_part = mail_from.substr(0, at);
    query.mail_from_domain = mail_from.substr(at == mail_from.npos ? 0 : at + 1);
    const auto outcome = testing::run(spf::check_host(zone, std::move(query), far_away()));
    return {{"result", name(outcome.result)},
            {"problem", printable_utf8(outcome.problem, 300)},
            {"lookups", outcome.lookups}};
  }

  static void add_records(testing::ZoneResolver& zone, std::string_view name, std::string_view type_name,
                          const json::array& list) {
    const auto type = dns::parse_record_type(type_name);
    if (!type) throw std::runtime_error("unknown record type " + std::string(type_name));
    for (const auto& value : list) {
      const std::string data(value.as_string());
      if (data == "TIMEOUT") {
        zone.fail(name, *type, dns::AnswerStatus::timeout);
      } else if (*type == dns::RecordType::txt) {
        zone.add_txt(name, data);
      } else if (*type == dns::RecordType::mx) {
        const std::size_t blank = data.find(' ');
        zone.add(name, *type,
                 dns::Mx{static_cast<std::uint16_t>(std::stoul(data.substr(0, blank))), data.substr(blank + 1)});
      } else if (*type == dns::RecordType::ptr) {
        zone.add(name, *type, dns::Ptr{data});
      } else if (*type == dns::RecordType::cname) {
        zone.add(name, *type, dns::Cname{data});
      } else if (*type == dns::RecordType::a) {
        zone.add(name, *type, dns::A{data});
      } else if (*type == dns::RecordType::aaaa) {
        zone.add(name, *type, dns::Aaaa{data});
      } else {
        throw std::runtime_error("no records of type " + std::string(type_name));
      }
    }
  }

  testing::ZoneResolver keys_;
  std::optional<dkim::SigningKey> key_;
};

}  // namespace

int main() {
  Batch batch;
  std::string line;
  for (std::size_t number = 1; std::getline(std::cin, line); ++number) {
    try {
      std::cout << json::serialize(batch.answer(json::parse(line).as_object())) << '\n';
    } catch (const std::exception& error) {
      std::cerr << "mailauth_batch: line " << number << ": " << error.what() << '\n';
      return 2;
    }
  }
  return 0;
}
