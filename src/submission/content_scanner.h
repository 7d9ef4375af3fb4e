// submission/content_scanner.h: who is asked whether a message may leave the house. SES finds malware after it has said
// yes to the caller (spec 4.2): the message is accepted, and told of as rejected.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "net/task.h"

namespace sesame::submission {

enum class ScanErrc {
  unavailable,  // no answer, or none that can be understood: another try may succeed
  too_large     // the scanner does not take messages of that size, and will not the next time
};

struct ScanError {
  ScanErrc code = ScanErrc::unavailable;
  std::string detail;  // one line for the log
};

struct ScanVerdict {
  std::string malware;  // its name, one line of UTF-8; empty: none was found
  friend bool operator==(const ScanVerdict&, const ScanVerdict&) = default;
};

using ScanResult = Result<ScanVerdict, ScanError>;

class ContentScanner {
 public:
  virtual ~ContentScanner() = default;
  // `content` must stay until the task has ended. Any number of scans may be under way, on any executor that runs on
  // one thread.
  virtual net::Task<ScanResult> scan(std::string_view content) = 0;
};

// What becomes of a message that could not be scanned.
enum class Unscanned {
  refuse,  // the caller hears that it is not taken
  accept   // it is sent
};

}  // namespace sesame::submission
