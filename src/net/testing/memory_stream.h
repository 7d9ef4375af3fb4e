// net/testing/memory_stream.h: two ends of a connection in memory, for protocol tests without sockets.
//
// Behaves as a TCP stream does: bounded pipes (a writer waits for its reader), deadlines, cancel, end of file when the
// other end is shut down or destroyed, and real TLS when asked for. How the octets are cut into reads is scripted, so
// that a test can show that cutting makes no difference.
#pragma once

#include <cstddef>
#include <limits>
#include <memory>
#include <optional>
#include <vector>

#include "net/layered_stream.h"

namespace sesame::net {

struct MemoryPipeOptions {
  std::size_t capacity = 64 * 1024;
  // The most octets one read gives; 1 splits at every octet.
  std::size_t max_read = std::numeric_limits<std::size_t>::max();
  // No read goes across this offset from the start.
  std::optional<std::size_t> split_at;
};

struct MemoryStreamOptions {
  MemoryPipeOptions to_server;
  MemoryPipeOptions to_client;
  Endpoint client{asio::ip::make_address("192.0.2.1"), 40000};
  Endpoint server{asio::ip::make_address("192.0.2.25"), 25};
};

struct MemoryStreams {
  std::unique_ptr<Stream> client;
  std::unique_ptr<Stream> server;
};

// Both ends belong to `executor`, which must run on one thread.
MemoryStreams make_memory_streams(Executor executor, const MemoryStreamOptions& options = {});

// A stream whose peer wrote `input` and then closed; what is written to it is appended to `output`, which must outlive
// the stream. It never waits, so deadlines do not matter to it.
std::unique_ptr<Stream> make_scripted_stream(std::string input, std::string& output,
                                             const MemoryPipeOptions& options = {});

}  // namespace sesame::net
