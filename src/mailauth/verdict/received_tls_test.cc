#include "mailauth/verdict/received_tls.h"

#include <gtest/gtest.h>

#include <boost/asio/ip/address.hpp>

namespace sesame::mailauth {
namespace {

std::optional<std::string> tls(const std::string& header, const char* client = "192.0.2.1") {
  return tls_by_received(message::parse_message(header + "\r\n"), boost::asio::ip::make_address(client));
}

TEST(ReceivedTls, IsToldByTheFieldOfTheHopThatTookTheMessage) {
  const std::string inner = "Received: from mx ([10.0.0.1]) by store.example with LMTP; now\r\n";
  EXPECT_EQ(tls(inner + "Received: from out (out [192.0.2.1])\r\n\tby mx.example with ESMTPS id 1; now\r\n"), "TLS");
  EXPECT_EQ(tls(inner + "Received: from out ([192.0.2.1]) by mx.example with esmtp (Exim); now\r\n"), "");
  EXPECT_EQ(tls("Received: from out ([IPv6:2001:db8::1]) by mx.example with UTF8SMTPSA; now\r\n", "2001:DB8:0::1"),
            "TLS");
}

TEST(ReceivedTls, IsNotGuessed) {
  EXPECT_EQ(tls(""), std::nullopt);
  EXPECT_EQ(tls("Received: from out ([192.0.2.2]) by mx.example with ESMTPS; now\r\n"), std::nullopt);
  EXPECT_EQ(tls("Received: from x by mx.example ([192.0.2.1]) with ESMTPS; now\r\n"), std::nullopt);
  EXPECT_EQ(tls("Received: from out ([192.0.2.1]) by mx.example; now\r\n"), std::nullopt);
  EXPECT_EQ(tls("Received: from out ([192.0.2.1]) by mx with Microsoft SMTP Server\r\n"), std::nullopt);
  EXPECT_EQ(tls("Received: from out ([192.0.2.1 by mx with ESMTPS\r\n"), std::nullopt);
}

}  // namespace
}  // namespace sesame::mailauth
