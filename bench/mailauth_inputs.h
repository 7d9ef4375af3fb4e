// bench/mailauth_inputs.h: what bench/mailauth_peers.py puts into a directory for every peer, and the way all measure.
#pragma once

#include <ctime>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

namespace sesame::bench {

inline std::string read(const std::string& directory, const char* file) {
  std::ifstream in(directory + "/" + file, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + directory + "/" + file);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

struct Inputs {
  explicit Inputs(const std::string& directory)
      : message(read(directory, "message.eml")),
        signed_message(read(directory, "signed.eml")),
        key_pem(read(directory, "key.pem")),
        key_der(read(directory, "key.der")),
        record(read(directory, "record.txt")) {}

  std::string message;         // 10 KiB, CRLF, not signed
  std::string signed_message;  // the same under one relaxed/relaxed signature, s=s1, d=example.com
  std::string key_pem, key_der;
  std::string record;  // TXT of s1._domainkey.example.com
};

// CPU microseconds of one call: the best of five rounds of at least 0.2 s each.
template <class Call>
double microseconds(Call call) {
  double best = 0;
  for (int round = 0; round < 5; ++round) {
    const std::clock_t start = std::clock();
    std::clock_t spent = 0;
    long calls = 0;
    do {
      call();
      ++calls;
      spent = std::clock() - start;
    } while (spent < CLOCKS_PER_SEC / 5);
    const double each = static_cast<double>(spent) * 1e6 / CLOCKS_PER_SEC / static_cast<double>(calls);
    if (round == 0 || each < best) best = each;
  }
  return best;
}

inline void must(bool ok) {
  if (!ok) throw std::runtime_error("a benchmark does not do what it measures");
}

}  // namespace sesame::bench
