// app/commands/commands.h: one function per subcommand. Each returns the process's exit status.
//
// 0 good; 1 the answer is bad news; 2 usage or configuration; 3 could not find out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sesame::app {

inline constexpr int exit_good = 0, exit_bad_news = 1, exit_usage = 2, exit_unknown = 3;

struct ServeArguments {
  std::string config_file;
  bool sandbox = false;
  std::string data_dir;  // sandbox only
};
int serve(const ServeArguments& arguments);

// How a command reaches the API: --endpoint and keys, from the sandbox's data directory or the environment
// (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY).
struct ApiArguments {
  std::string endpoint;  // empty: the sandbox's, else http://127.0.0.1:8025
  std::string data_dir;  // of a sandbox whose keys are used; empty: the default place
};
int walkthrough(const ApiArguments& arguments);

// The workflow from the shell, through the API.
struct IdentityArguments {
  ApiArguments api;
  std::string name;
};
int identity_create(const IdentityArguments& arguments);
int identity_show(const IdentityArguments& arguments);
int identity_list(const IdentityArguments& arguments);
int identity_delete(const IdentityArguments& arguments);

struct MailFromArguments {
  ApiArguments api;
  std::string identity;
  std::string mail_from_domain;
  bool reject = false;  // refuse messages while the domain is not confirmed, instead of using the default
};
int mail_from_set(const MailFromArguments& arguments);
int mail_from_show(const MailFromArguments& arguments);
int mail_from_clear(const MailFromArguments& arguments);

struct SendArguments {
  ApiArguments api;
  std::string from, subject, text;
  std::vector<std::string> to;
};
int send(const SendArguments& arguments);

struct SuppressionArguments {
  ApiArguments api;
  std::string address;
  std::string reason;  // BOUNCE or COMPLAINT; empty: any (list), BOUNCE (add)
  std::string file;    // "-": standard input
};
int suppression_list(const SuppressionArguments& arguments);
int suppression_show(const SuppressionArguments& arguments);
int suppression_add(const SuppressionArguments& arguments);
int suppression_delete(const SuppressionArguments& arguments);
int suppression_import(const SuppressionArguments& arguments);
int suppression_export(const SuppressionArguments& arguments);

struct TailArguments {
  ApiArguments api;
  std::optional<std::int64_t> after;  // unset: from now on
  bool once = false;                  // print what there is and end
};
int events_tail(const TailArguments& arguments);

// What is queued. Exit status 1 also when there was nothing to retry or drop.
struct QueueArguments {
  std::string config_file;  // empty: through the API, as the commands above
  ApiArguments api;
  std::string api_message_id;    // show, retry, drop
  std::string recipient;         // list: only messages to it; empty: all
  std::string state = "queued";  // list: of a recipient; "all": any
  std::size_t limit = 100;       // list: messages
  std::string scope, value;      // pause, resume, trace: what of; no value for the account
  std::string note;              // pause: why
  std::string lasts = "10m";     // trace: for how long; s, m or h
  bool json = false;
};
std::vector<std::string> queue_list_states();  // what `state` may be
int queue_list(const QueueArguments& arguments);
int queue_show(const QueueArguments& arguments);
int queue_retry(const QueueArguments& arguments);
int queue_drop(const QueueArguments& arguments);
int queue_pause(const QueueArguments& arguments);
int queue_resume(const QueueArguments& arguments);  // exit status 1 also when it was not paused
int queue_paused(const QueueArguments& arguments);
// Shows what is said with a domain's hosts or about a message, as it comes, until the time is over or Ctrl-C ends it.
int queue_trace(const QueueArguments& arguments);

struct FeedbackArguments {
  std::string config_file;
  std::string name;   // show
  bool json = false;  // list
};
int feedback_list(const FeedbackArguments& arguments);
int feedback_show(const FeedbackArguments& arguments);

struct CredentialsArguments {
  std::string config_file;
  std::string access_key_id;  // delete
  std::string description;    // create
  bool json = false;
};
int credentials_create(const CredentialsArguments& arguments);
int credentials_list(const CredentialsArguments& arguments);
int credentials_delete(const CredentialsArguments& arguments);

struct ZonePrintArguments {
  std::string config_file;
};
int zone_print(const ZonePrintArguments& arguments);

struct CheckArguments {
  std::string domain;
  std::string mail_from;       // the MAIL FROM domain; empty: the domain itself
  std::string from;            // an author's address or domain; empty: the domain
  std::string service_domain;  // whose records are expected; empty: as the MX says
  std::string region = "us-east-1";
  std::vector<std::string> selectors, addresses;
  std::vector<std::string> resolvers;  // IP[:PORT]; none: recursion from the root
  bool json = false;
};
int check(const CheckArguments& arguments);

struct VerifyArguments {
  std::string file;  // "-": standard input
  std::string ip, helo;
  std::string mail_from;               // with or without angle brackets; empty or <> for the null reverse-path
  std::vector<std::string> resolvers;  // IP[:PORT]; none: recursion from the root
  std::optional<std::int64_t> now;     // Unix seconds; unset: the clock
  std::optional<std::string> tls;      // "yes" or "no"; unset: as the message's Received fields tell
  bool bulk = false;                   // marketing, or sent to subscribers
  bool json = false;
};
int verify(const VerifyArguments& arguments);

struct ClassifyArguments {
  std::string file;  // "-": standard input
  bool json = false;
};
int classify(const ClassifyArguments& arguments);

}  // namespace sesame::app
