// campaign/html_tracking.h: links and a pixel in somebody's HTML (spec 4.5), nothing else touched. Pure.
//
// Tags are found as browsers find them (WHATWG HTML §13.2.5, reduced): comments, <script>, <style> and the like are
// passed over, attributes may be quoted, bare, and in any case. A tag without its end is left as it stands.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sesame::campaign {

inline constexpr std::size_t max_tracked_links = 250;  // of one text; further ones stay as they are
inline constexpr std::size_t max_tracked_url = 4096;   // longer ones stay as they are
inline constexpr std::size_t max_link_tags = 20;       // further ones are left out

struct TrackedLink {
  std::string url;                                        // absolute, http or https, ASCII without blanks
  std::vector<std::pair<std::string, std::string>> tags;  // of ses:tags="name:value;name:value"
};

struct HtmlTracking {
  std::string pixel_url;  // empty: no pixel
  // The URL to put in the place of a link; nullopt leaves it. Not set: links are not rewritten.
  std::function<std::optional<std::string>(const TrackedLink&)> link_url;
};

// The links of <a> and <area> without `ses:no-track` are replaced; both ses: attributes are taken out of every one. The
// pixel stands where the first {{ses:openTracker}} was, else before the last </body>, else at the end; other marks go.
// Linear but for link_url.
std::string track_html(std::string_view html, const HtmlTracking& tracking);

}  // namespace sesame::campaign
