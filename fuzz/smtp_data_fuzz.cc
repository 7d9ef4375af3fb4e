// Message data: how it is cut makes no difference, it ends only at CRLF.CRLF, and a fit message survives being sent on.
// By chunks the octets are the message, and fit by the same rules.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "smtp/data.h"

namespace {

using namespace sesame::smtp;

constexpr std::uint64_t limit = 4096;

// The slow obvious decoder: where the data ends, or npos.
std::size_t end_of_data(std::string_view wire) {
  if (wire.starts_with(".\r\n")) return 3;
  const auto at = wire.find("\r\n.\r\n");
  return at == std::string_view::npos ? at : at + 5;
}

void try_as_chunks(std::string_view octets, std::size_t piece) {
  DataDecoder chunks(limit, Framing::chunks);
  std::size_t consumed = 0;
  while (consumed < octets.size()) consumed += chunks.feed(octets.substr(consumed, piece));
  chunks.finish();
  std::string whole(octets);
  const bool half_a_line = !octets.empty() && !octets.ends_with("\r\n");
  if (half_a_line && !octets.ends_with('\r')) whole += "\r\n";
  const bool fit = whole.size() <= limit && check_message(whole);
  if (chunks.faults().unfit() == fit) std::abort();
  if (chunks.take_message() != (fit ? whole : std::string())) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t piece = data[0] % 7 + 1;
  const std::string_view wire(reinterpret_cast<const char*>(data) + 1, size - 1);

  try_as_chunks(wire, piece);
  DataDecoder whole(limit), pieces(limit);
  const auto consumed = whole.feed(wire);
  std::size_t consumed_in_pieces = 0;
  while (consumed_in_pieces < wire.size() && !pieces.complete()) {
    consumed_in_pieces += pieces.feed(wire.substr(consumed_in_pieces, piece));
  }
  const auto message = whole.take_message();
  if (consumed != consumed_in_pieces || whole.complete() != pieces.complete()) std::abort();
  if (whole.faults() != pieces.faults() || message != pieces.take_message()) std::abort();

  const auto end = end_of_data(wire);
  if (whole.complete() != (end != std::string_view::npos)) std::abort();
  if (consumed != (whole.complete() ? end : wire.size())) std::abort();
  if (!whole.complete()) return 0;
  if (whole.faults().unfit()) {
    if (!message.empty()) std::abort();
    return 0;
  }
  const auto sent = dot_stuff(message);
  if (!sent) std::abort();
  DataDecoder again(limit);
  if (again.feed(*sent) != sent->size() || !again.complete() || again.take_message() != message) std::abort();
  return 0;
}
