// feedback/kept_mail.h: mail that came home and was not understood, kept whole for the operator.
//
// A directory with a file for each mail: <name>.eml, an RFC 5322 message that any mail reader opens. In front of the
// octets as they came stand the fields of final delivery (RFC 5321 §4.4): Return-Path, Delivered-To (the return path
// it came to) and Received. A name begins with the time of arrival.
//
// Whoever got a message of ours may write to its return path, so the directory is bounded: the oldest go first.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"

namespace sesame::feedback {

struct KeptMailLimits {
  std::uint64_t octets = 256 << 20;  // of all files together
  std::size_t mails = 10'000;
  std::chrono::days age{60};
};

// How a mail came. Texts without line ends.
struct Arrival {
  std::string reverse_path;   // "<ann@example.net>", "<>"
  std::string return_path;    // that it came to, without angle brackets
  std::string peer;           // "192.0.2.1:25"
  std::string helo_domain;    // may be empty
  std::string host_name;      // ours
  std::string with_protocol;  // "ESMTPS"
};

// Thread-safe; every function blocks, so none is for an I/O thread. The clock and the random source must outlive it.
class KeptMail {
 public:
  KeptMail(std::filesystem::path directory, KeptMailLimits limits, const Clock& clock, RandomSource& random)
      : directory_(std::move(directory)), limits_(limits), clock_(clock), random_(random) {}

  // Durable when it returns: the mail's name. The directory is made when it is missing. The error is one line for the
  // log; the mail is not kept then.
  Result<std::string, std::string> put(const Arrival& arrival, std::string_view content);

  // What is older than limits.age goes: how many. The error is one line for the log.
  Result<std::size_t, std::string> forget_old();

 private:
  Result<void, std::string> read_directory();
  Result<void, std::string> remove_oldest();
  Result<std::size_t, std::string> remove_old();

  const std::filesystem::path directory_;
  const KeptMailLimits limits_;
  const Clock& clock_;
  RandomSource& random_;

  std::mutex mutex_;
  bool read_ = false;
  std::map<std::string, std::uint64_t> octets_of_;  // by name, so oldest first
  std::uint64_t octets_ = 0;
};

struct KeptMailEntry {
  std::string name;
  std::string received;  // 2026-01-01T00:00:00Z
  std::uint64_t octets = 0;
  // As the fields say, one line of UTF-8 each; empty when there is none.
  std::string reverse_path, return_path, from, subject;
};

// For readers beside a running service. The newest first; a directory that is not there is empty. The error is one
// line.
Result<std::vector<KeptMailEntry>, std::string> list_kept_mail(const std::filesystem::path& directory);

enum class KeptMailErrc : std::uint8_t {
  no_such_mail,  // gone, or no name of one
  unreadable,    // the system says no
};
// The whole file.
Result<std::string, KeptMailErrc> read_kept_mail(const std::filesystem::path& directory, const std::string& name);

}  // namespace sesame::feedback
