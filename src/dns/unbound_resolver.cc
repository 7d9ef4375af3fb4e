// libunbound works on a thread of its own and says through a pipe that answers are ready; ub_process then hands them to
// callbacks on our executor. The pipe is watched only while questions are under way. A question waits on a timer set to
// its deadline; its answer, or stop(), moves the timer into the past.
#include "dns/unbound_resolver.h"

#include <unistd.h>

#include <atomic>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <set>
#include <stdexcept>
#include <system_error>

#include "base/log.h"
#include "dns/unbound_context.h"
#include "dns/wire.h"

namespace sesame::dns {
namespace {

namespace asio = boost::asio;
constexpr net::Deadline already = net::Deadline::min();

// The name in the notation of libunbound's parser: every octet as it is, what is special escaped.
std::optional<std::string> question_name(std::string_view name) {
  const auto wire = to_wire_name(name);
  if (!wire) return std::nullopt;
  std::string text;
  for (std::size_t at = 0; (*wire)[at] != 0;) {
    const auto length = static_cast<std::size_t>(static_cast<unsigned char>((*wire)[at++]));
    for (std::size_t i = 0; i < length; ++i) text += fmt::format("\\{:03}", static_cast<unsigned char>((*wire)[at++]));
    text += '.';
  }
  return text.empty() ? "." : text;
}

}  // namespace

struct UnboundResolver::Impl : std::enable_shared_from_this<UnboundResolver::Impl> {
  struct Question {
    Question(const net::Executor& on, RecordType asked, net::Deadline deadline) : type(asked), done(on, deadline) {}
    RecordType type;
    asio::steady_timer done;
    std::optional<Answer> answer;
  };

  Impl(net::Executor on, const UnboundOptions& options)
      : executor(std::move(on)), context(make_unbound_context(options)), pipe(executor) {
    // A descriptor of our own: closing it must not close libunbound's.
    const int descriptor = dup(ub_fd(context.get()));
    if (descriptor < 0) throw std::system_error(errno, std::generic_category(), "dns: dup");
    pipe.assign(descriptor);
  }

  const net::Executor executor;
  const UnboundContext context;
  asio::posix::stream_descriptor pipe;
  std::set<Question*> open;  // awaited on `executor`, as everything below
  bool watching = false;
  std::atomic<bool> stopped = false;

  static net::Task<Answer> ask(std::shared_ptr<Impl> self, std::string name, RecordType type, net::Deadline deadline);
  static void on_answer(void* question, int error, ub_result* result);
  void watch();
  void end_all();
};

void UnboundResolver::Impl::on_answer(void* question, int error, ub_result* raw_result) {
  const UnboundResult result(raw_result);
  auto& asked = *static_cast<Question*>(question);
  asked.answer = to_answer(error, result.get(), asked.type);
  asked.done.expires_at(already);
}

void UnboundResolver::Impl::watch() {
  if (watching || open.empty()) return;
  watching = true;
  pipe.async_wait(asio::posix::stream_descriptor::wait_read,
                  [self = shared_from_this()](const boost::system::error_code& error) {
                    self->watching = false;
                    const bool withdrawn = error == asio::error::operation_aborted;
                    const int failed = withdrawn ? 0 : error ? UB_PIPE : ub_process(self->context.get());
                    if (failed != 0) {
                      log::error("dns", "the resolver stopped working", {{"detail", ub_strerror(failed)}});
                      self->end_all();
                      return;
                    }
                    self->watch();  // a question may have come since the last one was withdrawn
                  });
}

void UnboundResolver::Impl::end_all() {
  stopped = true;
  for (Question* question : open) question->done.expires_at(already);
}

// Runs on `executor`. The question is out of libunbound's hands before it goes out of scope, however this ends.
net::Task<Answer> UnboundResolver::Impl::ask(std::shared_ptr<Impl> self, std::string name, RecordType type,
                                             net::Deadline deadline) {
  Answer failure;
  failure.status = AnswerStatus::timeout;
  failure.detail = "no answer in time";
  if (self->stopped) co_return failure;

  Question question(self->executor, type, deadline);
  int id = 0;
  const int error =
      ub_resolve_async(self->context.get(), name.c_str(), static_cast<int>(type), class_in, &question, on_answer, &id);
  if (error != 0) {
    failure.status = AnswerStatus::servfail;
    failure.detail = ub_strerror(error);
    co_return failure;
  }
  struct Withdraw {
    Impl& impl;
    Question& question;
    int id;
    ~Withdraw() {
      impl.open.erase(&question);
      if (!question.answer) ub_cancel(impl.context.get(), id);
      if (impl.open.empty()) impl.pipe.cancel();
    }
  };
  self->open.insert(&question);
  const Withdraw withdraw{*self, question, id};
  self->watch();
  co_await question.done.async_wait(asio::as_tuple(asio::use_awaitable));
  if (!question.answer) co_return failure;
  co_return std::move(*question.answer);
}

UnboundResolver::UnboundResolver(net::Executor executor, const UnboundOptions& options)
    : impl_(std::make_shared<Impl>(std::move(executor), options)) {}

UnboundResolver::~UnboundResolver() = default;

net::Task<Answer> UnboundResolver::resolve(std::string name, RecordType type, net::Deadline deadline) {
  const auto asked = question_name(name);
  if (!asked) {
    Answer answer;
    answer.status = AnswerStatus::nxdomain;
    answer.detail = "no such name can exist: a label is empty or too long";
    co_return answer;
  }
  net::Task<Answer> asking = Impl::ask(impl_, *asked, type, deadline);
  const net::Executor here = co_await net::current_executor();
  if (here == impl_->executor) co_return co_await std::move(asking);
  co_return co_await net::on_executor(impl_->executor, std::move(asking));
}

void UnboundResolver::stop() {
  impl_->stopped = true;
  asio::post(impl_->executor, [impl = impl_] { impl->end_all(); });
}

}  // namespace sesame::dns
