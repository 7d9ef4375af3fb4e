// identity/testing/replies.h: replies of name servers, written down.
//
//   ReplyBuilder("bounce.example.com", RecordType::mx).found("ns1.example.com", {"10
//   mx.example.net"}).silent("ns2.example.com")
#pragma once

#include <initializer_list>
#include <string>

#include "identity/judge.h"

namespace sesame::identity {

class ReplyBuilder {
 public:
  ReplyBuilder(std::string name, dns::RecordType type, std::string zone = "example.com");

  // `values` in the form of dns::parse_record_data; throws std::invalid_argument if one is not.
  ReplyBuilder& found(std::string server, std::initializer_list<std::string_view> values);
  ReplyBuilder& alias(std::string server, std::string target);
  ReplyBuilder& says(std::string server, dns::ServerStatus status);
  ReplyBuilder& silent(std::string server) { return says(std::move(server), dns::ServerStatus::timeout); }
  ReplyBuilder& no_zone(dns::AnswerStatus status, std::string detail);

  operator Reply() const { return reply_; }  // NOLINT(google-explicit-constructor): it is one, being written

 private:
  dns::ServerLook& add(std::string server, dns::ServerStatus status);
  Reply reply_;
};

}  // namespace sesame::identity
