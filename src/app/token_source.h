// app/token_source.h: what the built-in name server publishes, read from the control store.
#pragma once

#include "store/control_store.h"
#include "zone/service_zone.h"

namespace sesame::app {

class StoreTokenSource final : public zone::TokenSource {
 public:
  explicit StoreTokenSource(store::ControlStore& store) : store_(store) {}
  net::Task<Result<std::optional<std::string>, zone::TokenError>> dkim_record(std::string token) override;
  net::Task<Result<bool, zone::TokenError>> is_mail_from_domain(std::string name) override;

 private:
  store::ControlStore& store_;
};

// The TXT value that publishes a DKIM key (RFC 6376 §3.6.1, RFC 8463 §4).
std::string dkim_record_of(const store::DkimKey& key);

}  // namespace sesame::app
