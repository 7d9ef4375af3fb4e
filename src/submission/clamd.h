// submission/clamd.h: a scanner that speaks the protocol of ClamAV's daemon, clamd(8).
//
// One connection for each message: `zINSTREAM` NUL, the octets in chunks behind their length (32 bits, most significant
// octet first), a chunk of length 0, and one reply up to a NUL or the end. clamd answers and hangs up before the end
// when the stream is longer than its StreamMaxLength.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "net/endpoint.h"
#include "net/stream.h"
#include "submission/content_scanner.h"

namespace sesame::submission {

struct UnixPath {
  std::string path;
  friend bool operator==(const UnixPath&, const UnixPath&) = default;
};
using ScannerAddress = std::variant<UnixPath, net::Endpoint>;

// "unix:/run/clamav/clamd.ctl", "tcp:127.0.0.1:3310", "tcp:[::1]:3310". Absolute paths and addresses only.
std::optional<ScannerAddress> parse_scanner_address(std::string_view text);

inline constexpr std::size_t clamd_chunk_octets = 64 * 1024;
inline constexpr std::size_t max_clamd_reply_octets = 1024;  // longer ones are not understood

// The reply without its NUL: "stream: OK", "stream: <name> FOUND", "INSTREAM size limit exceeded. ERROR", and any other
// error, which is `unavailable`. Pure.
ScanResult parse_clamd_reply(std::string_view reply);

// One scan over a fresh connection, within the stream's deadline.
net::Task<ScanResult> ask_clamd(net::Stream& stream, std::string_view content);

class Clamd final : public ContentScanner {
 public:
  // `patience` is for a whole scan, from the connecting to the verdict.
  explicit Clamd(ScannerAddress address, std::chrono::milliseconds patience = std::chrono::seconds(30))
      : address_(std::move(address)), patience_(patience) {}

  net::Task<ScanResult> scan(std::string_view content) override;

 private:
  ScannerAddress address_;
  std::chrono::milliseconds patience_;
};

}  // namespace sesame::submission
