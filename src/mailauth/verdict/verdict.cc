#include "mailauth/verdict/verdict.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "mailauth/dkim/verify.h"
#include "mailauth/spf/check_host.h"
#include "mailauth/verdict/author_domain.h"
#include "mailauth/verdict/received_tls.h"
#include "mailauth/verdict/reverse_dns.h"

namespace sesame::mailauth {
namespace {

spf::SpfQuery spf_query(const ConnectionFacts& facts, Time now) {
  spf::SpfQuery query{.ip = facts.ip, .helo = facts.helo, .receiver = facts.receiver, .now = now};
  const std::size_t at = facts.reverse_path.rfind('@');
  if (at != std::string::npos) query.mail_from_local_part = facts.reverse_path.substr(0, at);
  query.mail_from_domain = facts.reverse_path.substr(at == std::string::npos ? 0 : at + 1);
  return query;
}

std::string crlf_copy(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 32);
  for (const char c : text) {
    if (c == '\n') out += '\r';
    out += c;
  }
  return out;
}

MethodResult spf_entry(const spf::SpfOutcome& spf) {
  MethodResult entry{.method = "spf", .result = std::string(name(spf.result)), .reason = spf.problem};
  const char* identity = spf.identity == spf::Identity::helo ? "helo" : "mailfrom";
  if (!spf.domain.empty()) entry.properties.push_back({"smtp", identity, spf.domain});
  return entry;
}

MethodResult dkim_entry(const dkim::SignatureResult& signature) {
  MethodResult entry{.method = "dkim", .result = std::string(name(signature.result)), .reason = signature.problem};
  const auto add = [&](const char* property, const std::string& value) {
    if (!value.empty()) entry.properties.push_back({"header", property, value});
  };
  add("d", signature.domain);
  add("s", signature.selector);
  add("a", signature.algorithm);
  add("b", signature.signature_start);
  return entry;
}

MethodResult dmarc_entry(const dmarc::DmarcOutcome& dmarc) {
  MethodResult entry{.method = "dmarc", .result = std::string(name(dmarc.result)), .reason = dmarc.problem};
  if (!dmarc.policy_domain.empty())
    entry.comment = fmt::format("p={} dis={}", name(dmarc.policy), name(dmarc.disposition));
  if (!dmarc.author_domain.empty()) entry.properties.push_back({"header", "from", dmarc.author_domain});
  return entry;
}

// RFC 8617 §10.2
MethodResult arc_entry(const arc::ArcOutcome& arc) {
  MethodResult entry{.method = "arc", .result = std::string(name(arc.result)), .reason = arc.problem};
  if (!arc.sealers.empty()) entry.comment = fmt::format("i={}", arc.sealers.size());
  if (arc.oldest_pass) entry.properties.push_back({"header", "oldest-pass", std::to_string(*arc.oldest_pass)});
  return entry;
}

AuthenticationResults summarise(const Verdict& verdict, std::string authserv_id) {
  AuthenticationResults all{.authserv_id = std::move(authserv_id)};
  all.results.push_back(spf_entry(verdict.spf));
  for (const auto& signature : verdict.dkim) all.results.push_back(dkim_entry(signature));
  if (verdict.dkim.empty()) all.results.push_back({.method = "dkim", .result = "none"});
  all.results.push_back(arc_entry(verdict.arc));
  all.results.push_back(dmarc_entry(verdict.dmarc));
  return all;
}

// JSON is UTF-8, and what stands in a message need not be.
boost::json::string json_text(std::string_view text) {
  boost::json::string out(text);
  if (!is_utf8(text)) std::ranges::replace_if(out, [](char c) { return static_cast<unsigned char>(c) >= 0x80; }, '?');
  return out;
}

boost::json::value text_or_null(std::string_view text) {
  if (text.empty()) return nullptr;
  return json_text(text);
}

boost::json::object signature_json(const dkim::SignatureResult& signature) {
  boost::json::object object{{"result", name(signature.result)},
                             {"domain", text_or_null(signature.domain)},
                             {"selector", text_or_null(signature.selector)},
                             {"algorithm", text_or_null(signature.algorithm)},
                             {"key_bits", nullptr},
                             {"problem", text_or_null(signature.problem)}};
  if (signature.key_bits != 0) object["key_bits"] = signature.key_bits;
  return object;
}

boost::json::object dmarc_json(const dmarc::DmarcOutcome& dmarc) {
  const bool published = !dmarc.policy_domain.empty();
  return {{"result", name(dmarc.result)},
          {"author_domain", text_or_null(dmarc.author_domain)},
          {"policy_domain", text_or_null(dmarc.policy_domain)},
          {"organizational_domain", text_or_null(dmarc.organizational_domain)},
          {"policy", text_or_null(published ? name(dmarc.policy) : std::string_view())},
          {"disposition", name(dmarc.disposition)},
          {"spf_aligned", dmarc.spf_aligned},
          {"dkim_aligned", dmarc.dkim_aligned},
          {"problem", text_or_null(dmarc.problem)}};
}

}  // namespace

net::Task<Verdict> evaluate_message(dns::Resolver& resolver, ConnectionFacts facts, std::string_view message, Time now,
                                    net::Deadline deadline, dkim::KeyCache* keys) {
  std::string copy;
  if (message.find("\r\n") == message.npos) {
    copy = crlf_copy(message);
    message = copy;
  }
  const message::ParsedMessage parsed = message::parse_message(message);
  AuthorDomains authors = author_domains(parsed);
  Verdict verdict;
  spf::SpfQuery query = spf_query(facts, now);
  verdict.spf = co_await spf::check_host(resolver, std::move(query), deadline);
  verdict.dkim = co_await dkim::verify(resolver, parsed, now, deadline, keys);
  verdict.dmarc = co_await dmarc::evaluate(resolver, std::move(authors.domains), verdict.spf, verdict.dkim, deadline);
  verdict.arc = co_await arc::verify(resolver, parsed, now, deadline, keys);
  if (!authors.problem.empty()) verdict.dmarc.problem = authors.problem;
  verdict.authentication_results = summarise(verdict, std::move(facts.receiver));
  const ReverseDns reverse = co_await look_up_reverse(resolver, facts.ip, deadline);
  if (!facts.tls) facts.tls = tls_by_received(parsed, facts.ip);
  verdict.sender_rules = judge_sender_rules({.message = parsed,
                                             .octets = message,
                                             .spf = verdict.spf,
                                             .dkim = verdict.dkim,
                                             .dmarc = verdict.dmarc,
                                             .reverse = reverse,
                                             .ip = facts.ip,
                                             .tls = facts.tls,
                                             .bulk = facts.bulk});
  co_return verdict;
}

boost::json::object to_json(const Verdict& verdict) {
  boost::json::array signatures;
  for (const auto& signature : verdict.dkim) signatures.push_back(signature_json(signature));
  return {{"spf", boost::json::object{{"result", name(verdict.spf.result)},
                                      {"domain", text_or_null(verdict.spf.domain)},
                                      {"explanation", text_or_null(verdict.spf.explanation)},
                                      {"problem", text_or_null(verdict.spf.problem)}}},
          {"dkim", std::move(signatures)},
          {"dmarc", dmarc_json(verdict.dmarc)},
          {"arc", boost::json::object{{"result", name(verdict.arc.result)}}},
          {"receivers", sender_rules_json(verdict.sender_rules)},
          {"authentication_results", json_text(format_value(verdict.authentication_results))}};
}

}  // namespace sesame::mailauth
