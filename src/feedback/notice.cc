#include "feedback/notice.h"

#include <algorithm>

#include "base/text.h"
#include "feedback/address_scan.h"
#include "feedback/signs.h"
#include "replies/cause.h"
#include "replies/phrase_table.h"

namespace sesame::feedback {
namespace {

constexpr std::size_t max_lines = 400;  // of a notice; notices are short
constexpr std::size_t max_addresses_in_line = 50;
constexpr std::size_t max_text_lines = 12;  // said of one recipient

// How sure a line is that its address is a recipient that failed.
enum Rank : int {
  rank_none = 0,
  rank_sender = 1,  // of the message, or the notice's own author
  rank_mentioned = 2,
  rank_labelled = 3,  // "To: ann@example.com"
  rank_command = 4,   // "RCPT TO:<ann@example.com>"
  rank_reply = 5,     // "550 <ann@example.com>... User unknown"
  rank_sentence = 6,  // "could not be delivered to ann@example.com"
  rank_entry = 7,     // a line of its own, below a sentence that says so
};

struct Candidate {
  std::string address;
  Rank rank = rank_none;
  std::size_t line = 0;
  std::size_t end = 0;  // where its text begins in the line
};

constexpr std::string_view failing_sentences[] = {
#define FAILING(phrase) phrase,
#include "feedback/rules/failing_sentences.inc"
#undef FAILING
};

bool says_failing(std::string_view folded) {
  static const replies::PhraseTable table(failing_sentences);
  return table.first_match(folded).has_value();
}

bool is_reply_code_line(std::string_view text) {
  text = trim(text);
  while (text.starts_with('<') && text.size() > 1 && (text[1] == '<' || text[1] == ' ')) text = trim(text.substr(1));
  if (text.size() < 4 || (text[0] != '4' && text[0] != '5')) return false;
  const replies::SpokenCodes said = replies::find_codes(text.substr(0, 4));
  return said.reply_code != 0;
}

bool is_address(std::string_view text) {
  const auto found = find_addresses(text, 1);
  return !found.empty() && found.front().begin == 0 && found.front().end == text.size();
}

class NoticeReader {
 public:
  explicit NoticeReader(const Mail& mail) : mail_(mail) {
    for (const char* name : {"To", "Return-Path", "Delivered-To"}) {
      for (const message::HeaderField* field : mail.header().all(name)) {
        for (FoundAddress& found : find_addresses(field->value, 20)) senders_.push_back(std::move(found.address));
      }
    }
    for (const message::HeaderField* field : mail.returned().all("From")) {
      for (FoundAddress& found : find_addresses(field->value, 20)) senders_.push_back(std::move(found.address));
    }
    if (!mail.from_address().empty()) senders_.push_back(mail.from_address());
  }

  std::vector<NoticeRecipient> read() {
    const auto& lines = mail_.notice_lines();
    for (std::size_t i = 0; i < std::min(lines.size(), max_lines); ++i) read_line(i, lines[i]);
    std::vector<NoticeRecipient> named = header_recipients();
    if (!named.empty()) {
      for (NoticeRecipient& recipient : named) recipient.text = text_about(recipient.address);
      return named;
    }
    return surest();
  }

 private:
  bool is_sender(std::string_view address) const {
    const auto same = [&](const std::string& sender) { return ascii_iequals(sender, address); };
    return std::ranges::any_of(senders_, same) || is_daemon(address, "");
  }

  void read_line(std::size_t number, std::string_view line) {
    const std::string folded = replies::fold(line, 2000);
    const auto addresses = find_addresses(line, max_addresses_in_line);
    bool is_entry = false;
    for (const FoundAddress& found : addresses) {
      if (candidates_.size() == max_reported_recipients) break;
      is_entry = is_entry || is_own_line(line, found);
      candidates_.push_back({found.address, rank_of(line, folded, found), number, found.end});
    }
    if (addresses.empty()) read_bare_name(number, line);
    // "… to the following recipients:" and the like; what is listed comes in the next lines. What an entry says of its
    // own recipient opens no list.
    const bool blank = folded.empty();
    in_list_ = in_list_ || (!is_entry && says_failing(folded));
    if (!blank) after_opening_ = trim(line).ends_with(':') && (says_failing(folded) || said_failing_);
    if (!blank) said_failing_ = says_failing(folded);
  }

  // AOL and others leave the domain out: an indented single word right below the opening sentence, by itself or with
  // what is said of it in a second column.
  void read_bare_name(std::size_t number, std::string_view line) {
    std::string_view word = trim(line);
    std::size_t end = line.size();
    if (const auto column = std::min(word.find("  "), word.find('\t')); column != word.npos) {
      word = word.substr(0, column);
      end = line.find(word) + word.size();
    }
    const auto at = mail_.from_address().rfind('@');
    const bool indented = !line.empty() && (line[0] == ' ' || line[0] == '\t');
    if (!after_opening_ || !indented || word.empty() || word.size() > 64 || at == std::string::npos) return;
    const auto is_name = [](char c) {
      return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '_' ||
             c == '-';
    };
    if (!std::ranges::all_of(word, is_name)) return;
    candidates_.push_back({std::string(word) + mail_.from_address().substr(at), rank_entry, number, end});
  }

  // "<ann@example.com>: …", "  ann@example.com", "ann@example.com on Thu, …"
  static bool is_own_line(std::string_view line, const FoundAddress& found) {
    const std::string_view front = line.substr(0, found.begin);
    const bool begins = front.find_first_not_of(" \t<>*-|'\"(") == front.npos || is_address(trim(front)) ||
                        ascii_lower(trim(front)).ends_with("smtp=");
    return begins && ends_entry(line.substr(found.end));
  }

  Rank rank_of(std::string_view line, std::string_view folded, const FoundAddress& found) const {
    const std::string before = ascii_lower(trim(line.substr(0, found.begin)));
    const std::string_view after = line.substr(found.end);
    if (before.ends_with("mail from:") || before.ends_with("from:") || folded.contains("message-id"))
      return rank_sender;
    if (before.contains("contact") || before.ends_with("mailto:") || before.ends_with("http:")) return rank_sender;
    // "ann@old.example <ann@example.com>": the second is the address, the first its name.
    if (const auto named = trim(after); named.starts_with('<') && named.find('@') < named.find('>')) return rank_sender;
    Rank rank = rank_mentioned;
    if (is_own_line(line, found)) {
      rank = in_list_ ? rank_entry : rank_reply;
    } else if (is_reply_code_line(line)) {
      rank = rank_reply;
    } else if (says_failing(folded)) {
      rank = rank_sentence;
    } else if (before.contains("rcpt to") || before.contains("rcpt:")) {
      rank = rank_command;
    } else if (before == "to:" || before == "recipient:" || before == "to" || before.ends_with("recipient:")) {
      rank = rank_labelled;
    }
    return is_sender(found.address) ? demoted(rank) : rank;
  }

  // Who sent the message is no likely recipient, but may have written to themselves.
  static Rank demoted(Rank rank) { return rank == rank_entry ? rank_command : rank_sender; }

  // "<ann@example.com>", "ann@example.com:", "ann@example.com [User unknown]", "ann@example.com on Thu, …"
  static bool ends_entry(std::string_view after) {
    const std::string_view rest = trim(after);
    if (rest.empty()) return true;
    if (rest[0] == ':' || rest[0] == '<' || rest[0] == '[' || rest[0] == '(' || rest[0] == ';' || rest[0] == ',')
      return true;
    return after[0] == ' ' || after[0] == '\t' || rest.starts_with("...") || rest[0] == '"';
  }

  std::vector<NoticeRecipient> header_recipients() const {
    std::vector<NoticeRecipient> named;
    for (const message::HeaderField* field : mail_.header().all("X-Failed-Recipients")) {
      for (FoundAddress& found : find_addresses(field->value, max_reported_recipients))
        add(named, std::move(found.address));
    }
    return named;
  }

  static void add(std::vector<NoticeRecipient>& out, std::string address) {
    const auto same = [&](const NoticeRecipient& r) { return ascii_iequals(r.address, address); };
    if (out.size() < max_reported_recipients && std::ranges::none_of(out, same))
      out.push_back({std::move(address), "", ""});
  }

  std::vector<NoticeRecipient> surest() const {
    Rank best = rank_none;
    for (const Candidate& candidate : candidates_) best = std::max(best, candidate.rank);
    std::vector<NoticeRecipient> found;
    if (best <= rank_sender) return found;
    for (const Candidate& candidate : candidates_) {
      if (candidate.rank == best) add(found, candidate.address);
    }
    if (best == rank_mentioned && found.size() > 1) return {};  // any of them, or none
    for (NoticeRecipient& recipient : found) recipient.text = text_about(recipient.address);
    if (best == rank_sentence && found.size() == 1) add_refused(found);
    return found;
  }

  // "Unable to deliver to ann@example.com: 552 Quota violation for ann@store.example": who is refused where the mail
  // for the one named goes, if the refusal is about that mailbox.
  void add_refused(std::vector<NoticeRecipient>& found) const {
    const std::string original = found.front().address;
    for (const Candidate& candidate : candidates_) {
      if (candidate.rank != rank_reply) continue;
      const std::string_view line = mail_.notice_lines()[candidate.line];
      const replies::SpokenCodes said = replies::find_codes(line);
      const replies::Cause cause = replies::find_cause(
          {.reply_code = said.reply_code, .enhanced_status = said.enhanced_status, .text = line, .remote_host = ""});
      const replies::Fault fault = replies::fault_of(cause.reason);
      if (fault != replies::Fault::recipient && fault != replies::Fault::mailbox) continue;
      const std::size_t before = found.size();
      add(found, candidate.address);
      if (found.size() == before) continue;
      found.back().text = line;
      found.back().original = original;
    }
  }

  // From the surest mention of the address to the next recipient's or an empty line.
  std::string text_about(std::string_view address) const {
    const Candidate* start = nullptr;
    for (const Candidate& candidate : candidates_) {
      if (!ascii_iequals(candidate.address, address)) continue;
      if (start == nullptr || candidate.rank > start->rank) start = &candidate;
    }
    if (start == nullptr) return "";
    const auto& lines = mail_.notice_lines();
    std::string text(lines[start->line]);
    if (start->rank == rank_entry || start->rank == rank_reply) {
      const std::string_view line = lines[start->line];
      text = is_reply_code_line(line) ? line : line.substr(start->end);
    }
    for (std::size_t i = start->line + 1; i < std::min(lines.size(), start->line + max_text_lines); ++i) {
      const bool empty = trim(lines[i]).empty();
      if (empty && !trim(text).empty()) break;
      if (is_about_another(i, address, start->rank)) break;
      text.append(" ").append(trim(lines[i]));
    }
    std::string_view said = trim(text);
    while (said.starts_with(':') || said.starts_with('>')) said = trim(said.substr(1));
    return std::string(said);
  }

  bool is_about_another(std::size_t line, std::string_view address, Rank rank) const {
    return std::ranges::any_of(candidates_, [&](const Candidate& other) {
      return other.line == line && other.rank >= rank && !ascii_iequals(other.address, address);
    });
  }

  const Mail& mail_;
  std::vector<std::string> senders_;
  std::vector<Candidate> candidates_;
  bool in_list_ = false;
  bool said_failing_ = false;   // the line before
  bool after_opening_ = false;  // the lines before are such a sentence, and end it with a colon
};

// The last resort: who the returned message was for.
std::vector<NoticeRecipient> returned_recipients(const Mail& mail) {
  for (const char* name : {"X-Failed-Recipients", "X-Envelope-To", "X-Actual-Recipient", "To"}) {
    std::vector<NoticeRecipient> found;
    for (const message::HeaderField* field : mail.returned().all(name)) {
      for (FoundAddress& one : find_addresses(field->value, max_reported_recipients)) {
        found.push_back({std::move(one.address), "", ""});
      }
    }
    if (found.size() == 1) return found;  // of several nobody knows which one failed
  }
  return {};
}

}  // namespace

std::vector<NoticeRecipient> notice_recipients(const Mail& mail) {
  auto found = NoticeReader(mail).read();
  if (found.empty()) found = returned_recipients(mail);
  return found;
}

std::string notice_diagnosis(const Mail& mail) {
  std::string diagnosis;
  const auto& lines = mail.notice_lines();
  for (std::size_t i = 0; i < std::min(lines.size(), max_lines); ++i) {
    const std::string_view line = trim(lines[i]);
    if (line.empty() || diagnosis.size() > max_field_octets) continue;
    const replies::SpokenCodes said = replies::find_codes(line);
    if (said.reply_code == 0 && said.enhanced_status.empty() && !replies::matching_sentence(line, "")) continue;
    if (!diagnosis.empty()) diagnosis += ' ';
    diagnosis += line;
  }
  return diagnosis;
}

}  // namespace sesame::feedback
