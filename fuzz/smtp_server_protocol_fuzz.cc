// A whole session against a policy that takes its moods from the input: no call at the wrong moment, every reply well
// formed, no message without an accepted recipient, what came by chunks is their octets and no others, nothing after
// Close.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "smtp/data.h"
#include "smtp/line_buffer.h"
#include "smtp/server_protocol.h"

namespace {

using namespace sesame::smtp;

ServerSettings make_settings(std::uint8_t moods) {
  ServerSettings settings;
  settings.host_name = "mx.example";
  settings.extensions.enhanced_status_codes = moods & 1;
  settings.extensions.smtputf8 = settings.extensions.eight_bit_mime = moods & 2;
  settings.extensions.starttls = settings.extensions.dsn = moods & 4;
  settings.extensions.auth_mechanisms = {"PLAIN", "LOGIN"};
  settings.tls_before_auth = moods & 8;
  settings.extensions.chunking = moods & 32;
  settings.auth_before_mail = moods & 16;
  settings.max_message_octets = 256;
  settings.max_recipients = 3;
  return settings;
}

class Driver {
 public:
  explicit Driver(std::uint8_t moods)
      : moods_(moods), settings_(make_settings(moods)), protocol_(settings_, Channel::plain) {
    carry_out(protocol_.greeting());
  }

  void receive(std::string_view octets) {
    while (!octets.empty() && !protocol_.closed()) {
      if (buffer_.room() == 0) std::abort();
      const auto piece = octets.substr(0, buffer_.room());
      buffer_.append(piece);
      octets.remove_prefix(piece.size());
      work();
    }
  }

 private:
  void work() {
    while (!protocol_.closed()) {
      if (protocol_.receiving_data()) {
        auto step = protocol_.on_data(buffer_.buffered());
        if (step.consumed > buffer_.buffered().size()) std::abort();
        if (by_chunks_) chunks_ += buffer_.buffered().substr(0, step.consumed);
        buffer_.take(step.consumed);
        if (!step.action) return;
        carry_out(std::move(*step.action));
        continue;
      }
      const auto line = buffer_.next_line(protocol_.max_line_octets());
      if (line) {
        carry_out(protocol_.on_line(*line, !buffer_.empty()));
      } else if (line.error() == LineError::need_more) {
        return;
      } else {
        carry_out(protocol_.on_line_error(line.error()));
      }
    }
  }

  std::optional<Reply> refusal() {
    moods_ = static_cast<std::uint8_t>(moods_ * 5 + 3);
    if (moods_ & 64) return make_reply(moods_ & 128 ? 451 : 550, "no");
    return std::nullopt;
  }

  void write(const Reply& reply) {
    const auto wire = format_reply(reply);
    const auto parsed = parse_reply(wire);
    if (!parsed || parsed->consumed != wire.size() || parsed->reply.code != reply.code) std::abort();
  }

  // Until the transaction ends, `chunks_` is all that came by BDAT.
  void check_chunks(const std::string& message) {
    if (!by_chunks_) return;
    if (message != chunks_ && message != chunks_ + "\r\n") std::abort();
    if (!check_message(message)) std::abort();
  }

  void carry_out(Action action) {
    std::visit(sesame::overloaded{
                   [&](SendReply& a) { write(a.reply); },
                   [&](BeginData& a) {
                     by_chunks_ = false;
                     write(a.reply);
                   },
                   [&](BeginChunk&) {
                     by_chunks_ = true;
                     if (!settings_.extensions.chunking || !protocol_.receiving_data()) std::abort();
                   },
                   [&](Close& a) {
                     write(a.reply);
                     if (!protocol_.closed()) std::abort();
                   },
                   [&](StartTls& a) {
                     write(a.reply);
                     if (!buffer_.empty()) std::abort();
                     protocol_.tls_established();
                   },
                   [&](AskAuth& a) {
                     if (a.credentials.user.empty()) std::abort();
                     carry_out(protocol_.auth_result(refusal()));
                   },
                   [&](AskMail&) { carry_out(protocol_.mail_result(refusal())); },
                   [&](AskRcpt&) { carry_out(protocol_.rcpt_result(refusal())); },
                   [&](AskMessage& a) {
                     const auto recipients = a.envelope.recipients.size();
                     if (recipients == 0 || recipients > settings_.max_recipients) std::abort();
                     if (a.message.size() > settings_.max_message_octets) std::abort();
                     if (settings_.auth_before_mail && !protocol_.authenticated_user()) std::abort();
                     check_chunks(a.message);
                     carry_out(protocol_.message_result(refusal().value_or(make_reply(250, "Ok"))));
                   },
               },
               action);
    if (!protocol_.receiving_message()) chunks_.clear();
  }

  std::uint8_t moods_;
  const ServerSettings settings_;
  ServerProtocol protocol_;
  LineBuffer buffer_;
  std::string chunks_;
  bool by_chunks_ = false;  // the last content that began to come
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::size_t piece = data[1] + 1u;
  std::string_view input(reinterpret_cast<const char*>(data) + 2, size - 2);
  Driver driver(data[0]);
  while (!input.empty()) {
    driver.receive(input.substr(0, piece));
    input.remove_prefix(std::min(piece, input.size()));
  }
  return 0;
}
