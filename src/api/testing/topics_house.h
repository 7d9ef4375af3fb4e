// api/testing/topics_house.h: topics on real stores in a directory of their own, for the APIs before them. Endpoints by
// IPv4 address may be subscribed; nothing is ever posted to them. The clock stands still until moved.
#pragma once

#include <string>

#include "dns/testing/fake_resolver.h"
#include "publish/topics.h"
#include "store/testing/temp_stores.h"

namespace sesame::api {

struct TopicsHouse {
  static constexpr const char* account = "000000000001";
  const std::string topic = "arn:aws:sns:us-east-1:000000000001:one";  // of that name in that account, once it is made

  store::TempStores stores;
  dns::FakeResolver dns;
  ManualClock clock;
  SecureRandom random;
  publish::Poster poster{dns, {.may_contact = [](const net::IpAddress& address) { return address.is_v4(); }}};
  publish::Topics topics{{*stores.stores.topics, *stores.stores.outbox, poster, clock, random, "us-east-1", [] {}}};
};

}  // namespace sesame::api
