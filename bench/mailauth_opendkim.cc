// libopendkim's part of bench/mailauth_peers.py. Built only where libopendkim-dev is installed; nothing of Sesame is
// linked to it, and it is linked to nothing of Sesame.
#define _Bool bool  // the header is C99
#include <opendkim/dkim.h>
#undef _Bool

#include <cstdio>
#include <cstring>
#include <vector>

#include "bench/mailauth_inputs.h"

using namespace sesame::bench;

namespace {

std::string record;

DKIM_CBSTAT look_up_key(DKIM*, DKIM_SIGINFO*, unsigned char* buffer, size_t size) {
  if (record.size() >= size) return DKIM_CBSTAT_ERROR;
  std::memcpy(buffer, record.c_str(), record.size() + 1);
  return DKIM_CBSTAT_CONTINUE;
}

// Fields without their final CRLF: what the library wants to be fed.
std::vector<std::string> fields_of(const std::string& message, std::string& body) {
  const std::size_t end = message.find("\r\n\r\n");
  body = message.substr(end + 4);
  std::vector<std::string> fields;
  for (std::size_t at = 0; at < end + 2;) {
    const std::size_t line_end = message.find("\r\n", at);
    const std::string line = message.substr(at, line_end - at);
    if (line[0] == ' ' || line[0] == '\t') {
      fields.back() += "\r\n" + line;
    } else {
      fields.push_back(line);
    }
    at = line_end + 2;
  }
  return fields;
}

unsigned char* octets(const std::string& text) {
  return reinterpret_cast<unsigned char*>(const_cast<char*>(text.data()));  // the library does not write to them
}

void feed(DKIM* message, const std::string& text) {
  std::string body;
  for (const std::string& field : fields_of(text, body))
    must(dkim_header(message, octets(field), field.size()) == DKIM_STAT_OK);
  must(dkim_eoh(message) == DKIM_STAT_OK);
  must(dkim_body(message, octets(body), body.size()) == DKIM_STAT_OK);
  must(dkim_eom(message, nullptr) == DKIM_STAT_OK);
}

}  // namespace

int main(int argc, char** argv) {
  must(argc == 2);
  const Inputs inputs(argv[1]);
  record = inputs.record;
  DKIM_LIB* library = dkim_init(nullptr, nullptr);
  must(library != nullptr && dkim_set_key_lookup(library, look_up_key) == DKIM_STAT_OK);
  const auto* id = reinterpret_cast<const unsigned char*>("id");
  const double sign = microseconds([&] {
    DKIM_STAT status = DKIM_STAT_OK;
    DKIM* message = dkim_sign(library, id, nullptr, octets(inputs.key_pem), octets("s1"), octets("example.com"),
                              DKIM_CANON_RELAXED, DKIM_CANON_RELAXED, DKIM_SIGN_RSASHA256, -1, &status);
    must(message != nullptr);
    feed(message, inputs.message);
    unsigned char* field = nullptr;
    size_t length = 0;
    must(dkim_getsighdr_d(message, 16, &field, &length) == DKIM_STAT_OK);
    dkim_free(message);
  });
  const double verify = microseconds([&] {
    DKIM_STAT status = DKIM_STAT_OK;
    DKIM* message = dkim_verify(library, id, nullptr, &status);
    must(message != nullptr);
    feed(message, inputs.signed_message);
    dkim_free(message);
  });
  dkim_close(library);
  std::printf("{\"sign\": %.3f, \"verify, key new\": %.3f}\n", sign, verify);
  return 0;
}
