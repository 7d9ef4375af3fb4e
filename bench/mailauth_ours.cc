// The engine's part of bench/mailauth_peers.py: signing, verifying and SPF on the inputs every peer gets. Prints JSON
// of CPU microseconds a call.
#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>

#include "bench/mailauth_inputs.h"
#include "mailauth/dkim/sign.h"
#include "mailauth/dkim/verify.h"
#include "mailauth/spf/check_host.h"
#include "mailauth/testing/zone_resolver.h"

using namespace sesame;
using namespace sesame::mailauth;

namespace {

net::Deadline far_away() { return net::after(std::chrono::hours(1)); }

template <class Loop>
void run(Loop loop) {
  boost::asio::io_context io(1);
  boost::asio::co_spawn(io, std::move(loop), [](std::exception_ptr failed) {
    if (failed) std::rethrow_exception(failed);
  });
  io.run();
}

constexpr int calls_per_loop = 100;  // so that starting an event loop does not count

net::Task<void> verify_loop(dns::Resolver& dns, const std::string& text, dkim::KeyCache* keys) {
  for (int i = 0; i < calls_per_loop; ++i) {
    const auto parsed = message::parse_message(text);
    const auto results = co_await dkim::verify(dns, parsed, from_unix_ms(0), far_away(), keys);
    bench::must(results.at(0).result == dkim::DkimResult::pass);
  }
}

net::Task<void> check_loop(dns::Resolver& dns, const spf::SpfQuery& query) {
  for (int i = 0; i < calls_per_loop; ++i) {
    spf::SpfQuery copy = query;
    const spf::SpfOutcome outcome = co_await spf::check_host(dns, std::move(copy), far_away());
    bench::must(outcome.result == spf::SpfResult::pass && outcome.lookups == 2);
  }
}

template <class Loop>
double microseconds_in_loop(Loop loop) {
  return bench::microseconds([&] { run(loop()); }) / calls_per_loop;
}

}  // namespace

int main(int argc, char** argv) {
  bench::must(argc == 2);
  const bench::Inputs inputs(argv[1]);
  const auto key = dkim::SigningKey::from_der(inputs.key_der);
  bench::must(key.has_value());
  const dkim::SignOptions options{.signing_domain = "example.com", .selector = "s1", .key = &*key};
  const double sign = bench::microseconds([&] {
    const auto parsed = message::parse_message(inputs.message);
    bench::must(dkim::sign(parsed, dkim::hash_body(dkim::Canonicalization::relaxed, parsed.body), options).has_value());
  });

  testing::ZoneResolver dns;
  dns.add_txt("s1._domainkey.example.com", inputs.record);
  dkim::KeyCache keys;
  const double verify_known = microseconds_in_loop([&] { return verify_loop(dns, inputs.signed_message, &keys); });
  const double verify_new = microseconds_in_loop([&] { return verify_loop(dns, inputs.signed_message, nullptr); });

  testing::ZoneResolver zone;
  zone.add_txt("bounce.example.com", "v=spf1 include:_spf.mail.example include:svc.example ~all");
  zone.add_txt("_spf.mail.example", "v=spf1 ip4:198.51.100.0/24 ip4:203.0.113.0/25 ip6:2001:db8:1::/48 ~all");
  zone.add_txt("svc.example", "v=spf1 ip4:192.0.2.0/24 -all");
  const spf::SpfQuery query{.ip = boost::asio::ip::make_address("192.0.2.25"),
                            .helo = "out.svc.example",
                            .mail_from_local_part = "0100019b",
                            .mail_from_domain = "bounce.example.com",
                            .receiver = "mx.example.net",
                            .now = Time()};
  const double spf = microseconds_in_loop([&] { return check_loop(zone, query); });
  fmt::print(R"({{"sign": {:.3f}, "verify, key known": {:.3f}, "verify, key new": {:.3f}, "spf": {:.3f}}})"
             "\n",
             sign, verify_known, verify_new, spf);
  return 0;
}
