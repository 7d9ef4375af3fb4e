// `sesame check`: needs the name of a domain and DNS; neither configuration nor service.
#include <fmt/format.h>

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <cstdio>

#include "app/check_page.h"
#include "app/commands/commands.h"
#include "app/commands/offline.h"
#include "app/commands/resolver_options.h"
#include "app/terminal.h"
#include "app/wait_for.h"
#include "base/random.h"
#include "check/check.h"
#include "dns/name.h"
#include "dns/unbound_resolver.h"
#include "identity/names.h"

namespace sesame::app {
namespace {

constexpr std::chrono::seconds time_for_check{20};
constexpr std::chrono::seconds time_for_port{4};

// A name given on the command line, as an A-label name.
Result<std::string, std::string> parse_name(std::string_view option, const std::string& text) {
  auto name = identity::parse_domain(text);
  if (!name) return std::unexpected(fmt::format("{}: {} is not a domain name", option, text));
  return std::move(*name);
}

Result<void, std::string> take_names(const CheckArguments& arguments, check::Question& question) {
  const auto domain = parse_name("DOMAIN", arguments.domain);
  if (!domain) return std::unexpected(domain.error());
  question.domain = *domain;
  if (!arguments.mail_from.empty()) {
    const auto mail_from = parse_name("--mail-from", arguments.mail_from);
    if (!mail_from) return std::unexpected(mail_from.error());
    question.mail_from_domain = *mail_from;
  }
  if (!arguments.from.empty()) {
    const auto author = parse_name("--from", identity::domain_of(arguments.from));
    if (!author) return std::unexpected(author.error());
    question.author_domain = *author;
  }
  if (!arguments.service_domain.empty()) {
    const auto service = parse_name("--service-domain", arguments.service_domain);
    if (!service) return std::unexpected(service.error());
    question.service = identity::ServiceNames{*service, arguments.region};
  }
  return {};
}

Result<check::Question, std::string> question_of(const CheckArguments& arguments) {
  check::Question question;
  if (auto taken = take_names(arguments, question); !taken) return std::unexpected(taken.error());
  if (arguments.selectors.size() > check::max_given_selectors)
    return std::unexpected(fmt::format("--selector: at most {}", check::max_given_selectors));
  for (const std::string& selector : arguments.selectors) {
    if (!dns::is_valid_name(fmt::format("{}._domainkey.{}", selector, question.domain)))
      return std::unexpected(fmt::format("--selector: {} cannot be one", selector));
    question.selectors.push_back(dns::canonical(selector));
  }
  if (arguments.addresses.size() > check::max_given_addresses)
    return std::unexpected(fmt::format("--ip: at most {}", check::max_given_addresses));
  for (const std::string& text : arguments.addresses) {
    const auto ip = net::parse_ip(text);
    if (!ip) return std::unexpected(fmt::format("--ip: {} is not an address", text));
    question.addresses.push_back(*ip);
  }
  return question;
}

// A single resolver on loopback at a port of its own may be all the DNS there is: a sandbox, a test. If the domain's
// name servers are on loopback too, they are at that port.
net::Task<std::uint16_t> name_server_port(dns::AuthoritativeClient& servers, const dns::UnboundOptions& options,
                                          std::string domain) {
  if (!options.stub_root || !net::is_loopback(options.stub_root->address)) co_return dns_port;
  const auto zone = co_await servers.servers_for(std::move(domain), net::after(time_for_port));
  if (!zone) co_return dns_port;
  const bool local = std::ranges::any_of(zone->servers, [](const dns::NameServer& server) {
    return std::ranges::any_of(server.addresses, net::is_loopback);
  });
  co_return local ? options.stub_root->port : dns_port;
}

net::Task<check::Report> check_with(dns::UnboundResolver& resolver, const dns::UnboundOptions& options,
                                    check::Question question) {
  const net::Executor executor = co_await net::current_executor();
  SecureRandom random;
  dns::AuthoritativeOptions server_options;
  server_options.limits.per_server_per_second = 0;                    // a check asks a handful, once
  server_options.allow_private_servers = !options.resolvers.empty();  // DNS of one's own
  const net::Deadline deadline = net::after(time_for_check);
  dns::AuthoritativeClient finder(executor, resolver, random, server_options);
  server_options.port = co_await name_server_port(finder, options, question.domain);
  co_await finder.stop();

  dns::AuthoritativeClient servers(executor, resolver, random, server_options);
  check::HttpsPolicyFetcher policies(resolver);
  const check::Sources sources{servers, server_options.port, resolver, &policies};
  check::Report report = co_await check::check_domain(sources, std::move(question), SystemClock().now(), deadline);
  co_await servers.stop();
  co_return report;
}

}  // namespace

int check(const CheckArguments& arguments) {
  const auto options = resolver_options(arguments.resolvers);
  if (!options) return complain(options.error(), exit_usage);
  auto question = question_of(arguments);
  if (!question) return complain(question.error(), exit_usage);

  net::Runtime runtime(1);
  dns::UnboundResolver resolver(runtime.executor(0), *options);
  const check::Report report = wait_for(runtime, check_with(resolver, *options, std::move(*question)));
  if (arguments.json) {
    fmt::print("{}\n", boost::json::serialize(check::to_json(report)));
  } else {
    fmt::print("{}", check_page(report, wants_colour(stdout)));
  }
  return check_status(report);
}

}  // namespace sesame::app
