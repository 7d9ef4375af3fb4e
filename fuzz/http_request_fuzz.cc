// One or more pipelined HTTP requests. Asserts: consumed <= given; the requests found do not depend on how the octets
// are cut.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "http/request_parser.h"
#include "http/target.h"

namespace {

using namespace sesame::http;

void require(bool condition) {
  if (!condition) std::abort();
}

bool same(const Request& a, const Request& b) {
  return a.method == b.method && a.target == b.target && a.version == b.version && a.headers == b.headers &&
         a.body == b.body;
}

// Every whole request at the front of `octets`, given in pieces of `step` octets.
std::vector<Request> parse_all(std::string_view octets, std::size_t step) {
  constexpr RequestLimits limits{.max_header_octets = 64 * 1024, .max_body_octets = 1024 * 1024};
  std::vector<Request> requests;
  std::string waiting;
  auto parser = std::make_unique<RequestParser>(limits);
  for (;;) {
    bool progress = false;
    if (!waiting.empty()) {
      const auto taken = parser->put(waiting);
      if (!taken) return requests;
      require(*taken <= waiting.size());
      waiting.erase(0, *taken);
      progress = *taken > 0;
      if (parser->done()) {
        requests.push_back(parser->take());
        parser = std::make_unique<RequestParser>(limits);
        progress = true;
      }
    }
    if (progress && !waiting.empty()) continue;
    if (octets.empty()) return requests;
    const std::string_view next = octets.substr(0, step);
    waiting += next;
    octets.remove_prefix(next.size());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 16 * 1024) return 0;  // below every limit, so that no answer depends on when a limit is noticed
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  const std::vector<Request> whole = parse_all(octets, octets.size() + 1);
  for (const std::size_t step : {std::size_t{1}, std::size_t{7}}) {
    const std::vector<Request> cut = parse_all(octets, step);
    require(cut.size() == whole.size());
    for (std::size_t i = 0; i < cut.size(); ++i) require(same(cut[i], whole[i]));
  }
  for (const Request& request : whole) {
    const auto target = parse_target(request.target);
    if (target) parse_form(target->query);
  }
  return 0;
}
