#include "api/link_page.h"

#include <fmt/format.h>

#include "api/answers.h"

namespace sesame::api {
namespace {

constexpr std::string_view style =
    "body{max-width:36em;margin:4em auto;padding:0 1em;font-family:sans-serif}button{font:inherit;padding:.5em 1em}";

// A form without action posts to the address it was loaded from.
constexpr std::string_view button = "<form method=\"post\"><button>Verify this address</button></form>\n";

// `title`, `text` and `form` are HTML already.
http::Response page(int status, std::string_view title, std::string_view text, std::string_view form = "") {
  http::Response response;
  response.status = status;
  response.headers.add("Content-Type", "text/html; charset=utf-8");
  response.headers.add("Cache-Control", "no-store");
  response.headers.add("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'");
  response.headers.add("Referrer-Policy", "no-referrer");
  response.headers.add("X-Content-Type-Options", "nosniff");
  response.body = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>{0}</title>"
      "<style>{3}</style></head>\n<body>\n<h1>{0}</h1>\n<p>{1}</p>\n{2}</body>\n</html>\n",
      title, text, form, style);
  return response;
}

}  // namespace

http::Response link_page_ask() {
  return page(
      200, "Verify your address",
      "Somebody asked to send mail from the address this link was mailed to. Press the button only if it was you.",
      button);
}

http::Response link_page_done(std::string_view address) {
  return page(200, "Address verified",
              fmt::format("Mail may now be sent from {}. You can close this page.", xml_escape(address)));
}

http::Response link_page_gone() {
  return page(404, "This link is no longer valid",
              "Links work once and for 24 hours. Ask for a new one where the address was added.");
}

http::Response link_page_try_again() {
  return page(503, "Please try again", "This could not be done right now. Follow the link again in a minute.");
}

http::Response unsubscribe_page_ask(std::string_view list, std::string_view topic) {
  const auto choice = [](std::string_view value, std::string_view label) {
    return fmt::format(
        "<form method=\"post\"><input type=\"hidden\" name=\"from\" value=\"page\">"
        "<button name=\"choice\" value=\"{}\">{}</button></form>\n",
        value, label);
  };
  std::string forms;
  if (!topic.empty()) forms = choice("topic", fmt::format("Unsubscribe from {}", xml_escape(topic)));
  forms += choice("everything", "Unsubscribe from everything");
  return page(200, "Unsubscribe", fmt::format("You get mail to the list {}.", xml_escape(list)), forms);
}

http::Response unsubscribe_page_done(std::string_view topic) {
  return page(200, "You are unsubscribed",
              topic.empty() ? std::string("You will get no more mail to this list.")
                            : fmt::format("You will get no more mail about {}.", xml_escape(topic)));
}

http::Response unsubscribe_page_gone() {
  return page(404, "This link is no longer valid", "You are not on this list any more.");
}

}  // namespace sesame::api
