// Any octets as a query over UDP: the response, if there is one, parses, is a response to that query, and is no larger
// than the asker takes.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <cstdlib>

#include "check.h"
#include "zone/responder.h"
#include "zone/zone_file.h"

using namespace sesame;

namespace {

const zone::Authority& authority() {
  static const std::unique_ptr<zone::Authority> served = [] {
    auto made = std::make_unique<zone::Authority>();
    auto data = zone::parse_zone(
        "example. 60 IN SOA ns.example. h.example. 1 1 1 1 60\n"
        "example. 60 IN NS ns.example.\n"
        "ns.example. 60 IN A 192.0.2.1\n"
        "a.example. 60 IN CNAME b.example.\n"
        "b.example. 60 IN MX 10 ns.example.\n"
        "*.w.example. 60 IN TXT \"wild\"\n"
        "d.example. 60 IN NS ns.d.example.\n"
        "ns.d.example. 60 IN A 192.0.2.2\n");
    check(data.has_value());
    for (int i = 0; i < 40; ++i) {
      check(data->add({"big.example", dns::RecordType::txt, 60, dns::Txt{{std::string(100 + i, 'x')}}}));
    }
    made->put("example", std::make_shared<zone::Zone>(std::move(*data)));
    return made;
  }();
  return *served;
}

std::string response_to(std::string query, zone::Transport transport) {
  boost::asio::io_context context;
  std::optional<std::string> response;
  boost::asio::co_spawn(context, zone::respond(authority(), std::move(query), transport),
                        [&](const std::exception_ptr& error, std::string octets) {
                          check(!error);
                          response = std::move(octets);
                        });
  context.run();
  if (!response) std::abort();
  return *response;
}

void check_response(const std::string& query, zone::Transport transport) {
  const std::string response = response_to(query, transport);
  const auto asked = dns::parse_header(query);
  if (response.empty()) {
    check(!asked || asked->qr);
    return;
  }
  const auto parsed = dns::parse_message(response);
  check(asked && parsed && parsed->header.qr && parsed->header.id == asked->id && !parsed->header.ra);
  const auto message = dns::parse_message(query);
  const auto edns = message ? message->edns : std::nullopt;
  check(response.size() <= zone::response_limit(transport, edns));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string query(reinterpret_cast<const char*>(data), size);
  check_response(query, zone::Transport::udp);
  check_response(query, zone::Transport::tcp);
  const std::string truncated = zone::truncated_response(query);
  check(truncated.empty() || truncated.size() <= size + 11);  // never larger than the query but for an OPT
  return 0;
}
