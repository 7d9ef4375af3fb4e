#include "publish/testing/web_receiver.h"

#include <fmt/format.h>

namespace sesame::publish {

using namespace std::chrono_literals;

WebReceiver::WebReceiver() {
  server_ = std::make_unique<http::Server>(
      http::ServerOptions{}, [this](http::Request request) { return handle(std::move(request)); }, clock_);
  listener_ = std::move(*net::Listener::bind(runtime_, {boost::asio::ip::address_v4::loopback(), 0}, {}));
  listener_->start([this](std::unique_ptr<net::Stream> stream) { return server_->serve(std::move(stream)); });
}

WebReceiver::~WebReceiver() {
  server_->finish();
  runtime_.run_blocking(listener_->stop(net::after(5s)));
}

std::string WebReceiver::url(const std::string& path) const {
  return fmt::format("http://{}{}", net::to_string(listener_->local()), path);
}

void WebReceiver::answer(std::vector<http::Response> next) {
  const std::lock_guard lock(mutex_);
  for (http::Response& response : next) next_.push_back(std::move(response));
}

void WebReceiver::answer_status(int status, std::size_t times) {
  for (std::size_t i = 0; i < times; ++i) answer({http::text_response(status, "as told\n")});
}

std::vector<http::Request> WebReceiver::wait_for(std::size_t count) {
  std::unique_lock lock(mutex_);
  arrived_.wait_for(lock, 10s, [&] { return requests_.size() >= count; });
  return requests_;
}

net::Task<http::Response> WebReceiver::handle(http::Request request) {
  const std::lock_guard lock(mutex_);
  requests_.push_back(std::move(request));
  arrived_.notify_all();
  if (next_.empty()) co_return http::text_response(200, "ok\n");
  http::Response response = std::move(next_.front());
  next_.pop_front();
  co_return response;
}

}  // namespace sesame::publish
