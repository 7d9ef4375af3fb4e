#include <fmt/format.h>

#include <csignal>
#include <cstdio>

#include "api/sigv4/smtp_password.h"
#include "app/commands/commands.h"
#include "app/descriptor_limit.h"
#include "app/listeners.h"
#include "app/sandbox_files.h"
#include "app/service.h"

namespace sesame::app {
namespace {

constexpr std::string_view sandbox_domain = "svc.example";

int refuse(const std::string& problem) {
  fmt::print(stderr, "sesame: {}\n", problem);
  return exit_usage;
}

// The sandbox's configuration is an ordinary one; the environment may change its keys.
Result<Config, std::string> sandbox_config(const std::string& data_dir) {
  const std::string toml = fmt::format(R"(
[service]
domain = "{}"
data_dir = '{}'
admin_email = "operator@inbox.example"
[dns]
listen = ["127.0.0.1:8053", "127.0.0.2:8053"]
trust_anchor = "none"
allow_private_servers = true
allow_private_providers = true
[delivery]
port = 2525
allow_private_destinations = true
[events]
allow_private_destinations = true
[log]
level = "warning"
)",
                                       sandbox_domain, data_dir);
  auto config = parse_config(toml, "sandbox", process_environment());
  if (!config) return config;
  if (config->dns.listen.empty()) return std::unexpected("dns.listen: the sandbox needs its name server");
  if (config->http.listen.empty()) return std::unexpected("http.listen: the sandbox needs its API");
  if (config->submission.listen.empty()) {
    return std::unexpected("submission.listen: the sandbox needs its submission door");
  }
  config->dns.stub_root = config->dns.listen.front();
  config->dns.authoritative_port = config->dns.listen.front().port;
  return config;
}

SandboxSettings sandbox_settings(const Config& config) {
  SandboxSettings settings;
  settings.receiver = {boost::asio::ip::make_address("127.0.0.2"), config.delivery.port};
  for (const net::Endpoint& endpoint : config.dns.listen) settings.name_server_addresses.push_back(endpoint.address);
  return settings;
}

void print_banner(const Service& service, const SandboxNote& note, const Service::ConsoleLink& console) {
  fmt::print(
      "Sesame sandbox: nothing leaves this machine\n"
      "  SMTP submission     {}\n"
      "  access key id       {}\n"
      "  secret access key   {}\n"
      "  SMTP password       {}\n"
      "  region              {}\n"
      "  API                 {}\n"
      "  console             {}\n",
      net::to_string(service.submission_endpoint()), note.access_key_id, note.secret_access_key, note.smtp_password,
      note.region, note.endpoint, console.url);
}

Result<void, std::string> announce_sandbox(Service& service, const Config& config) {
  auto key = service.first_access_key();
  if (!key) return std::unexpected(key.error());
  const std::string& region = config.service.region;
  const Secret password = sigv4::smtp_password(Secret(key->secret_access_key), region);
  const SandboxNote note{"http://" + net::to_string(service.http_endpoint()), key->access_key_id,
                         key->secret_access_key, std::string(password.reveal()), region};
  if (auto written = write_sandbox_note(config.service.data_dir, note); !written) return written;
  const auto console = service.console_link();
  if (!console) return std::unexpected(console.error());
  print_banner(service, note, *console);
  return {};
}

// Whoever holds the link sets the password, so it goes where only the operator reads: the standard output.
Result<std::string, std::string> console_note(Service& service, const Config& config) {
  if (config.http.listen.empty()) return "";
  const auto console = service.console_link();
  if (!console) return std::unexpected(console.error());
  if (!console->sets_password) return "";
  return fmt::format("console: set the operator's password once at {}\n", console->url);
}

}  // namespace

int serve(const ServeArguments& arguments) {
  const std::string sandbox_dir = arguments.data_dir.empty() ? default_sandbox_dir().string() : arguments.data_dir;
  auto config =
      arguments.sandbox ? sandbox_config(sandbox_dir) : load_config(arguments.config_file, process_environment());
  if (!config) return refuse(config.error());
  log::configure(config->log.level, config->log.format);

  const std::size_t descriptors = raise_descriptor_limit();

  // Blocked before any thread exists, so that sigwait below is the only place a signal arrives.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGHUP);  // the terminal has gone
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);

  const auto sandbox = arguments.sandbox ? std::optional(sandbox_settings(*config)) : std::nullopt;
  auto service = Service::open(*config, sandbox);
  if (!service) return refuse(service.error());
  warn_if_too_low(descriptors, sockets_at_most(*config, sandbox ? 1 : 0));
  std::string note;
  if (arguments.sandbox) {
    if (auto announced = announce_sandbox(**service, *config); !announced) return refuse(announced.error());
  } else {
    auto made = console_note(**service, *config);
    if (!made) return refuse(made.error());
    note = std::move(*made);
  }
  (*service)->start();
  fmt::print("ready\n{}", note);
  std::fflush(stdout);

  int received = 0;
  sigwait(&signals, &received);
  log::info("app", "stopping", {{"signal", received}});
  (*service)->stop();
  return exit_good;
}

}  // namespace sesame::app
