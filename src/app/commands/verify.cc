// `sesame verify`: needs the message, what the SMTP session knew, and DNS; neither configuration nor service.
#include <fmt/format.h>

#include <boost/asio/ip/host_name.hpp>
#include <boost/json/serialize.hpp>
#include <cstdio>

#include "app/commands/commands.h"
#include "app/commands/message_file.h"
#include "app/commands/offline.h"
#include "app/commands/resolver_options.h"
#include "app/terminal.h"
#include "app/verify_page.h"
#include "app/wait_for.h"
#include "dns/unbound_resolver.h"

namespace sesame::app {
namespace {

constexpr auto time_for_dns = std::chrono::seconds(20);  // all questions together (RFC 7208 §4.6.4)

Result<mailauth::ConnectionFacts, std::string> connection_facts(const VerifyArguments& arguments) {
  const auto ip = net::parse_ip(arguments.ip);
  if (!ip) return std::unexpected(fmt::format("--ip: {} is not an address", arguments.ip));
  boost::system::error_code unnamed;
  std::string host = boost::asio::ip::host_name(unnamed);
  mailauth::ConnectionFacts facts{.ip = *ip,
                                  .helo = arguments.helo,
                                  .reverse_path = arguments.mail_from,
                                  .receiver = unnamed || host.empty() ? "localhost" : std::move(host),
                                  .bulk = arguments.bulk};
  if (arguments.tls) facts.tls = *arguments.tls == "yes" ? "TLS" : "";
  std::string& path = facts.reverse_path;
  if (path.starts_with('<') && path.ends_with('>')) path = path.substr(1, path.size() - 2);
  return facts;
}

}  // namespace

int verify(const VerifyArguments& arguments) {
  const auto facts = connection_facts(arguments);
  if (!facts) return complain(facts.error(), exit_usage);
  const auto options = resolver_options(arguments.resolvers);
  if (!options) return complain(options.error(), exit_usage);
  const auto message = read_message_file(arguments.file);
  if (!message) return complain(message.error(), exit_usage);

  net::Runtime runtime(1);
  dns::UnboundResolver resolver(runtime.executor(0), *options);
  const Time now = arguments.now ? from_unix_ms(*arguments.now * 1000) : SystemClock().now();
  mailauth::dkim::KeyCache keys;  // forwarders seal and sign with one key
  const mailauth::Verdict verdict =
      wait_for(runtime, mailauth::evaluate_message(resolver, *facts, *message, now, net::after(time_for_dns), &keys));
  if (arguments.json) {
    fmt::print("{}\n", boost::json::serialize(to_json(verdict)));
  } else {
    fmt::print("{}", verify_page(*facts, verdict, wants_colour(stdout)));
  }
  return verify_status(verdict);
}

}  // namespace sesame::app
