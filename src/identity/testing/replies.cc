#include "identity/testing/replies.h"

#include <stdexcept>

namespace sesame::identity {

ReplyBuilder::ReplyBuilder(std::string name, dns::RecordType type, std::string zone)
    : reply_{std::move(name), type, std::move(zone), {}, std::nullopt} {}

dns::ServerLook& ReplyBuilder::add(std::string server, dns::ServerStatus status) {
  dns::ServerLook look;
  look.server = std::move(server);
  look.address = net::Endpoint{net::asio::ip::address_v4({192, 0, 2, 53}), 53};
  look.answer.status = status;
  return reply_.servers.emplace_back(std::move(look));
}

ReplyBuilder& ReplyBuilder::found(std::string server, std::initializer_list<std::string_view> values) {
  dns::ServerLook& look = add(std::move(server), dns::ServerStatus::found);
  for (const std::string_view value : values) {
    auto parsed = dns::parse_record_data(reply_.type, value);
    if (const auto* error = std::get_if<dns::RecordParseError>(&parsed)) throw std::invalid_argument(error->text);
    look.answer.records.push_back({reply_.name, reply_.type, 300, std::get<dns::RecordData>(std::move(parsed))});
  }
  return *this;
}

ReplyBuilder& ReplyBuilder::alias(std::string server, std::string target) {
  add(std::move(server), dns::ServerStatus::found).answer.cname = std::move(target);
  return *this;
}

ReplyBuilder& ReplyBuilder::says(std::string server, dns::ServerStatus status) {
  add(std::move(server), status);
  return *this;
}

ReplyBuilder& ReplyBuilder::no_zone(dns::AnswerStatus status, std::string detail) {
  reply_.no_servers = dns::ZoneError{status, std::move(detail)};
  return *this;
}

}  // namespace sesame::identity
