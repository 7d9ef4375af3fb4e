#include "campaign/tracking.h"

#include <fmt/format.h>

#include "base/text.h"
#include "campaign/html_tracking.h"
#include "campaign/rewrite_message.h"

namespace sesame::campaign {
namespace {

std::string_view scheme_of_opens(store::HttpsPolicy policy) {
  return policy == store::HttpsPolicy::optional ? "http" : "https";
}

std::string_view scheme_of_clicks(store::HttpsPolicy policy, std::string_view url) {
  if (policy == store::HttpsPolicy::require) return "https";
  return ascii_iequals(url.substr(0, 6), "https:") ? "https" : "http";
}

}  // namespace

Tracked tracked_by(const store::ConfigurationSet* set) {
  if (set == nullptr) return {};
  return {set->tells(store::EventKind::open), set->tells(store::EventKind::click), set->tracking};
}

// The service's own address has the one scheme it is known to be reached by.
std::string Tracking::url(std::string_view scheme, const store::TrackingOptions& options,
                          std::string_view token) const {
  if (options.redirect_domain) return fmt::format("{}://{}/t/{}", scheme, *options.redirect_domain, token);
  return fmt::format("{}/t/{}", public_url_, token);
}

std::string Tracking::track(std::string_view octets, std::string_view api_message_id, const Tracked& wanted) const {
  const store::TrackingOptions& options = wanted.options;
  HtmlTracking html;
  const auto open_token = tokens_.write({LinkKind::open, std::string(api_message_id), {}});
  if (wanted.opens && open_token) html.pixel_url = url(scheme_of_opens(options.https_policy), options, *open_token);
  if (wanted.clicks) {
    html.link_url = [&](const TrackedLink& link) -> std::optional<std::string> {
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
  rewriting.html = [&](std::string text) {
    std::string tracked = track_html(text, html);
    html.pixel_url.clear();
    return tracked;
  };
  return rewrite_message(octets, rewriting);
}

}  // namespace sesame::campaign
