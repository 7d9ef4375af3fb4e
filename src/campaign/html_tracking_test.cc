#include "campaign/html_tracking.h"

#include <gtest/gtest.h>

#include <fmt/format.h>

namespace sesame::campaign {
namespace {

constexpr std::string_view pixel =
    R"(<img alt="" src="http://p/?a&amp;b" width="1" height="1" style="display:block;width:1px;height:1px">)";

// Links become "[url|name=value,...]".
HtmlTracking links_only() {
  HtmlTracking tracking;
  tracking.link_url = [](const TrackedLink& link) -> std::optional<std::string> {
    std::string text = "[" + link.url;
    for (const auto& [name, value] : link.tags) text += "|" + name + "=" + value;
    return text + "]";
  };
  return tracking;
}
std::string links(std::string_view html) { return track_html(html, links_only()); }
std::string with_pixel(std::string_view html) {
  return track_html(html, {.pixel_url = "http://p/?a&b", .link_url = {}});
}

TEST(TrackHtml, LinksToTheWebAreReplaced) {
  EXPECT_EQ(links(R"(<p><a href="http://x.example/?a=1&amp;b=2#c" class='k'>t</a></p>)"),
            R"(<p><a href="[http://x.example/?a=1&amp;b=2#c]" class='k'>t</a></p>)");
  EXPECT_EQ(links("<A HREF='HTTPS://x.example/'>t</A>"), "<A href=\"[HTTPS://x.example/]\">t</A>");
  EXPECT_EQ(links("<a\n href = http://x.example/a/b>t</a>"), "<a href=\"[http://x.example/a/b]\">t</a>");
  EXPECT_EQ(links("<area href=\"http://x.example\"/>"), "<area href=\"[http://x.example]\"/>");
}

TEST(TrackHtml, UrlsAreWrittenAsALocationCanHoldThem) {
  EXPECT_EQ(links("<a href=\" http://x.example/a b\tc\xc3\xbc&#38;&#x26;&lt;\">"),
            "<a href=\"[http://x.example/a%20bc%C3%BC&amp;&amp;%3C]\">");
  EXPECT_EQ(links("<a href=\"http://x.example/&copy;&;&#0;&#x0d;\">"),
            "<a href=\"[http://x.example/&amp;copy;&amp;;&amp;#0;&amp;#x0d;]\">");
}

TEST(TrackHtml, OtherTargetsStayOctetForOctet) {
  for (const char* html : {
           R"(<a href="mailto:a@x.example">)",
           R"(<a href="#top">)",
           R"(<a href="/relative">)",
           "<a href=\"javascript:alert(1)\">",
           R"(<a href="http://">)",
           R"(<a href>)",
           R"(<a name=x>)",
           R"(<link href="http://x.example/s.css"><img src="http://x.example/i.png">)",
           R"(<!-- <a href="http://x.example/"> -->)",
           R"(<!--[if mso]><a href="http://x.example/"><![endif]-->)",
           R"(<script>"<a href='http://x.example/'>"</script>)",
           R"(<style>a{}</styl></style><title><a href="http://x.example/"></title>)",
           "<a href=\"http://x.example/",
           "<a href=http://x.example/",
           "<",
           "<a",
           "< a href=\"http://x.example/\">",
           "a < b > c <3 </> <!doctype html>",
       }) {
    EXPECT_EQ(links(html), html);
  }
  const std::string longer = "<a href=\"http://x.example/" + std::string(max_tracked_url, 'x') + "\">";
  EXPECT_EQ(links(longer), longer);
}

TEST(TrackHtml, AttributesForTrackingAreTakenOut) {
  EXPECT_EQ(links(R"(<a ses:no-track href="http://x.example/">t</a>)"), R"(<a href="http://x.example/">t</a>)");
  EXPECT_EQ(links(R"(<a SES:No-Track="" href="http://x.example/" id=1>)"), R"(<a href="http://x.example/" id=1>)");
  EXPECT_EQ(links(R"(<a href="http://x.example/" ses:tags="k1:v1; k2 : v&amp;2 ;broken;:none;k1:again">)"),
            R"(<a href="[http://x.example/|k1=v1|k2=v&amp;2|k1=again]">)");
  EXPECT_EQ(links(R"(<a ses:tags="k:v" href="mailto:x">)"), R"(<a href="mailto:x">)");
}

TEST(TrackHtml, AttributesThatTouchStayApart) {
  EXPECT_EQ(links(R"(<a ses:tags="k:v"name="x">)"), R"(<a name="x">)");
  EXPECT_EQ(links(R"(<a id="x"name="y"ses:no-track=""/href="mailto:x">)"), R"(<a id="x"name="y"/href="mailto:x">)");
}

TEST(TrackHtml, TheFirstTwoHundredAndFiftyLinksAreReplaced) {
  std::string html;
  for (int i = 0; i < 252; ++i) html += "<a href=\"http://x.example/\">";
  const std::string tracked = links(html);
  std::size_t replaced = 0;
  for (auto at = tracked.find('['); at != tracked.npos; at = tracked.find('[', at + 1)) ++replaced;
  EXPECT_EQ(replaced, max_tracked_links);
  EXPECT_TRUE(tracked.ends_with("]\"><a href=\"http://x.example/\"><a href=\"http://x.example/\">"));
}

TEST(TrackHtml, PixelStandsWhereItIsWantedOrAtTheEnd) {
  EXPECT_EQ(with_pixel("<p>t</p>"), fmt::format("<p>t</p>{}", pixel));
  EXPECT_EQ(with_pixel("<body>t</BODY ></html>"), fmt::format("<body>t{}</BODY ></html>", pixel));
  EXPECT_EQ(with_pixel("</body>x</body>"), fmt::format("</body>x{}</body>", pixel));
  EXPECT_EQ(with_pixel("a{{ses:openTracker}}b{{ses:openTracker}}c</body>"), fmt::format("a{}bc</body>", pixel));
  EXPECT_EQ(links("a{{ses:openTracker}}b"), "ab");
}

TEST(TrackHtml, LinkThatCannotBeReplacedStays) {
  HtmlTracking tracking;
  tracking.link_url = [](const TrackedLink&) { return std::nullopt; };
  EXPECT_EQ(track_html("<a href='http://x.example/'>", tracking), "<a href='http://x.example/'>");
}

}  // namespace
}  // namespace sesame::campaign
