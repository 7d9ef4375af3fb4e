// HTML of somebody else: what is rewritten once has nothing left to rewrite but links, and without markup nothing
// changes.
#include <cstdint>

#include "base/text.h"
#include "campaign/handlebars.h"
#include "campaign/html_tracking.h"
#include "check.h"

using namespace sesame;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view html(reinterpret_cast<const char*>(data), size);
  std::size_t links = 0;
  campaign::HtmlTracking tracking;
  tracking.link_url = [&](const campaign::TrackedLink& link) -> std::optional<std::string> {
    ++links;
    check(!link.url.empty() && link.url.size() <= campaign::max_tracked_url);
    for (const char c : link.url) check(c > ' ' && c < 0x7f && c != '"');  // fit for a field of a response
    check(link.tags.size() <= campaign::max_link_tags);
    return "tracked:" + link.url;
  };
  const std::string tracked = campaign::track_html(html, tracking);
  check(links <= campaign::max_tracked_links);
  const std::size_t first = links;
  const std::string again = campaign::track_html(tracked, tracking);
  // A second pass finds what the first took out of the way: links that were not to be tracked, marks made of two
  // halves.
  const bool is_marked = ascii_lower(html).find("ses:") != std::string::npos;
  if (first < campaign::max_tracked_links && !is_marked) check(links == first && again == tracked);
  const bool has_mark = html.find(campaign::open_tracker_mark) != html.npos;
  if (html.find('<') == html.npos && !has_mark) {
    check(tracked == html);
    check(campaign::track_html(html, {.pixel_url = "p", .link_url = {}}).size() > html.size());
  }
  return 0;
}
