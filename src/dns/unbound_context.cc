#include "dns/unbound_context.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "base/text.h"
#include "dns/name.h"
#include "dns/wire.h"

namespace sesame::dns {
namespace {

constexpr const char* root_key_file = "/usr/share/dns/root.key";

// IANA, https://data.iana.org/root-anchors/root-anchors.xml: KSK-2017 and KSK-2024.
constexpr std::array root_anchors = {
    ". IN DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D",
    ". IN DS 38696 8 2 683D2D0ACB8C9B712A1948B27F741219298D0A450D612C483AF444A4C0FB2B16",
};

// libunbound answers these itself unless told not to (RFC 6761, RFC 6303); a sandbox has zones of such names.
constexpr std::array builtin_zones = {"localhost.", "test.", "invalid.", "onion.", "home.arpa.", "127.in-addr.arpa."};

void check(int error, std::string_view what) {
  if (error != 0) throw std::runtime_error(fmt::format("dns: {} {}", what, ub_strerror(error)));
}

void set(ub_ctx* context, const char* option, const char* value) {
  check(ub_ctx_set_option(context, option, value), option);
}

// libunbound's notation for an address with a port.
std::string at_port(const net::Endpoint& endpoint) {
  return fmt::format("{}@{}", endpoint.address.to_string(), endpoint.port == 0 ? 53 : endpoint.port);
}

void set_caches(ub_ctx* context, bool cache) {
  if (cache) {  // the defaults, 1 MB, thrash with a few thousand signed names
    set(context, "msg-cache-size:", "64m");
    set(context, "rrset-cache-size:", "128m");
    set(context, "key-cache-size:", "16m");
    set(context, "neg-cache-size:", "4m");
    return;
  }
  set(context, "msg-cache-size:", "0");
  set(context, "rrset-cache-size:", "0");
  set(context, "cache-max-ttl:", "0");
  set(context, "cache-max-negative-ttl:", "0");
  set(context, "infra-host-ttl:", "0");
}

void add_anchors(ub_ctx* context, const UnboundOptions& options) {
  if (options.trust_anchor == "none") return;
  if (options.trust_anchor != "builtin") {
    if (!std::ifstream(options.trust_anchor)) {
      throw std::runtime_error(fmt::format("dns.trust_anchor: cannot read {}", options.trust_anchor));
    }
    check(ub_ctx_add_ta_file(context, options.trust_anchor.c_str()), "trust_anchor");
    return;
  }
  if (options.stub_root) return;
  std::error_code ignored;
  if (std::filesystem::exists(root_key_file, ignored)) {
    check(ub_ctx_add_ta_file(context, root_key_file), root_key_file);
    return;
  }
  for (const char* anchor : root_anchors) check(ub_ctx_add_ta(context, anchor), "trust_anchor");
}

// Recursing, we ask whomever the owner of a name says. The IPv4-mapped addresses are all left out, nobody's server is
// there; libunbound leaves out loopback by itself.
constexpr std::array private_networks = {
    "0.0.0.0/8",      "10.0.0.0/8",   "100.64.0.0/10",  "169.254.0.0/16", "172.16.0.0/12",
    "192.0.0.0/24",   "192.0.2.0/24", "192.168.0.0/16", "198.18.0.0/15",  "198.51.100.0/24",
    "203.0.113.0/24", "224.0.0.0/4",  "240.0.0.0/4",    "::/8",           "100::/64",
    "2001:db8::/32",  "fc00::/7",     "fe80::/10",      "fec0::/10",      "ff00::/8",
};

void set_upstreams(ub_ctx* context, const UnboundOptions& options) {
  std::vector<net::Endpoint> upstreams = options.resolvers;
  if (options.stub_root) {
    upstreams = {*options.stub_root};
    set(context, "unblock-lan-zones:", "yes");
    set(context, "insecure-lan-zones:", "yes");
  }
  const bool local = std::ranges::any_of(upstreams, [](const auto& at) { return net::is_loopback(at.address); });
  if (local) set(context, "do-not-query-localhost:", "no");
  if (upstreams.empty() && options.allow_private_servers) set(context, "do-not-query-localhost:", "no");
  if (upstreams.empty() && !options.allow_private_servers) {
    for (const char* network : private_networks) set(context, "do-not-query-address:", network);
  }
  for (const auto& upstream : upstreams) check(ub_ctx_set_fwd(context, at_port(upstream).c_str()), "resolvers");
  if (!options.stub_root) return;
  // The first removal closes the context for settings.
  for (const char* zone : builtin_zones) check(ub_ctx_zone_remove(context, zone), zone);
}

// The CNAMEs from the question's name on, in order; `at` ends on the last target.
std::vector<std::string> follow_cnames(const std::vector<Record>& answers, std::string& at) {
  std::vector<std::string> chain;
  while (chain.size() < answers.size()) {
    const auto alias = std::ranges::find_if(
        answers, [&](const Record& record) { return record.type == RecordType::cname && record.name == at; });
    if (alias == answers.end()) break;
    at = std::get<Cname>(alias->data).target;
    chain.push_back(at);
  }
  return chain;
}

void take_records(Answer& answer, const ub_result& result, RecordType type) {
  const std::string_view packet(static_cast<const char*>(result.answer_packet),
                                static_cast<std::size_t>(std::max(result.answer_len, 0)));
  const auto message = parse_message(packet);
  if (!message || message->questions.size() != 1) {
    answer.status = AnswerStatus::servfail;
    answer.detail = message ? "the answer has no question" : std::string(name(message.error()));
    return;
  }
  std::string at = canonical(message->questions.front().name);
  if (type != RecordType::cname) answer.cname_chain = follow_cnames(message->answers, at);
  for (const Record& record : message->answers) {
    if (record.type == type && record.name == at) answer.records.push_back(record);
  }
}

}  // namespace

UnboundContext make_unbound_context(const UnboundOptions& options) {
  UnboundContext context(ub_ctx_create());
  if (!context) throw std::runtime_error("dns: the resolver could not be created");
  check(ub_ctx_async(context.get(), 1), "asynchronous mode");
  set(context.get(), "module-config:", options.trust_anchor == "none" ? "iterator" : "validator iterator");
  set(context.get(), "outgoing-range:", "512");
  set(context.get(), "num-queries-per-thread:", "1024");
  set_caches(context.get(), options.cache);
  add_anchors(context.get(), options);
  set_upstreams(context.get(), options);
  return context;
}

Answer to_answer(int error, const ub_result* result, RecordType type) {
  Answer answer;
  if (error != 0 || result == nullptr) {
    answer.detail = ub_strerror(error);
    return answer;
  }
  if (result->bogus != 0) {
    answer.bogus = true;
    answer.detail = result->why_bogus != nullptr ? result->why_bogus : "DNSSEC validation failed";
    return answer;
  }
  const auto rcode = static_cast<Rcode>(result->rcode);
  if (rcode != Rcode::noerror && rcode != Rcode::nxdomain) {
    answer.detail = name(rcode);
    return answer;
  }
  answer.secure = result->secure != 0;
  answer.status = AnswerStatus::no_data;
  take_records(answer, *result, type);
  if (answer.status == AnswerStatus::servfail) return answer;
  if (!answer.records.empty()) {
    answer.status = AnswerStatus::found;
  } else if (rcode == Rcode::nxdomain) {
    answer.status = AnswerStatus::nxdomain;
  }
  return answer;
}

}  // namespace sesame::dns
