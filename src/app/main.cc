// The command line: parses arguments and calls one function per subcommand. CLI11 is known to this file only.
#include <CLI/CLI.hpp>

#include "app/commands/commands.h"

namespace {

using namespace sesame::app;

constexpr std::int64_t last_unix_second = 253'402'300'799;  // of the year 9999

void add_config(CLI::App* command, std::string& file) {
  command->add_option("--config", file, "configuration file (TOML)")->required();
}

void add_api(CLI::App* command, ApiArguments& api) {
  command->add_option("--endpoint", api.endpoint, "URL of the API (default: the sandbox's)");
  command->add_option("--data-dir", api.data_dir, "data directory of the sandbox whose keys are used");
}

void add_serve(CLI::App& app, ServeArguments& arguments, int& status) {
  CLI::App* command = app.add_subcommand("serve", "run the service");
  auto* config = command->add_option("--config", arguments.config_file, "configuration file (TOML)");
  auto* sandbox =
      command->add_flag("--sandbox", arguments.sandbox, "on loopback, with embedded DNS, receiver and inbox");
  command->add_option("--data-dir", arguments.data_dir, "where the sandbox keeps its data")->needs(sandbox);
  config->excludes(sandbox);
  command->callback([&, config, sandbox] {
    if (config->count() + sandbox->count() == 0) throw CLI::RequiredError("--config or --sandbox");
    status = serve(arguments);
  });
}

void add_credentials(CLI::App& app, CredentialsArguments& arguments, int& status) {
  CLI::App* group = app.add_subcommand("credentials", "access keys and SMTP passwords");
  group->require_subcommand(1);
  CLI::App* create = group->add_subcommand("create", "make an access key; the secret is shown this once");
  create->add_option("--description", arguments.description, "what it is for");
  create->add_flag("--json", arguments.json, "print JSON");
  add_config(create, arguments.config_file);
  create->callback([&] { status = credentials_create(arguments); });
  CLI::App* list = group->add_subcommand("list", "list access keys, without secrets");
  list->add_flag("--json", arguments.json, "print JSON");
  add_config(list, arguments.config_file);
  list->callback([&] { status = credentials_list(arguments); });
  CLI::App* remove = group->add_subcommand("delete", "delete an access key");
  remove->add_option("access_key_id", arguments.access_key_id)->required();
  add_config(remove, arguments.config_file);
  remove->callback([&] { status = credentials_delete(arguments); });
}

void add_identity(CLI::App& app, IdentityArguments& arguments, int& status) {
  CLI::App* group = app.add_subcommand("identity", "domains and addresses to send from, through the API");
  group->require_subcommand(1);
  const auto add = [&](const char* verb, const char* what, int (*run)(const IdentityArguments&), bool named) {
    CLI::App* command = group->add_subcommand(verb, what);
    if (named) command->add_option("name", arguments.name, "domain or address")->required();
    add_api(command, arguments.api);
    command->callback([&arguments, &status, run] { status = run(arguments); });
  };
  add("create", "register it and show the records to publish", identity_create, true);
  add("show", "its state and what its name servers say", identity_show, true);
  add("list", "all of them", identity_list, false);
  add("delete", "forget it", identity_delete, true);
}

void add_mail_from(CLI::App& app, MailFromArguments& arguments, int& status) {
  CLI::App* group = app.add_subcommand("mail-from", "the MAIL FROM domain of an identity, through the API");
  group->require_subcommand(1);
  const auto add = [&](const char* verb, const char* what, int (*run)(const MailFromArguments&)) {
    CLI::App* command = group->add_subcommand(verb, what);
    command->add_option("identity", arguments.identity)->required();
    add_api(command, arguments.api);
    command->callback([&arguments, &status, run] { status = run(arguments); });
    return command;
  };
  CLI::App* set = add("set", "set it and show the records to publish", mail_from_set);
  set->add_option("mail_from_domain", arguments.mail_from_domain, "a subdomain of the identity")->required();
  set->add_flag("--reject", arguments.reject, "refuse messages while it is not confirmed");
  add("show", "its status and what its name servers say", mail_from_show);
  add("clear", "back to the service's default", mail_from_clear);
}

void add_suppression(CLI::App& app, SuppressionArguments& arguments, int& status) {
  CLI::App* group = app.add_subcommand("suppression", "addresses nothing is sent to, through the API");
  group->require_subcommand(1);
  const auto add = [&](const char* verb, const char* what, int (*run)(const SuppressionArguments&)) {
    CLI::App* command = group->add_subcommand(verb, what);
    add_api(command, arguments.api);
    command->callback([&arguments, &status, run] { status = run(arguments); });
    return command;
  };
  const auto add_reason = [&](CLI::App* command, const char* what) {
    command->add_option("--reason", arguments.reason, what)->check(CLI::IsMember({"BOUNCE", "COMPLAINT"}));
  };
  add_reason(add("list", "all of them", suppression_list), "only those listed for it");
  add("show", "why and since when an address is listed", suppression_show)
      ->add_option("address", arguments.address)
      ->required();
  CLI::App* put = add("add", "list an address", suppression_add);
  put->add_option("address", arguments.address)->required();
  add_reason(put, "why (default: BOUNCE)");
  add("delete", "take an address off the list", suppression_delete)
      ->add_option("address", arguments.address)
      ->required();
  add("import", "list the addresses of a CSV file; nothing while a line of it is wrong", suppression_import)
      ->add_option("file", arguments.file, "columns EmailAddress,Reason; - for standard input")
      ->required();
  add_reason(add("export", "print the list as CSV", suppression_export), "only those listed for it");
}

void add_queue(CLI::App& app, QueueArguments& arguments, int& status) {
  CLI::App* group = app.add_subcommand("queue", "messages on their way; whether the service runs or not");
  group->require_subcommand(1);
  const auto add = [&](const char* verb, const char* what, int (*run)(const QueueArguments&), bool named) {
    CLI::App* command = group->add_subcommand(verb, what);
    if (named) command->add_option("id", arguments.api_message_id, "api message id")->required();
    command->add_option("--config", arguments.config_file, "configuration file (default: through the sandbox's API)");
    add_api(command, arguments.api);
    command->add_flag("--json", arguments.json, "print JSON");
    command->callback([&arguments, &status, run] { status = run(arguments); });
    return command;
  };
  CLI::App* list = add("list", "the newest first, one line for each recipient", queue_list, false);
  list->add_option("--recipient", arguments.recipient, "only messages to this address");
  list->add_option("--state", arguments.state, "of a recipient")
      ->check(CLI::IsMember(queue_list_states()))
      ->capture_default_str();
  list->add_option("--limit", arguments.limit, "messages at most")->check(CLI::PositiveNumber)->capture_default_str();
  add("show", "one message with all that was tried", queue_show, true);
  add("retry", "try what is queued of it now", queue_retry, true);
  add("drop", "give up what is queued of it", queue_drop, true);
  const auto add_scope = [&](CLI::App* command) {
    command->add_option("scope", arguments.scope)
        ->required()
        ->check(CLI::IsMember({"account", "identity", "configuration_set", "domain", "mx"}));
    command->add_option("value", arguments.value, "which one; of mx also *.NAME, for all below it");
    return command;
  };
  add_scope(add("pause", "keep mail queued until it is resumed", queue_pause, false))
      ->add_option("--note", arguments.note, "why, for those who look at the pauses");
  add_scope(add("resume", "let paused mail go", queue_resume, false));
  add("paused", "what is paused", queue_paused, false);
  CLI::App* trace = add("trace", "show the SMTP dialogue as it comes; never content or secrets", queue_trace, false);
  trace->add_option("scope", arguments.scope)->required()->check(CLI::IsMember({"domain", "message"}));
  trace->add_option("value", arguments.value, "the domain of recipients, or the message id")->required();
  trace->add_option("--for", arguments.lasts, "how long: 30s, 10m, 1h")->capture_default_str();
}

void add_feedback(CLI::App& app, FeedbackArguments& arguments, int& status) {
  CLI::App* group = app.add_subcommand("feedback", "mail that came to a return path and was not understood");
  group->require_subcommand(1);
  CLI::App* list = group->add_subcommand("list", "what is kept, the newest first");
  list->add_flag("--json", arguments.json, "print JSON, one object a line");
  add_config(list, arguments.config_file);
  list->callback([&] { status = feedback_list(arguments); });
  CLI::App* show =
      group->add_subcommand("show", "one of them, whole and as it came, behind the fields of its delivery");
  show->add_option("name", arguments.name, "as list shows it")->required();
  add_config(show, arguments.config_file);
  show->callback([&] { status = feedback_show(arguments); });
}

void add_send(CLI::App& app, SendArguments& arguments, int& status) {
  CLI::App* command = app.add_subcommand("send", "send a text message, through the API");
  command->add_option("--from", arguments.from)->required();
  command->add_option("--to", arguments.to)->required();
  command->add_option("--subject", arguments.subject)->required();
  command->add_option("--text", arguments.text)->required();
  add_api(command, arguments.api);
  command->callback([&] { status = send(arguments); });
}

void add_check(CLI::App& app, CheckArguments& arguments, int& status) {
  CLI::App* command = app.add_subcommand("check", "what receivers would decide about a domain, and what to change");
  command->add_option("domain", arguments.domain)->required();
  command->add_option("--mail-from", arguments.mail_from, "the MAIL FROM domain (default: the domain itself)");
  command->add_option("--from", arguments.from, "an author's address (default: one at the domain)");
  const auto add_list = [&](const char* name, std::vector<std::string>& values, const char* what) {
    command->add_option(name, values, what)->allow_extra_args(false);
  };
  add_list("--selector", arguments.selectors, "DKIM selector to look for beside the usual ones; may be repeated");
  add_list("--ip", arguments.addresses, "address mail is sent from; may be repeated");
  auto* service = command->add_option("--service-domain", arguments.service_domain,
                                      "the service the records are for (default: the one its MX names)");
  command->add_option("--region", arguments.region, "of that service")->needs(service)->capture_default_str();
  add_list("--resolver", arguments.resolvers, "DNS server to ask, IP[:PORT]; may be repeated");
  command->add_flag("--json", arguments.json, "print JSON");
  command->callback([&] { status = check(arguments); });
}

void add_verify(CLI::App& app, VerifyArguments& arguments, int& status) {
  CLI::App* command = app.add_subcommand("verify", "judge one message as a receiver would: SPF, DKIM, DMARC, ARC");
  command->add_option("file", arguments.file, "the message, as received (- for standard input)")->required();
  command->add_option("--ip", arguments.ip, "address of the client that delivered it")->required();
  command->add_option("--helo", arguments.helo, "name the client gave")->required();
  command->add_option("--mail-from", arguments.mail_from, "reverse-path (<> for bounces)")->required();
  command->add_option("--resolver", arguments.resolvers, "DNS server to ask, IP[:PORT]; may be repeated")
      ->allow_extra_args(false);
  command->add_option("--now", arguments.now, "judge as of this time (Unix seconds)")
      ->check(CLI::Range(std::int64_t{0}, last_unix_second));
  command
      ->add_option("--tls", arguments.tls, "whether the message came over TLS (default: as its Received fields tell)")
      ->check(CLI::IsMember({"yes", "no"}));
  command->add_flag("--bulk", arguments.bulk, "the message is marketing, or was sent to subscribers");
  command->add_flag("--json", arguments.json, "print JSON");
  command->callback([&] { status = verify(arguments); });
}

void add_classify(CLI::App& app, ClassifyArguments& arguments, int& status) {
  CLI::App* command =
      app.add_subcommand("classify", "what a returned message says: bounce, complaint, auto-reply, none");
  command->add_option("file", arguments.file, "the message, as received (- for standard input)")->required();
  command->add_flag("--json", arguments.json, "print JSON");
  command->callback([&] { status = classify(arguments); });
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Sesame: a self-hosted email sending service that Amazon SES clients can use"};
  app.require_subcommand(1);
  app.set_version_flag("--version", SESAME_VERSION);
  int status = exit_good;

  ServeArguments serve_arguments;
  add_serve(app, serve_arguments, status);

  ApiArguments walkthrough_arguments;
  CLI::App* walk = app.add_subcommand("walkthrough", "perform the whole MAIL FROM procedure against a sandbox");
  add_api(walk, walkthrough_arguments);
  walk->callback([&] { status = walkthrough(walkthrough_arguments); });

  CredentialsArguments credentials_arguments;
  add_credentials(app, credentials_arguments, status);

  SuppressionArguments suppression_arguments;
  add_suppression(app, suppression_arguments, status);
  IdentityArguments identity_arguments;
  add_identity(app, identity_arguments, status);
  MailFromArguments mail_from_arguments;
  add_mail_from(app, mail_from_arguments, status);
  SendArguments send_arguments;
  add_send(app, send_arguments, status);

  QueueArguments queue_arguments;
  add_queue(app, queue_arguments, status);

  FeedbackArguments feedback_arguments;
  add_feedback(app, feedback_arguments, status);

  CheckArguments check_arguments;
  add_check(app, check_arguments, status);
  VerifyArguments verify_arguments;
  add_verify(app, verify_arguments, status);

  ClassifyArguments classify_arguments;
  add_classify(app, classify_arguments, status);

  ZonePrintArguments zone_arguments;
  CLI::App* zone = app.add_subcommand("zone", "the service's own DNS zone");
  zone->require_subcommand(1);
  CLI::App* zone_print_command =
      zone->add_subcommand("print", "write it as a zone file, for those who serve it elsewhere");
  add_config(zone_print_command, zone_arguments.config_file);
  zone_print_command->callback([&] { status = zone_print(zone_arguments); });

  TailArguments tail_arguments;
  std::int64_t after = -1;
  CLI::App* events = app.add_subcommand("events", "what happened to messages");
  events->require_subcommand(1);
  CLI::App* tail = events->add_subcommand("tail", "print events as they come");
  add_api(tail, tail_arguments.api);
  tail->add_option("--after", after, "start after this sequence number (default: from now on)");
  tail->add_flag("--once", tail_arguments.once, "print what there is and end");
  tail->callback([&] {
    if (after >= 0) tail_arguments.after = after;
    status = events_tail(tail_arguments);
  });

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& problem) {
    const int code = app.exit(problem);
    return code == 0 ? exit_good : exit_usage;
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "sesame: %s\n", problem.what());
    return exit_unknown;
  }
  return status;
}
