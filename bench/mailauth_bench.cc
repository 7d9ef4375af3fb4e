// What judging and signing cost beside the cryptography they cannot do without. One thread; DNS answers in memory.
//
// Prints Google Benchmark's table, then the ratios and rates that docs/benchmarks.md promises, each with its limit.
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <map>
#include <stdexcept>
#include <unordered_map>

#include "base/digest.h"
#include "mailauth/dkim/sign.h"
#include "mailauth/dkim/verify.h"
#include "mailauth/dmarc/evaluate.h"
#include "mailauth/spf/check_host.h"

using namespace sesame;
using namespace sesame::mailauth;

namespace {

constexpr std::size_t message_octets = 10 * 1024;
constexpr std::size_t body_octets = 1024 * 1024;

// Lines of words as people write them: 60 to 76 octets, single blanks.
std::string text_of(std::size_t octets) {
  static constexpr std::string_view words[] = {"the", "quick", "brown", "fox", "jumps", "over", "a", "lazy", "dog,"};
  std::string text;
  for (std::size_t word = 0, line = 0; text.size() + 12 < octets; ++word) {
    const bool ends = text.size() - line > 64;
    text += words[(word * 7 + text.size()) % std::size(words)];
    text += ends ? "\r\n" : " ";
    if (ends) line = text.size();
  }
  return text + "\r\n";
}

std::string message() {
  const std::string header =
      "From: Ann <ann@example.com>\r\nTo: Bob <bob@example.net>\r\nSubject: Benchmarks of a Thursday\r\n"
      "Date: Thu, 01 Jan 2026 00:00:00 +0000\r\nMessage-ID: <0100019b@example.com>\r\nMIME-Version: 1.0\r\n"
      "Content-Type: text/plain; charset=utf-8\r\nReply-To: ann@example.com\r\n\r\n";
  return header + text_of(message_octets - header.size());
}

const dkim::SigningKey& rsa_key() {
  static const auto key = dkim::SigningKey::generate_rsa();
  return key;
}
const dkim::SigningKey& ed25519_key() {
  static const auto key = dkim::SigningKey::generate_ed25519();
  return key;
}

// Answers at once, without suspending.
class MemoryResolver final : public dns::Resolver {
 public:
  void add_txt(const std::string& name, std::string text) {
    dns::Txt txt;
    for (std::size_t at = 0; at < text.size(); at += 255) txt.strings.push_back(text.substr(at, 255));
    dns::Answer& answer = answers_[name];
    answer.status = dns::AnswerStatus::found;
    answer.records.push_back({name, dns::RecordType::txt, 300, std::move(txt)});
  }
  net::Task<dns::Answer> resolve(std::string name, dns::RecordType, net::Deadline) override {
    const auto found = answers_.find(name);
    co_return found == answers_.end() ? nothing_ : found->second;
  }

 private:
  std::unordered_map<std::string, dns::Answer> answers_;
  const dns::Answer nothing_{.status = dns::AnswerStatus::nxdomain};
};

void run(net::Task<void> loop) {
  boost::asio::io_context io(1);
  boost::asio::co_spawn(io, std::move(loop), [](std::exception_ptr failed) {
    if (failed) std::rethrow_exception(failed);
  });
  io.run();
}

void must(bool ok) {
  if (!ok) throw std::runtime_error("a benchmark does not do what it measures");
}

// The same key through OpenSSL alone.
using Pkey = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
Pkey bare(const dkim::SigningKey& key) {
  const Secret der = key.private_key();
  const auto* cursor = reinterpret_cast<const unsigned char*>(der.reveal().data());
  return {d2i_AutoPrivateKey(nullptr, &cursor, static_cast<long>(der.reveal().size())), EVP_PKEY_free};
}
const unsigned char* octets(const std::string& text) { return reinterpret_cast<const unsigned char*>(text.data()); }

void bare_rsa(benchmark::State& state, bool verifying) {
  const Pkey key = bare(rsa_key());
  const std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> context(EVP_PKEY_CTX_new(key.get(), nullptr),
                                                                            EVP_PKEY_CTX_free);
  const std::string digest = sha256("x"), signature = rsa_key().sign_digest(digest);
  must((verifying ? EVP_PKEY_verify_init(context.get()) : EVP_PKEY_sign_init(context.get())) == 1);
  must(EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PADDING) == 1);
  must(EVP_PKEY_CTX_set_signature_md(context.get(), EVP_sha256()) == 1);
  const std::string text = message();
  unsigned char out[256];
  for (auto _ : state) {
    std::size_t length = sizeof out;
    if (verifying) {
      benchmark::DoNotOptimize(sha256(text));
      must(EVP_PKEY_verify(context.get(), octets(signature), signature.size(), octets(digest), digest.size()) == 1);
    } else {
      must(EVP_PKEY_sign(context.get(), out, &length, octets(digest), digest.size()) == 1);
    }
  }
}
void bare_rsa_sign(benchmark::State& state) { bare_rsa(state, false); }
void bare_rsa_verify_and_hash(benchmark::State& state) { bare_rsa(state, true); }

void bare_ed25519_sign(benchmark::State& state) {
  const Pkey key = bare(ed25519_key());
  const std::string digest = sha256("x");
  unsigned char out[64];
  for (auto _ : state) {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    std::size_t length = sizeof out;
    must(EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1);
    must(EVP_DigestSign(context.get(), out, &length, octets(digest), digest.size()) == 1);
  }
}

void sign_with(benchmark::State& state, const dkim::SigningKey& key) {
  const std::string text = message();
  const dkim::SignOptions options{.signing_domain = "example.com", .selector = "s1", .key = &key};
  for (auto _ : state) {
    const auto field = dkim::sign(text, options);
    must(field.has_value());
    benchmark::DoNotOptimize(field);
  }
}
void dkim_sign_rsa(benchmark::State& state) { sign_with(state, rsa_key()); }
void dkim_sign_ed25519(benchmark::State& state) { sign_with(state, ed25519_key()); }

net::Task<void> verify_loop(benchmark::State& state, bool key_is_known) {
  MemoryResolver dns;
  dns.add_txt("s1._domainkey.example.com", rsa_key().record());
  const std::string text = message();
  const dkim::SignOptions options{.signing_domain = "example.com", .selector = "s1", .key = &rsa_key()};
  const std::string signed_text = *dkim::sign(text, options) + text;
  dkim::KeyCache keys;
  const net::Deadline deadline = net::after(std::chrono::hours(1));
  for (auto _ : state) {
    const auto parsed = message::parse_message(signed_text);
    const auto results = co_await dkim::verify(dns, parsed, from_unix_ms(0), deadline, key_is_known ? &keys : nullptr);
    must(results.at(0).result == dkim::DkimResult::pass);
  }
}
void dkim_verify_rsa(benchmark::State& state) { run(verify_loop(state, true)); }
void dkim_verify_rsa_new_key(benchmark::State& state) { run(verify_loop(state, false)); }

void sha256_alone(benchmark::State& state) {
  const std::string body = text_of(body_octets);
  for (auto _ : state) benchmark::DoNotOptimize(sha256(body));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(body.size()));
}

void relaxed_body_with_sha256(benchmark::State& state) {
  const std::string body = text_of(body_octets);
  for (auto _ : state) benchmark::DoNotOptimize(dkim::hash_body(dkim::Canonicalization::relaxed, body));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(body.size()));
}

net::Task<void> spf_loop(benchmark::State& state) {
  MemoryResolver dns;
  dns.add_txt("bounce.example.com", "v=spf1 include:_spf.mail.example include:svc.example ~all");
  dns.add_txt("_spf.mail.example", "v=spf1 ip4:198.51.100.0/24 ip4:203.0.113.0/25 ip6:2001:db8:1::/48 ~all");
  dns.add_txt("svc.example", "v=spf1 ip4:192.0.2.0/24 -all");
  const spf::SpfQuery query{.ip = boost::asio::ip::make_address("192.0.2.25"),
                            .helo = "out.svc.example",
                            .mail_from_local_part = "0100019b",
                            .mail_from_domain = "bounce.example.com",
                            .receiver = "mx.example.net",
                            .now = Time()};
  const net::Deadline deadline = net::after(std::chrono::hours(1));
  for (auto _ : state) {
    spf::SpfQuery copy = query;
    const spf::SpfOutcome outcome = co_await spf::check_host(dns, std::move(copy), deadline);
    must(outcome.result == spf::SpfResult::pass && outcome.lookups == 2);
  }
}
void spf_two_includes(benchmark::State& state) { run(spf_loop(state)); }

net::Task<void> dmarc_loop(benchmark::State& state) {
  MemoryResolver dns;
  dns.add_txt("_dmarc.example.com", "v=DMARC1; p=reject; rua=mailto:dmarc@example.com");
  const spf::SpfOutcome spf{.result = spf::SpfResult::pass, .domain = "example.com"};
  const std::vector<dkim::SignatureResult> dkim = {{.result = dkim::DkimResult::pass, .domain = "example.com"}};
  const net::Deadline deadline = net::after(std::chrono::hours(1));
  for (auto _ : state) {
    std::vector<std::string> authors = {"example.com"};
    const dmarc::DmarcOutcome outcome = co_await dmarc::evaluate(dns, std::move(authors), spf, dkim, deadline);
    must(outcome.result == dmarc::DmarcResult::pass && outcome.spf_aligned && outcome.dkim_aligned);
  }
}
void dmarc_with_alignment(benchmark::State& state) { run(dmarc_loop(state)); }

BENCHMARK(bare_rsa_sign);
BENCHMARK(dkim_sign_rsa);
BENCHMARK(bare_ed25519_sign);
BENCHMARK(dkim_sign_ed25519);
BENCHMARK(bare_rsa_verify_and_hash);
BENCHMARK(dkim_verify_rsa);
BENCHMARK(dkim_verify_rsa_new_key);
BENCHMARK(sha256_alone);
BENCHMARK(relaxed_body_with_sha256);
BENCHMARK(spf_two_includes);
BENCHMARK(dmarc_with_alignment);

// Keeps the CPU time of one iteration, in nanoseconds; of repetitions the best.
class Figures : public benchmark::ConsoleReporter {
 public:
  void ReportRuns(const std::vector<Run>& runs) override {
    ConsoleReporter::ReportRuns(runs);
    for (const Run& run : runs) {
      if (run.run_type != Run::RT_Iteration || run.iterations == 0) continue;
      const double time = run.cpu_accumulated_time / static_cast<double>(run.iterations) * 1e9;
      const auto [place, fresh] = best_.try_emplace(run.run_name.function_name, time);
      if (!fresh) place->second = std::min(place->second, time);
    }
  }

  void ratio(std::string_view what, const char* of, const char* to, double limit) const {
    if (best_.contains(of) && best_.contains(to))
      fmt::print("{:<62} {:>8.2f}  at most {}\n", what, best_.at(of) / best_.at(to), limit);
  }
  void observed(std::string_view what, const char* of, const char* to) const {
    if (best_.contains(of) && best_.contains(to)) fmt::print("{:<62} {:>8.2f}\n", what, best_.at(of) / best_.at(to));
  }
  void share(std::string_view what, const char* of, const char* to, double limit) const {
    if (best_.contains(of) && best_.contains(to))
      fmt::print("{:<62} {:>8.2f}  at least {}\n", what, best_.at(to) / best_.at(of), limit);
  }
  void rate(std::string_view what, const char* of, int limit) const {
    if (best_.contains(of)) fmt::print("{:<62} {:>8.0f}  at least {}\n", what, 1e9 / best_.at(of), limit);
  }

 private:
  std::map<std::string, double> best_;
};

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  Figures figures;
  benchmark::RunSpecifiedBenchmarks(&figures);
  fmt::print("\n");
  figures.ratio("DKIM signing 10 KiB, RSA-2048: times the bare signature", "dkim_sign_rsa", "bare_rsa_sign", 1.15);
  figures.ratio("DKIM signing 10 KiB, Ed25519: times the bare signature", "dkim_sign_ed25519", "bare_ed25519_sign",
                1.6);
  figures.ratio("DKIM verifying 10 KiB, RSA-2048: times bare verify and hash", "dkim_verify_rsa",
                "bare_rsa_verify_and_hash", 1.5);
  figures.observed("the same with a key never seen before", "dkim_verify_rsa_new_key", "bare_rsa_verify_and_hash");
  figures.share("relaxed body with SHA-256: share of the speed of SHA-256 alone", "relaxed_body_with_sha256",
                "sha256_alone", 0.8);
  figures.rate("SPF with two includes: evaluations per second", "spf_two_includes", 200'000);
  figures.rate("DMARC with alignment: evaluations per second", "dmarc_with_alignment", 500'000);
  return 0;
}
