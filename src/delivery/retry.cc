#include "delivery/retry.h"

#include <fmt/format.h>

#include <array>

#include "base/text.h"

namespace sesame::delivery {
namespace {

using store::RecipientState;

constexpr std::size_t max_text_octets = 1000;

struct Classified {
  bool permanent = false;
  std::uint16_t reply_code = 0;
  std::string enhanced_status;
  std::string text;
};

// A reply without an enhanced status gets the plainest one of its class (RFC 3463 §3.1).
std::string status_of(const smtp::Reply& reply, bool permanent) {
  if (reply.enhanced_status) return smtp::format_enhanced_status(*reply.enhanced_status);
  return permanent ? "5.0.0" : "4.0.0";
}

Classified classify(const ReplyOutcome& outcome) {
  // A refusal of our whole session (greeting, EHLO, AUTH) is about us or the host, not about the message: another time
  // or another host may take it, so it is never permanent. (Postfix and Exim do the same.)
  const bool permanent = outcome.reply.reply_class() == smtp::ReplyClass::permanent_failure && !outcome.about_session;
  return {permanent, static_cast<std::uint16_t>(outcome.reply.code), status_of(outcome.reply, permanent),
          outcome.reply.to_text()};
}

Classified classify(const NextHopFailure& failure) {
  switch (failure.problem) {
    case NextHopProblem::null_mx: return {true, 556, "5.1.10", failure.detail};  // RFC 7505 §4
    case NextHopProblem::no_such_domain: return {true, 0, "5.1.2", failure.detail};
    case NextHopProblem::no_mail_host: return {true, 0, "5.1.2", failure.detail};
    case NextHopProblem::mx_without_address: return {true, 0, "5.4.4", failure.detail};
    case NextHopProblem::bad_literal: return {true, 0, "5.1.2", failure.detail};
    case NextHopProblem::private_address: return {true, 0, "5.4.4", failure.detail};
    case NextHopProblem::loops_back: return {true, 0, "5.4.6", failure.detail};
    case NextHopProblem::dns_unavailable: return {false, 0, "4.4.3", failure.detail};
  }
  return {};
}

Decision settle(Classified why, std::uint32_t attempts, Time accepted, Time expires, Time now, RandomSource& random) {
  if (why.permanent) {
    return {RecipientState::bounced, {}, why.reply_code, std::move(why.enhanced_status), std::move(why.text)};
  }
  if (now >= expires) {
    const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(expires - accepted).count();
    return {RecipientState::expired,
            {},
            554,
            "4.4.7",
            fmt::format("554 4.4.7 Message expired: unable to deliver in {} minutes.<{}>", minutes, why.text)};
  }
  const Time next = std::min(now + retry_delay(attempts, random), expires);
  return {RecipientState::queued, next, why.reply_code, std::move(why.enhanced_status), std::move(why.text)};
}

}  // namespace

std::chrono::milliseconds retry_delay(std::uint32_t attempts, RandomSource& random) {
  using std::chrono::minutes;
  constexpr std::array<minutes, 7> schedule{minutes(1),  minutes(2),  minutes(5), minutes(10),
                                            minutes(15), minutes(30), minutes(60)};
  const std::chrono::milliseconds base = schedule[std::min<std::size_t>(attempts, schedule.size() - 1)];
  const auto fifth = static_cast<std::uint64_t>(base.count() / 5);
  return base + std::chrono::milliseconds(random.below(fifth + 1));
}

Decision decide(const AttemptOutcome& outcome, std::uint32_t attempts, Time accepted, Time expires, Time now,
                RandomSource& random) {
  Decision decision = std::visit(
      overloaded{
          [](const DeliveredOutcome& o) {
            return Decision{RecipientState::delivered,
                            {},
                            static_cast<std::uint16_t>(o.reply.code),
                            o.reply.enhanced_status ? smtp::format_enhanced_status(*o.reply.enhanced_status) : "2.0.0",
                            o.reply.to_text()};
          },
          [&](const ReplyOutcome& o) { return settle(classify(o), attempts, accepted, expires, now, random); },
          [&](const NetworkOutcome& o) {
            return settle({false, 0, "4.4.1", o.detail}, attempts, accepted, expires, now, random);
          },
          [&](const NextHopFailure& o) { return settle(classify(o), attempts, accepted, expires, now, random); },
          [&](const Unfit& o) {
            return settle({true, 554, o.enhanced_status, o.detail}, attempts, accepted, expires, now, random);
          },
      },
      outcome);
  // The peer's words, which may hold anything, go into the store, events and the API.
  decision.text = printable_utf8(decision.text, max_text_octets);
  return decision;
}

}  // namespace sesame::delivery
