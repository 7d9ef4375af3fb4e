// One mail transaction, its content by DATA or, where CHUNKING is offered, by BDAT. With PIPELINING (RFC 2920) the
// commands up to DATA go out in one write, in groups small enough for both sides' buffers to take them while nobody
// reads; without it each waits for its reply. Either way the same script is walked through, command by command, so that
// both forms judge replies alike.
#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "smtp/command.h"
#include "smtp/data.h"
#include "smtp_session/client_session_impl.h"

namespace sesame::smtp_session {
namespace {

constexpr std::size_t max_group_commands = 50;  // 50 commands of some 100 octets, 50 replies of some 100
constexpr std::size_t write_block_octets = 64 * 1024;
constexpr std::size_t copied_octets = 16 * 1024;  // content up to this goes out in one write with what precedes it

std::size_t octets_of(const OutboundMessage& message) { return message.trace_fields.size() + message.content.size(); }

smtp::MailCommand mail_command(const OutboundMessage& message, const smtp::Extensions& extensions) {
  smtp::MailCommand command{message.reverse_path, {}};
  if (extensions.size) command.parameters.size_octets = octets_of(message);
  if (message.eight_bit && extensions.eight_bit_mime) command.parameters.body = smtp::BodyType::eight_bit_mime;
  command.parameters.smtputf8 = message.smtputf8;
  if (extensions.dsn && !message.envelope_id.empty()) {
    command.parameters.ret = smtp::DsnReturn::hdrs;
    command.parameters.envid = message.envelope_id;
  }
  return command;
}

// RFC 3461 §4.2: ORCPT comes back in the report, whatever the peer has made of the address meanwhile.
smtp::RcptCommand rcpt_command(const OutboundMessage& message, const smtp::Mailbox& recipient,
                               const smtp::Extensions& extensions) {
  smtp::RcptCommand command{recipient, {}};
  if (extensions.dsn && !message.envelope_id.empty()) {
    command.parameters.notify = smtp::Notify{.failure = true, .delay = true};
    command.parameters.orcpt = smtp::OriginalRecipient{"rfc822", smtp::format_mailbox(recipient)};
  }
  return command;
}

// What keeps the message from this peer whatever it would answer.
std::optional<Failure> obstacle(const OutboundMessage& message, const smtp::Extensions& extensions) {
  if (message.smtputf8 && !extensions.smtputf8) return Failure{Stage::mail, NotOffered{"SMTPUTF8"}};
  if (message.eight_bit && !extensions.eight_bit_mime) return Failure{Stage::mail, NotOffered{"8BITMIME"}};
  if (extensions.size && extensions.max_message_octets > 0 && octets_of(message) > extensions.max_message_octets) {
    return Failure{Stage::mail, NotOffered{fmt::format("a SIZE of {} octets (the limit is {})", octets_of(message),
                                                       extensions.max_message_octets)}};
  }
  return std::nullopt;
}

class Transaction {
 public:
  Transaction(ClientSession::Impl& session, OutboundMessage message)
      : session_(session), message_(std::move(message)), outcomes_(message_.recipients.size()) {}

  net::Task<SendOutcome> run();

 private:
  struct Step {
    Stage stage;
    std::size_t recipient = 0;  // for Stage::rcpt
    std::string line;
  };

  // What keeps the content from going over the wire at all; else it is ready to.
  std::optional<smtp::EncodeError> prepare();
  std::vector<Step> script() const;
  // Ends what an earlier message left open.
  net::Task<Result<void, Failure>> reset();
  net::Task<Result<void, Failure>> walk(std::vector<Step> steps);
  net::Task<Result<void, Failure>> walk_group(std::vector<Step> group);
  void judge(const Step& step, smtp::Reply reply);
  net::Task<Result<void, Failure>> send_octets(std::string_view wire);
  net::Task<void> run_with_data();
  net::Task<void> finish(std::string_view wire);
  net::Task<void> run_with_chunk();
  net::Task<Result<void, Failure>> send_chunk();
  // The reply to all of the content.
  net::Task<void> await_verdict();

  bool any_unsettled() const {
    return std::ranges::any_of(outcomes_, [](const auto& outcome) { return !outcome.has_value(); });
  }
  // A reply that is not what the command hoped for. One that makes no sense there ends the session.
  Failure refused(Stage stage, smtp::Reply reply);
  // The same failure for every recipient that has no outcome yet.
  void settle(const Failure& failure);
  void settle(const smtp::Reply& reply);
  SendOutcome result();

  ClientSession::Impl& session_;
  OutboundMessage message_;
  std::vector<std::optional<Result<smtp::Reply, Failure>>> outcomes_;
  std::string wire_;  // the content for DATA
  bool mail_accepted_ = false;
  std::optional<smtp::Reply> data_reply_;
};

Failure Transaction::refused(Stage stage, smtp::Reply reply) {
  if (!reply.is_positive()) return {stage, Refused{std::move(reply)}};
  return session_.give_up({stage, ProtocolError{"unexpected reply " + reply.to_text()}});
}

void Transaction::settle(const Failure& failure) {
  for (auto& outcome : outcomes_) {
    if (!outcome) outcome = std::unexpected(failure);
  }
}

void Transaction::settle(const smtp::Reply& reply) {
  for (auto& outcome : outcomes_) {
    if (!outcome) outcome = reply;
  }
}

SendOutcome Transaction::result() {
  SendOutcome outcome;
  for (auto& each : outcomes_) {
    if (!each) throw std::logic_error("a recipient was left without an outcome");
    outcome.recipients.push_back(std::move(*each));
  }
  return outcome;
}

std::optional<smtp::EncodeError> Transaction::prepare() {
  if (session_.extensions_.chunking) {
    const auto fit = smtp::check_message(message_.content);
    return fit ? std::nullopt : std::optional(fit.error());
  }
  auto stuffed = smtp::dot_stuff(message_.content);
  if (!stuffed) return stuffed.error();
  wire_ = std::move(*stuffed);
  wire_.insert(0, message_.trace_fields);
  return std::nullopt;
}

std::vector<Transaction::Step> Transaction::script() const {
  std::vector<Step> steps;
  steps.push_back({Stage::mail, 0, smtp::format_command(mail_command(message_, session_.extensions_))});
  for (std::size_t i = 0; i < message_.recipients.size(); ++i) {
    steps.push_back(
        {Stage::rcpt, i, smtp::format_command(rcpt_command(message_, message_.recipients[i], session_.extensions_))});
  }
  if (!session_.extensions_.chunking) steps.push_back({Stage::data, 0, smtp::format_command(smtp::DataCommand{})});
  return steps;
}

net::Task<SendOutcome> Transaction::run() {
  if (const auto broken = prepare()) settle({Stage::data, Unsendable{*broken}});
  if (const auto failure = obstacle(message_, session_.extensions_)) settle(*failure);
  if (!any_unsettled()) co_return result();
  if (session_.transaction_open_) {
    const auto ready = co_await reset();
    if (!ready) {
      settle(ready.error());
      co_return result();
    }
  }
  if (session_.extensions_.chunking) {
    co_await run_with_chunk();
  } else {
    co_await run_with_data();
  }
  co_return result();
}

net::Task<void> Transaction::run_with_data() {
  const auto walked = co_await walk(script());
  if (!walked) settle(walked.error());
  if (walked) co_await finish(wire_);
}

// RFC 3030: the content as it is, in one chunk, once a recipient is taken. Nothing is stuffed, and little is copied.
net::Task<void> Transaction::run_with_chunk() {
  const auto walked = co_await walk(script());
  if (!walked) settle(walked.error());
  if (!walked || !any_unsettled()) co_return;
  const auto sent = co_await send_chunk();
  if (!sent) {
    settle(sent.error());
    co_return;
  }
  co_await await_verdict();
}

net::Task<Result<void, Failure>> Transaction::send_chunk() {
  std::string head = smtp::format_command(smtp::BdatCommand{octets_of(message_), true});
  session_.transcript_.us(head);
  head.append("\r\n").append(message_.trace_fields);
  session_.transcript_.note(fmt::format("[{} octets]", octets_of(message_)));
  const bool at_once = message_.content.size() <= copied_octets;
  if (at_once) head += message_.content;
  auto sent = co_await send_octets(head);
  if (!sent || at_once) co_return sent;
  auto rest_sent = co_await send_octets(message_.content);
  co_return rest_sent;
}

net::Task<Result<void, Failure>> Transaction::reset() {
  const auto reply = co_await session_.command(Stage::mail, smtp::format_command(smtp::RsetCommand{}));
  if (!reply) co_return std::unexpected(reply.error());
  if (reply->code == 250) {
    session_.transaction_open_ = false;
    co_return Result<void, Failure>{};
  }
  // Not Refused: a 5yz here is about the session, and this message was never offered.
  Failure failure = co_await session_.leave({Stage::mail, ProtocolError{"RSET refused: " + reply->to_text()}});
  co_return std::unexpected(std::move(failure));
}

// Sends the script group by group; a failed group ends the walk.
net::Task<Result<void, Failure>> Transaction::walk(std::vector<Step> steps) {
  const std::size_t group_size = session_.extensions_.pipelining ? max_group_commands : 1;
  for (std::size_t at = 0; at < steps.size(); at += group_size) {
    const bool hopeless = at > 0 && (!mail_accepted_ || !session_.usable_ || !any_unsettled());
    if (hopeless) break;
    const std::size_t end = std::min(at + group_size, steps.size());
    std::vector<Step> group(std::make_move_iterator(steps.begin() + static_cast<std::ptrdiff_t>(at)),
                            std::make_move_iterator(steps.begin() + static_cast<std::ptrdiff_t>(end)));
    auto walked = co_await walk_group(std::move(group));
    if (!walked) co_return walked;
  }
  co_return Result<void, Failure>{};
}

net::Task<Result<void, Failure>> Transaction::walk_group(std::vector<Step> group) {
  std::vector<std::string> lines;
  for (const Step& step : group) lines.push_back(step.line);
  auto sent = co_await session_.write_lines(group.front().stage, std::move(lines));
  if (!sent) co_return sent;
  for (const Step& step : group) {
    const auto& timeouts = session_.options_.timeouts;
    auto reply = co_await session_.read_reply(step.stage, step.stage == Stage::data ? timeouts.data : timeouts.command);
    if (!reply) co_return std::unexpected(std::move(reply.error()));
    judge(step, std::move(*reply));
    if (!session_.usable_) break;
  }
  co_return Result<void, Failure>{};
}

void Transaction::judge(const Step& step, smtp::Reply reply) {
  const bool completed = reply.reply_class() == smtp::ReplyClass::positive_completion;
  const bool out_of_place = reply.is_positive() && !completed && step.stage != Stage::data;
  if (reply.code == 421 || out_of_place) {  // about the session, whatever it answers
    settle(refused(step.stage, std::move(reply)));
    return;
  }
  switch (step.stage) {
    case Stage::mail:
      mail_accepted_ = completed;
      session_.transaction_open_ = completed;
      if (!completed) settle(refused(Stage::mail, std::move(reply)));
      break;
    case Stage::rcpt: {
      auto& outcome = outcomes_[step.recipient];
      if (!completed && !outcome) outcome = std::unexpected(refused(Stage::rcpt, std::move(reply)));
      break;
    }
    default:  // DATA
      data_reply_ = std::move(reply);
      break;
  }
}

// What follows the replies to the script.
net::Task<void> Transaction::finish(std::string_view wire) {
  if (!data_reply_) co_return;  // never said: everything is settled
  if (data_reply_->code != 354) {
    settle(refused(Stage::data, *data_reply_));
    co_return;
  }
  const bool wanted = any_unsettled();
  // A server that takes DATA without a recipient is owed an end of data; RFC 2920 §3.1 says: an empty one.
  const std::string_view content = wanted ? wire : std::string_view(".\r\n");
  session_.transcript_.note(fmt::format("[{} octets]", content.size()));
  const auto sent = co_await send_octets(content);
  if (!sent) {
    settle(sent.error());
    co_return;
  }
  co_await await_verdict();
}

net::Task<void> Transaction::await_verdict() {
  auto reply = co_await session_.read_reply(Stage::final_dot, session_.options_.timeouts.final_dot);
  // RFC 3030 §2: after a refused chunk the server waits for RSET.
  session_.transaction_open_ = session_.extensions_.chunking && !(reply && reply->is_positive());
  if (!reply) {
    Failure failure = std::move(reply.error());
    if (const auto* lost = std::get_if<NetFailure>(&failure.reason)) {
      failure.reason = UncertainAfterFinalDot{net::NetError(lost->error)};
    }
    settle(failure);
  } else if (reply->reply_class() == smtp::ReplyClass::positive_completion) {
    settle(*reply);
  } else {
    settle(refused(Stage::final_dot, std::move(*reply)));
  }
}

net::Task<Result<void, Failure>> Transaction::send_octets(std::string_view wire) {
  while (!wire.empty()) {
    const std::string_view block = wire.substr(0, write_block_octets);
    session_.stream_->set_deadline(net::after(session_.options_.timeouts.data_block));
    const auto sent = co_await session_.stream_->write_all(block);
    // Some of it did not even reach our own system, the final dot among them: nothing can have been accepted.
    if (!sent) co_return std::unexpected(session_.give_up({Stage::data, NetFailure{sent.error()}}));
    wire.remove_prefix(block.size());
  }
  co_return Result<void, Failure>{};
}

}  // namespace

net::Task<SendOutcome> ClientSession::Impl::send(OutboundMessage message) {
  transcript_.begin_transaction();
  if (!usable_) {
    const net::NetError error{net::NetErrc::closed, "the session is over"};
    SendOutcome outcome;
    outcome.recipients.assign(message.recipients.size(), std::unexpected(Failure{Stage::mail, NetFailure{error}}));
    co_return outcome;
  }
  Transaction transaction(*this, std::move(message));
  SendOutcome outcome = co_await transaction.run();
  co_return outcome;
}

}  // namespace sesame::smtp_session
