// Sends one prepared HTTP request again and again over keep-alive connections, and says how fast it was answered.
//
//   http_load HOST PORT REQUEST_FILE CONNECTIONS COUNT
//
// The request is sent as it stands (signed once by an independent signer; SigV4 has no nonce), so that the generator
// costs next to nothing. One line of JSON: answered with 200, others, per second, milliseconds to the answer.
#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace {

using SteadyClock = std::chrono::steady_clock;

[[noreturn]] void fail(const char* what) {
  std::perror(what);
  std::exit(1);
}

struct Connection {
  int socket = -1;
  std::string answer;
  SteadyClock::time_point since;
};

struct Score {
  std::size_t started = 0, accepted = 0, refused = 0;
  std::vector<double> milliseconds;
  std::string first_refusal;
};

int connect_to(const char* host, const char* port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket < 0) fail("socket");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(std::atoi(port)));
  if (inet_pton(AF_INET, host, &address.sin_addr) != 1) fail("host");
  if (connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) fail("connect");
  const int on = 1;
  setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return socket;
}

// Octets of the whole answer once its header section is there; 0 while it is not.
std::size_t answer_octets(const std::string& answer) {
  const std::size_t end = answer.find("\r\n\r\n");
  if (end == std::string::npos) return 0;
  std::string head = answer.substr(0, end);
  std::ranges::transform(head, head.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const std::size_t field = head.find("\r\ncontent-length:");
  if (field == std::string::npos) return end + 4;
  return end + 4 + std::strtoul(head.c_str() + field + 17, nullptr, 10);
}

void send_all(Connection& connection, const std::string& request) {
  connection.since = SteadyClock::now();
  for (std::size_t sent = 0; sent < request.size();) {
    const ssize_t count = send(connection.socket, request.data() + sent, request.size() - sent, MSG_NOSIGNAL);
    if (count <= 0) fail("send");
    sent += static_cast<std::size_t>(count);
  }
}

// True when a whole answer was read and counted.
bool receive(Connection& connection, Score& score) {
  char buffer[16384];
  const ssize_t count = recv(connection.socket, buffer, sizeof buffer, 0);
  if (count <= 0) fail("the server closed the connection");
  connection.answer.append(buffer, static_cast<std::size_t>(count));
  const std::size_t whole = answer_octets(connection.answer);
  if (whole == 0 || connection.answer.size() < whole) return false;
  const std::chrono::duration<double, std::milli> took = SteadyClock::now() - connection.since;
  score.milliseconds.push_back(took.count());
  if (connection.answer.starts_with("HTTP/1.1 200")) {
    ++score.accepted;
  } else if (score.refused++ == 0) {
    score.first_refusal = connection.answer.substr(0, connection.answer.find("\r\n"));
  }
  connection.answer.erase(0, whole);
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 6) {
    fmt::print(stderr, "usage: http_load HOST PORT REQUEST_FILE CONNECTIONS COUNT\n");
    return 2;
  }
  std::ifstream file(argv[3], std::ios::binary);
  const std::string request{std::istreambuf_iterator<char>(file), {}};
  const std::size_t count = std::strtoul(argv[5], nullptr, 10);
  std::vector<Connection> connections(std::strtoul(argv[4], nullptr, 10));
  const int poll = epoll_create1(EPOLL_CLOEXEC);
  for (Connection& connection : connections) {
    connection.socket = connect_to(argv[1], argv[2]);
    epoll_event event{.events = EPOLLIN, .data = {.ptr = &connection}};
    if (epoll_ctl(poll, EPOLL_CTL_ADD, connection.socket, &event) != 0) fail("epoll_ctl");
  }
  Score score;
  const auto begin = SteadyClock::now();
  for (Connection& connection : connections) {
    if (score.started == count) break;
    ++score.started;
    send_all(connection, request);
  }
  while (score.accepted + score.refused < count) {
    epoll_event events[64];
    const int ready = epoll_wait(poll, events, std::size(events), 10'000);
    if (ready <= 0) fail("no answer within ten seconds");
    for (int i = 0; i < ready; ++i) {
      Connection& connection = *static_cast<Connection*>(events[i].data.ptr);
      if (!receive(connection, score) || score.started == count) continue;
      ++score.started;
      send_all(connection, request);
    }
  }
  const std::chrono::duration<double> took = SteadyClock::now() - begin;
  std::ranges::sort(score.milliseconds);
  const auto percentile = [&](std::size_t hundredths) {
    return score.milliseconds[(score.milliseconds.size() - 1) * hundredths / 100];
  };
  fmt::print(
      "{{\"accepted\": {}, \"refused\": {}, \"first_refusal\": \"{}\", \"per_s\": {:.1f}, \"p50_ms\": {:.2f}, "
      "\"p99_ms\": {:.2f}}}\n",
      score.accepted, score.refused, score.first_refusal,
      static_cast<double>(score.accepted + score.refused) / took.count(), percentile(50), percentile(99));
  return score.refused == 0 ? 0 : 1;
}
