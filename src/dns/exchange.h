// dns/exchange.h: one query and its response, over UDP or TCP.
#pragma once

#include <string>

#include "base/random.h"
#include "base/result.h"
#include "dns/wire.h"
#include "net/endpoint.h"
#include "net/error.h"
#include "net/task.h"

namespace sesame::dns {

// A query as an authoritative server is asked: RD clear, random id.
Message make_query(std::string name, RecordType type, RandomSource& random, bool edns);

// True if `response` has the query's id and question, letter case aside, and is a response.
bool answers(const Message& response, const Message& query);

// Both on the calling coroutine's executor. Datagrams that are no answer to the query are passed over until `deadline`
// (RFC 5452 §9.1). Over TCP a response that is none is an error of code `other`.
net::Task<Result<Message, net::NetError>> exchange_udp(net::Endpoint server, Message query, net::Deadline deadline);
net::Task<Result<Message, net::NetError>> exchange_tcp(net::Endpoint server, Message query, net::Deadline deadline);

}  // namespace sesame::dns
