// The corpora of returned mail: each mail is right, or stands in corpus_exceptions.inc with why it is not. One line per
// set tells the shares; docs/classification.md has them in a table.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <filesystem>
#include <map>
#include <set>

#include "base/testing/corpora.h"
#include "base/text.h"
#include "feedback/classify.h"

namespace sesame::feedback {
namespace {

using boost::json::array;
using boost::json::object;
using boost::json::value;

struct Exception {
  std::string_view mail, what, why;
};
constexpr Exception exceptions[] = {
#define EXCEPTION(mail, what, why) {mail, what, why},
#include "feedback/corpus_exceptions.inc"
#undef EXCEPTION
};

std::string text(const object& from, std::string_view name) {
  const value* found = from.if_contains(name);
  return found != nullptr && found->is_string() ? std::string(found->get_string()) : "";
}

std::set<std::string> addresses(const object& from, std::string_view name) {
  std::set<std::string> all;
  const value* list = from.if_contains(name);
  if (list == nullptr || !list->is_array()) return all;
  for (const value& entry : list->get_array()) all.insert(ascii_lower(std::string_view(entry.as_string())));
  return all;
}

std::set<std::string> addresses(const Report& report) {
  std::set<std::string> all;
  for (const RecipientReport& recipient : report.recipients) all.insert(ascii_lower(recipient.address));
  return all;
}

// How one set did, and that every miss is known.
class Scores {
 public:
  explicit Scores(std::string set) : set_(std::move(set)) {}

  void count(const std::string& mail, const std::string& what, bool right, const std::string& got) {
    auto& [rights, all] = shares_[what];
    ++all;
    if (right) ++rights;
    const bool excepted = std::ranges::any_of(
        exceptions, [&](const Exception& e) { return e.mail == set_ + "/" + mail && e.what == what; });
    if (excepted) excepted_.insert(mail + " " + what);
    EXPECT_EQ(right, !excepted) << set_ << "/" << mail << ": " << what << (right ? " is right now" : " is wrong: ")
                                << got;
  }

  void expect_at_least(const std::string& what, double share) {
    const auto [rights, all] = shares_[what];
    ASSERT_GT(all, 0u);
    EXPECT_GE(static_cast<double>(rights) / static_cast<double>(all), share) << set_ << " " << what;
  }

  ~Scores() {
    std::string line = set_ + ":";
    for (const auto& [what, share] : shares_) {
      line += fmt::format(" {} {}/{} ({:.1f} %)", what, share.first, share.second,
                          100.0 * static_cast<double>(share.first) / static_cast<double>(share.second));
    }
    fmt::print("{}\n", line);
    for (const Exception& e : exceptions) {
      if (!e.mail.starts_with(set_ + "/")) continue;
      const std::string name = fmt::format("{} {}", e.mail.substr(set_.size() + 1), e.what);
      EXPECT_TRUE(excepted_.contains(name)) << "not in the corpus: " << name;
    }
  }

 private:
  const std::string set_;
  std::map<std::string, std::pair<std::size_t, std::size_t>> shares_;
  std::set<std::string> excepted_;
};

std::string shown(const Report& report) {
  std::string all(to_text(report.kind));
  for (const RecipientReport& recipient : report.recipients) {
    all += fmt::format(" {} ({} {} {})", recipient.address, recipient.status, recipient.bounce_kind().type,
                       replies::to_text(recipient.cause.reason));
  }
  return all;
}

class Corpus : public testing::Test {
 protected:
  // False when the set is not there.
  bool open(const std::string& set) {
    const auto found = find_corpus(set);
    if (found) root_ = *found;
    return found.has_value();
  }

  object expected(const std::string& file) const { return boost::json::parse(read_file(root_ / file)).as_object(); }
  Report classify_file(const std::string& file) const { return classify(read_file(root_ / file)); }

  std::filesystem::path root_;
};

// ---- sisimai ----

bool is_kind(const Report& report, const std::string& kind) {
  // The set has one word for failures and for delays.
  if (kind == "bounce") return report.kind == ReportKind::bounce || report.kind == ReportKind::delayed;
  if (kind == "delivered-notice") return report.kind == ReportKind::delivered;
  if (kind == "auto-reply") return report.kind == ReportKind::auto_reply;
  return kind == to_text(report.kind);
}

// "5.0.9xx" are the set's own codes for mails without one. Where the spec has a Transient subtype for the cause, the
// class of the code does not decide.
bool says_class(const std::string& status, const RecipientReport& recipient) {
  return status.size() > 4 && !status.substr(1).starts_with(".0.9") && recipient.bounce_kind().subtype == "General";
}

void judge_rows(Scores& scores, const std::string& mail, const array& rows, const Report& report) {
  std::set<std::string> wanted;
  for (const value& row : rows) {
    const std::string address = ascii_lower(text(row.as_object(), "recipient"));
    const std::string status = text(row.as_object(), "status");
    if (address.empty()) continue;
    wanted.insert(address);
    for (const RecipientReport& recipient : report.recipients) {
      if (ascii_lower(recipient.address) != address || !says_class(status, recipient)) continue;
      const std::string_view type = status[0] == '5' ? "Permanent" : "Transient";
      scores.count(mail, "permanence", recipient.bounce_kind().type == type, shown(report));
      break;
    }
  }
  if (!wanted.empty()) scores.count(mail, "recipient", addresses(report) == wanted, shown(report));
}

TEST_F(Corpus, Sisimai) {
  if (!open("bounces-sisimai")) GTEST_SKIP();
  Scores scores("sisimai");
  for (const auto& [mail, entry] : expected("expected.json")) {
    const std::string name(mail);
    const Report report = classify_file("lf/" + name);
    const std::string kind = text(entry.as_object(), "kind");
    const value* rows = entry.as_object().if_contains("expected");
    if (!kind.empty()) scores.count(name, "kind", is_kind(report, kind), shown(report));
    if (rows != nullptr && rows->is_array()) judge_rows(scores, name, rows->get_array(), report);
  }
  for (const auto& file : std::filesystem::directory_iterator(root_ / "not-a-bounce")) {
    const std::string name = file.path().filename();
    const Report report = classify(read_file(file.path()));
    scores.count(name, "kind", report.kind != ReportKind::bounce && report.kind != ReportKind::delayed, shown(report));
  }
  scores.expect_at_least("kind", 0.99);
  scores.expect_at_least("recipient", 0.98);
  scores.expect_at_least("permanence", 0.97);
}

TEST_F(Corpus, SisimaiByAnyLineEndsIsTheSame) {
  if (!open("bounces-sisimai")) GTEST_SKIP();
  for (const char* ends : {"crlf", "cr"}) {
    std::size_t mails = 0;
    for (const auto& file : std::filesystem::directory_iterator(root_ / ends)) {
      if (file.path().extension() != ".eml") continue;
      ++mails;
      const Report report = classify(read_file(file.path()));
      EXPECT_EQ(report.kind, ReportKind::bounce) << file.path();
      EXPECT_NE(report.recipients.at(0).address, "") << file.path();
      const auto same = root_ / "lf" / file.path().filename();
      if (std::filesystem::exists(same)) EXPECT_EQ(shown(report), shown(classify(read_file(same)))) << file.path();
    }
    EXPECT_GT(mails, 40u);
  }
}

TEST_F(Corpus, SisimaiMailbox) {
  if (!open("bounces-sisimai")) GTEST_SKIP();
  Scores scores("mailbox");
  const std::string box = read_file(root_ / "mailbox/mbox-0");
  const array rows = expected("expected-mbox.json").at("mbox-0").as_array();
  std::size_t number = 0;
  for (std::size_t at = 0; at < box.size();) {
    const std::size_t next = std::min(box.find("\nFrom ", at + 1), box.size() - 1) + 1;
    const Report report = classify(std::string_view(box).substr(at, next - at));
    const std::string name = fmt::format("mbox-0#{}", number + 1);
    ASSERT_LT(number, rows.size());
    scores.count(name, "kind", is_kind(report, "bounce"), shown(report));
    judge_rows(scores, name, array{rows[number]}, report);
    at = next;
    ++number;
  }
  EXPECT_EQ(number, rows.size());
  scores.expect_at_least("kind", 0.97);
  scores.expect_at_least("recipient", 0.97);
}

// ---- flufl: permanent is what failed, temporary is what is still tried ----

TEST_F(Corpus, Flufl) {
  if (!open("bounces-flufl")) GTEST_SKIP();
  Scores scores("flufl");
  for (const auto& [mail, entry] : expected("expected.json")) {
    const value* recipients = entry.as_object().if_contains("recipients");
    if (recipients == nullptr) continue;
    const std::string name(mail);
    const auto permanent = addresses(recipients->as_object(), "permanent");
    const auto temporary = addresses(recipients->as_object(), "temporary");
    if (permanent.empty() && temporary.empty()) continue;
    const Report report = classify_file(name);
    const bool is_report = report.kind == ReportKind::bounce || report.kind == ReportKind::delayed;
    scores.count(name, "kind", is_report, shown(report));
    auto wanted = permanent;
    wanted.insert(temporary.begin(), temporary.end());
    scores.count(name, "recipient", addresses(report) == wanted, shown(report));
    for (const RecipientReport& recipient : report.recipients) {
      const std::string address = ascii_lower(recipient.address);
      if (!wanted.contains(address)) continue;
      const bool failed = recipient.action == DsnAction::failed;
      scores.count(name, "permanence", failed == permanent.contains(address), shown(report));
    }
  }
  scores.expect_at_least("kind", 0.99);
  scores.expect_at_least("recipient", 0.98);
  scores.expect_at_least("permanence", 0.97);
}

// ---- Mail::DeliveryStatus::BounceParser ----

TEST_F(Corpus, BounceParser) {
  if (!open("bounces-bounceparser")) GTEST_SKIP();
  Scores scores("bounceparser");
  std::size_t auto_replies = 0;
  for (const auto& [mail, entry] : expected("expected.json")) {
    const object& wanted = entry.as_object();
    const std::string name(mail);
    const Report report = classify_file(name);
    if (const value* is_bounce = wanted.if_contains("is_bounce"); is_bounce != nullptr) {
      const bool bounced = report.kind == ReportKind::bounce;
      const bool right = is_bounce->as_bool() ? bounced || report.kind == ReportKind::delayed : !bounced;
      scores.count(name, "kind", right, shown(report));
      if (!is_bounce->as_bool() && bounced) ++auto_replies;
    }
    const auto first = addresses(wanted, "addresses");
    const auto second = addresses(wanted, "addresses_preferring_final_recipient");
    if (first.empty()) continue;
    const auto got = addresses(report);
    scores.count(name, "recipient", got == first || (!second.empty() && got == second), shown(report));
  }
  EXPECT_EQ(auto_replies, 0u);
  scores.expect_at_least("kind", 0.99);
  scores.expect_at_least("recipient", 0.98);
}

// ---- libraries' own samples, and complaints ----

TEST_F(Corpus, Misc) {
  if (!open("bounces-misc")) GTEST_SKIP();
  Scores scores("misc");
  for (const auto& [mail, entry] : expected("expected.json")) {
    const std::string name(mail);
    const Report report = classify_file(name);
    const bool receipt = name.contains("disposition-notification");
    const bool bounced = report.kind == ReportKind::bounce || report.kind == ReportKind::delayed;
    scores.count(name, "kind", receipt ? report.kind == ReportKind::auto_reply : bounced, shown(report));
    const std::string status = text(entry.as_object(), "status");
    if (!status.empty()) EXPECT_EQ(report.recipients.at(0).status, status) << name;
  }
  scores.expect_at_least("kind", 0.99);
}

TEST_F(Corpus, Complaints) {
  if (!open("arf")) GTEST_SKIP();
  Scores scores("arf");
  for (const auto& file : std::filesystem::recursive_directory_iterator(root_)) {
    const auto extension = file.path().extension();
    if (extension != ".eml" && extension != ".txt") continue;
    const Report report = classify(read_file(file.path()));
    scores.count(file.path().lexically_relative(root_), "kind", report.kind == ReportKind::complaint, shown(report));
  }
  scores.expect_at_least("kind", 0.99);
}

}  // namespace
}  // namespace sesame::feedback
