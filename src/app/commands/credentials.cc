#include <fmt/format.h>

#include <boost/json.hpp>

#include "api/sigv4/smtp_password.h"
#include "app/commands/commands.h"
#include "app/commands/offline.h"
#include "app/service.h"
#include "app/wait_for.h"
#include "base/time_text.h"
#include "store/new_credential.h"

namespace sesame::app {
namespace {

void print_new(const store::Credential& credential, const std::string& region, bool json) {
  const Secret password = sigv4::smtp_password(credential.secret_access_key, region);
  const boost::json::object object{{"AccessKeyId", credential.access_key_id},
                                   {"SecretAccessKey", credential.secret_access_key.reveal()},
                                   {"SmtpUsername", credential.access_key_id},
                                   {"SmtpPassword", password.reveal()}};
  if (json) {
    fmt::print("{}\n", boost::json::serialize(object));
    return;
  }
  for (const auto& member : object) {
    fmt::print("{:<16} {}\n", std::string_view(member.key()), std::string_view(member.value().as_string()));
  }
}

}  // namespace

int credentials_create(const CredentialsArguments& arguments) {
  auto offline = OfflineStore::open(arguments.config_file);
  if (!offline) return complain(offline.error(), exit_usage);
  OfflineStore& o = **offline;
  store::Credential credential =
      store::new_credential(std::string(default_account), arguments.description, o.clock(), o.random());
  store::Credential stored{credential.access_key_id, credential.account_id, credential.secret_access_key.share(),
                           credential.description, credential.created};
  auto created = wait_for(o.runtime(), o.control().create_credential(std::move(stored)));
  if (!created) return complain("the key cannot be stored: " + created.error().detail, exit_unknown);
  print_new(credential, o.config().service.region, arguments.json);
  return exit_good;
}

int credentials_list(const CredentialsArguments& arguments) {
  auto offline = OfflineStore::open(arguments.config_file);
  if (!offline) return complain(offline.error(), exit_usage);
  OfflineStore& o = **offline;
  auto found = wait_for(o.runtime(), o.control().list_credentials(std::string(default_account)));
  if (!found) return complain("the keys cannot be read: " + found.error().detail, exit_unknown);
  boost::json::array array;
  for (const store::Credential& credential : *found) {
    array.push_back(boost::json::object{{"AccessKeyId", credential.access_key_id},
                                        {"Created", format_rfc3339_seconds(credential.created)},
                                        {"Description", credential.description}});
    if (!arguments.json) {
      fmt::print("{}  {}  {}\n", credential.access_key_id, format_rfc3339_seconds(credential.created),
                 credential.description);
    }
  }
  if (arguments.json) fmt::print("{}\n", boost::json::serialize(array));
  return exit_good;
}

int credentials_delete(const CredentialsArguments& arguments) {
  auto offline = OfflineStore::open(arguments.config_file);
  if (!offline) return complain(offline.error(), exit_usage);
  OfflineStore& o = **offline;
  auto removed = wait_for(o.runtime(), o.control().delete_credential(arguments.access_key_id));
  if (removed) return exit_good;
  if (removed.error().code == store::StoreErrc::not_found) {
    return complain("there is no access key " + arguments.access_key_id, exit_bad_news);
  }
  return complain("the key cannot be deleted: " + removed.error().detail, exit_unknown);
}

}  // namespace sesame::app
