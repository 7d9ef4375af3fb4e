#include "store/attempt_tls.h"

#include <gtest/gtest.h>

namespace sesame::store {
namespace {

TEST(AttemptTlsText, IsReadAsItWasWritten) {
  for (const AttemptTls& tls : {AttemptTls{"TLSv1.3", ""}, AttemptTls{"TLSv1.2", "hostname mismatch"},
                                AttemptTls{"", "starttls: 454 4.7.0 no; come back"}, AttemptTls{}}) {
    EXPECT_EQ(read_attempt_tls(to_text(tls)), tls) << to_text(tls);
  }
  EXPECT_EQ(to_text({"TLSv1.3", ""}), "TLSv1.3");  // as attempts were stored before there were problems
}

}  // namespace
}  // namespace sesame::store
