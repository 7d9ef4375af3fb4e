// A receiver for measurements: takes mail as fast as it can and keeps none of it.
//
//   mail_sink HOST PORT [--defer PERCENT] [--reject PERCENT] [--hold SECONDS]
//
// Who is deferred and who is rejected follows from the address alone (CRC-32 modulo 100: the lowest are rejected, the
// next deferred). A deferred recipient is told 451 the first time and taken after that. --hold: for messages to
// slow…@anywhere so long passes between the final dot and its reply. HOST may be 0.0.0.0.
//
// On each line of standard input it prints one line of JSON: connections there are, messages being held now and at most
// at a time, recipients taken at once and after they were held, how many had been taken before ("twice"), answers that
// deferred and rejected, seconds of CPU time. At the end of input it ends.
#include <fmt/format.h>
#include <sys/resource.h>

#include <boost/asio.hpp>
#include <boost/crc.hpp>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <vector>

#include "base/counted_in.h"

namespace {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;
constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t max_content = std::size_t{64} << 20;

struct Sink {
  unsigned defer_percent = 0, reject_percent = 0;
  std::chrono::seconds hold{0};

  struct Recipient {
    bool was_deferred = false, was_taken = false;
  };
  std::unordered_map<std::string, Recipient> recipients;
  std::size_t connections = 0, holding = 0, most_holding = 0;
  std::size_t taken = 0, taken_slowly = 0, twice = 0, deferred = 0, rejected = 0;
};

// The address between the angle brackets of MAIL or RCPT.
std::string path_of(std::string_view line) {
  const std::size_t open = line.find('<'), close = line.find('>');
  if (open == line.npos || close == line.npos || close < open) return "";
  return std::string(line.substr(open + 1, close - open - 1));
}

unsigned share_of(const std::string& address) {
  boost::crc_32_type crc;
  crc.process_bytes(address.data(), address.size());
  return crc.checksum() % 100;
}

std::string_view answer_rcpt(Sink& sink, const std::string& address, std::vector<std::string>& accepted) {
  const unsigned share = share_of(address);
  if (share < sink.reject_percent) {
    ++sink.rejected;
    return "550 5.1.1 no such user\r\n";
  }
  Sink::Recipient& recipient = sink.recipients[address];
  if (share < sink.reject_percent + sink.defer_percent && !recipient.was_deferred) {
    recipient.was_deferred = true;
    ++sink.deferred;
    return "451 4.2.0 not now\r\n";
  }
  accepted.push_back(address);
  return "250 2.1.5 ok\r\n";
}

bool is_slow(const std::string& address) { return address.starts_with("slow"); }

void take(Sink& sink, std::vector<std::string>& accepted) {
  for (const std::string& address : accepted) {
    Sink::Recipient& recipient = sink.recipients[address];
    ++(recipient.was_taken ? sink.twice : is_slow(address) ? sink.taken_slowly : sink.taken);
    recipient.was_taken = true;
  }
  accepted.clear();
}

// What comes up to and with `end`; nullopt: the client has gone, or sends without end.
asio::awaitable<std::optional<std::string>> read_through(tcp::socket& socket, std::string& input,
                                                         std::string_view end) {
  auto buffer = asio::dynamic_buffer(input, max_content);
  const auto [failed, count] = co_await asio::async_read_until(socket, buffer, end, as_result);
  if (failed) co_return std::nullopt;
  std::string taken = input.substr(0, count);
  input.erase(0, count);
  co_return taken;
}

asio::awaitable<bool> write_all(tcp::socket& socket, std::string& replies) {
  const auto [failed, count] = co_await asio::async_write(socket, asio::buffer(replies), as_result);
  replies.clear();
  co_return !failed;
}

std::string_view answer(Sink& sink, const std::string& line, std::vector<std::string>& accepted) {
  const std::string_view verb = std::string_view(line).substr(0, 4);
  if (verb == "EHLO") return "250-sink.test\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SIZE 50000000\r\n";
  if (verb == "RCPT") return answer_rcpt(sink, path_of(line), accepted);
  if (verb == "DATA") return accepted.empty() ? "554 5.5.1 no recipients\r\n" : "354 go on\r\n";
  if (verb == "MAIL" || verb == "RSET") accepted.clear();
  return verb == "QUIT" ? "221 2.0.0 bye\r\n" : "250 2.0.0 ok\r\n";
}

asio::awaitable<void> serve(Sink& sink, tcp::socket socket) {
  const sesame::CountedIn counted(sink.connections);
  asio::steady_timer timer(socket.get_executor());
  std::vector<std::string> accepted;
  std::string input, replies = "220 sink.test ESMTP\r\n";
  for (;;) {
    const bool has_more = input.find("\r\n") != input.npos;  // replies to pipelined commands go out together
    if (!has_more && !replies.empty()) {
      const bool is_written = co_await write_all(socket, replies);
      if (!is_written) co_return;
    }
    const std::optional<std::string> line = co_await read_through(socket, input, "\r\n");
    if (!line) co_return;
    const std::string_view reply = answer(sink, *line, accepted);
    replies += reply;
    const bool is_over = reply.starts_with("221"), is_data = reply.starts_with("354");
    if (!is_over && !is_data) continue;
    const bool is_written = co_await write_all(socket, replies);
    if (is_over || !is_written) co_return;
    const std::optional<std::string> content = co_await read_through(socket, input, "\r\n.\r\n");
    if (!content) co_return;
    if (sink.hold.count() > 0 && is_slow(accepted.front())) {
      const sesame::CountedIn held(sink.holding);
      sink.most_holding = std::max(sink.most_holding, sink.holding);
      timer.expires_after(sink.hold);
      co_await timer.async_wait(asio::use_awaitable);
    }
    take(sink, accepted);
    replies = "250 2.0.0 taken\r\n";
  }
}

asio::awaitable<void> accept(Sink& sink, tcp::acceptor& acceptor) {
  for (;;) {
    auto [failed, socket] = co_await acceptor.async_accept(as_result);
    if (failed) throw boost::system::system_error(failed);
    socket.set_option(tcp::no_delay(true));
    asio::co_spawn(acceptor.get_executor(), serve(sink, std::move(socket)), asio::detached);
  }
}

void print(const Sink& sink) {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const double cpu =
      double(used.ru_utime.tv_sec + used.ru_stime.tv_sec) + double(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
  fmt::print(
      "{{\"connections\": {}, \"holding\": {}, \"most_holding\": {}, \"taken\": {}, \"taken_slowly\": {}, "
      "\"twice\": {}, \"deferred\": {}, \"rejected\": {}, \"cpu_s\": {:.2f}}}\n",
      sink.connections, sink.holding, sink.most_holding, sink.taken, sink.taken_slowly, sink.twice, sink.deferred,
      sink.rejected, cpu);
  std::fflush(stdout);
}

bool read_options(int argc, char** argv, Sink& sink) {
  for (int i = 3; i + 1 < argc; i += 2) {
    const std::string_view name = argv[i];
    const unsigned value = static_cast<unsigned>(std::strtoul(argv[i + 1], nullptr, 10));
    if (name == "--defer") {
      sink.defer_percent = value;
    } else if (name == "--reject") {
      sink.reject_percent = value;
    } else if (name == "--hold") {
      sink.hold = std::chrono::seconds(value);
    } else {
      return false;
    }
  }
  return argc >= 3 && argc % 2 == 1;
}

}  // namespace

int main(int argc, char** argv) {
  Sink sink;
  if (!read_options(argc, argv, sink)) {
    fmt::print(stderr, "usage: mail_sink HOST PORT [--defer PERCENT] [--reject PERCENT] [--hold SECONDS]\n");
    return 2;
  }
  asio::io_context context(1);
  const auto port = static_cast<unsigned short>(std::strtoul(argv[2], nullptr, 10));
  tcp::acceptor acceptor(context, tcp::endpoint(asio::ip::make_address(argv[1]), port));
  asio::co_spawn(context, accept(sink, acceptor), [](const std::exception_ptr& failed) {
    if (failed) std::rethrow_exception(failed);
  });
  const std::jthread serving([&context] { context.run(); });
  for (std::string line; std::getline(std::cin, line);) {
    asio::post(context, [&sink] { print(sink); });
  }
  asio::post(context, [&context] { context.stop(); });
}
