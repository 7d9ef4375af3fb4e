// app/config.h: the configuration (DESIGN 3.2), read and checked before anything is opened or changed.
//
// Order: defaults, then the file, then the environment (SESAME_<SECTION>_<KEY>; lists are comma-separated). An unknown
// key, a bad value or a missing service domain is an error that names the key.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/log.h"
#include "base/result.h"
#include "delivery/group_rules.h"
#include "delivery/source.h"
#include "net/endpoint.h"
#include "submission/also_sign.h"
#include "submission/clamd.h"
#include "submission/sending_quota.h"

namespace sesame::app {

struct Config {
  struct Service {
    std::string domain;
    std::string region = "us-east-1";
    std::vector<std::string> other_regions;  // where the same service also runs: their feedback hosts count too
    std::string hostname;                    // default: mail.<domain>
    std::string data_dir = "/var/lib/sesame";
    std::string admin_email;  // may be empty
  } service;
  struct Store {
    std::string url;  // default: sqlite:<data_dir>
    // Finished messages and their events are forgotten after this; not before their return paths have ended.
    std::chrono::days retention{60};
  } store;
  struct Http {
    std::vector<net::Endpoint> listen;
    std::string tls_certificate, tls_key;
    std::string public_url;  // default: from the first listening address; without a slash at its end
  } http;
  struct Submission {
    std::vector<net::Endpoint> listen, listen_tls;
    std::string tls_certificate, tls_key;
    bool require_tls = true;
    submission::QuotaLimits quota;                                    // daily_quota, max_send_rate: of each account
    std::optional<submission::ScannerAddress> scanner;                // unset: nothing is scanned
    submission::Unscanned unscanned = submission::Unscanned::refuse;  // when_not_scanned
    submission::AlsoSign also_sign;                                   // also_sign: "ed25519", "service"
  } submission;
  struct Feedback {
    std::vector<net::Endpoint> listen;
    std::string tls_certificate, tls_key;
  } feedback;
  struct Dns {
    std::vector<net::Endpoint> resolvers;
    std::string trust_anchor = "builtin";
    std::vector<net::Endpoint> listen;
    std::uint16_t authoritative_port = 53;   // where the name servers of zones are asked
    std::optional<net::Endpoint> stub_root;  // ask everything at this authoritative server (sandbox, test networks)
    bool allow_private_servers = false;      // name servers at special-purpose addresses (net/special_address.h)
    bool allow_private_providers = false;    // where customers' records are published may be at such addresses
  } dns;
  struct Delivery {
    std::uint16_t port = 25;
    std::vector<net::IpAddress> source_addresses;  // shared ones, without more to say about them
    std::vector<delivery::OwnAddress> addresses;   // [[delivery.address]]; the file only
    std::size_t max_connections = 200;
    delivery::LimitSettings limits;           // max_connections_per_group, max_messages_per_connection
    std::vector<delivery::GroupRule> groups;  // [[delivery.group]]; the file only
    std::chrono::seconds max_delivery_seconds{50400};
    bool allow_private_destinations = false;  // mail hosts at special-purpose addresses (net/special_address.h)

    // Both kinds together.
    std::vector<delivery::OwnAddress> own_addresses() const;
  } delivery;
  struct Events {
    bool allow_private_destinations = false;
    std::chrono::seconds max_delivery_seconds{86400};  // what is not taken for so long is given up
  } events;
  struct Log {
    log::Level level = log::Level::info;
    log::Format format = log::Format::text;
  } log;
};

// Variables by name; those that do not begin with SESAME_<section>_ are nobody's business here.
using Environment = std::map<std::string, std::string>;

// The process's own.
Environment process_environment();

// `file` empty: no file. The error is one line naming the key (and the file and line for syntax errors).
Result<Config, std::string> load_config(const std::filesystem::path& file, const Environment& environment);

// The same from TOML text; `where` stands for the file in errors. For tests and the sandbox.
Result<Config, std::string> parse_config(const std::string& toml, const std::string& where,
                                         const Environment& environment);

}  // namespace sesame::app
