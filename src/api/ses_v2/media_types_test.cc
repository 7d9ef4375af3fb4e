#include "api/ses_v2/media_types.h"

#include <gtest/gtest.h>

namespace sesame::api {
namespace {

TEST(MediaType, FollowsTheExtension) {
  EXPECT_EQ(media_type_of("report.PDF"), "application/pdf");
  EXPECT_EQ(media_type_of("archive.tar.gz"), "application/gzip");
  EXPECT_EQ(media_type_of("README"), "application/octet-stream");
  EXPECT_EQ(media_type_of(""), "application/octet-stream");
}

}  // namespace
}  // namespace sesame::api
