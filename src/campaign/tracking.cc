#include "campaign/tracking.h"

#include <fmt/format.h>

#include "base/text.h"
#include "campaign/handlebars.h"
#include "campaign/html_tracking.h"
#include "campaign/rewrite_message.h"
#include "message/edit.h"
#include "message/header_section.h"

namespace sesame::campaign {
namespace {

std::string_view scheme_of_opens(store::HttpsPolicy policy) {
  return policy == store::HttpsPolicy::optional ? "http" : "https";
}

std::string_view scheme_of_clicks(store::HttpsPolicy policy, std::string_view url) {
  if (policy == store::HttpsPolicy::require) return "https";
  return ascii_iequals(url.substr(0, 6), "https:") ? "https" : "http";
}

constexpr std::size_t max_unsubscribe_marks = 2;  // spec 4.3; further ones stay

// The first marks of the whole message: `left` counts down from part to part.
std::string put_unsubscribe_url(std::string text, std::string_view url, std::size_t& left) {
  for (auto at = text.find(unsubscribe_url_mark); at != text.npos && left > 0; --left) {
    text.replace(at, unsubscribe_url_mark.size(), url);
    at = text.find(unsubscribe_url_mark, at + url.size());
  }
  return text;
}

}  // namespace

Tracked tracked_by(const store::ConfigurationSet* set) {
  if (set == nullptr) return {};
  return {set->tells(store::EventKind::open), set->tells(store::EventKind::click), set->tracking, std::nullopt};
}

// The service's own address has the one scheme it is known to be reached by.
std::string Tracking::url(std::string_view scheme, const store::TrackingOptions& options,
                          std::string_view token) const {
  if (options.redirect_domain) return fmt::format("{}://{}/t/{}", scheme, *options.redirect_domain, token);
  return fmt::format("{}/t/{}", public_url_, token);
}

// Never under the redirect domain: readers post to it on their own, and it has to be https where the service is.
std::optional<std::string> Tracking::unsubscribe_url(std::string_view api_message_id, const Tracked& wanted) const {
  if (!wanted.unsubscribe) return std::nullopt;
  const auto token = tokens_.write(claim_of(std::string(api_message_id), *wanted.unsubscribe));
  if (!token) return std::nullopt;
  return fmt::format("{}/u/{}", public_url_, *token);
}

// The caller's own fields give way (spec 4.4). Readers take the first way they know (RFC 2369 §3): one click is better
// than a mail. As it was if the header section cannot be edited, which it could when the message was composed.
std::string Tracking::with_list_fields(std::string_view octets, std::string_view api_message_id,
                                       std::string_view url) const {
  std::string ways = fmt::format("<{}>", url);
  if (!mail_domain_.empty()) {
    ways +=
        fmt::format(", <mailto:{}{}@{}?subject=unsubscribe>", unsubscribe_mailbox_prefix, api_message_id, mail_domain_);
  }
  message::HeaderEdits edits;
  edits.remove = {"List-Unsubscribe", "List-Unsubscribe-Post"};
  edits.append = {{"List-Unsubscribe", std::move(ways)}, {"List-Unsubscribe-Post", "List-Unsubscribe=One-Click"}};
  auto edited = message::edit_message(octets, edits);
  return edited ? std::move(*edited) : std::string(octets);
}

std::optional<UnsubscribeLink> Tracking::unsubscribe_link_in(std::string_view header_section,
                                                             std::string_view api_message_id) const {
  const message::ParsedMessage parsed = message::parse_message(header_section);
  const message::HeaderField* field = parsed.first("List-Unsubscribe");
  if (field == nullptr) return std::nullopt;
  constexpr std::string_view path = "/u/";
  const std::string value = message::unfold(field->value);
  const auto begin = value.find(path);
  if (begin == value.npos) return std::nullopt;
  const std::string_view rest = std::string_view(value).substr(begin + path.size());
  const auto claim = tokens_.read(rest.substr(0, rest.find('>')));
  if (!claim || claim->api_message_id != api_message_id) return std::nullopt;
  return unsubscribe_link(*claim);
}

std::string Tracking::track(std::string_view octets, std::string_view api_message_id, const Tracked& wanted) const {
  const std::optional<std::string> unsubscribe = unsubscribe_url(api_message_id, wanted);
  const store::TrackingOptions& options = wanted.options;
  HtmlTracking html;
  const auto open_token = tokens_.write({LinkKind::open, std::string(api_message_id), {}});
  if (wanted.opens && open_token) html.pixel_url = url(scheme_of_opens(options.https_policy), options, *open_token);
  if (wanted.clicks) {
    html.link_url = [&](const TrackedLink& link) -> std::optional<std::string> {
      if (link.url == unsubscribe) return std::nullopt;
      LinkClaim claim{LinkKind::click, std::string(api_message_id), {link.url}};
      for (const auto& [name, value] : link.tags) {
        claim.fields.push_back(name);
        claim.fields.push_back(value);
      }
      const auto token = tokens_.write(claim);
      if (!token) return std::nullopt;
      return url(scheme_of_clicks(options.https_policy, link.url), options, *token);
    };
  }
  // One pixel tells an opening; what a second HTML part shows is the same mail.
  PartRewriting rewriting;
  std::size_t marks_left = max_unsubscribe_marks;
  rewriting.html = [&](std::string text) {
    if (unsubscribe) text = put_unsubscribe_url(std::move(text), *unsubscribe, marks_left);
    std::string tracked = track_html(text, html);
    html.pixel_url.clear();
    return tracked;
  };
  if (!unsubscribe) return rewrite_message(octets, rewriting);
  rewriting.plain = [&](std::string text) { return put_unsubscribe_url(std::move(text), *unsubscribe, marks_left); };
  return rewrite_message(with_list_fields(octets, api_message_id, *unsubscribe), rewriting);
}

}  // namespace sesame::campaign
