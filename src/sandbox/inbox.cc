#include "sandbox/inbox.h"

#include <algorithm>

#include "base/text.h"
#include "message/charset.h"
#include "message/encoded_word.h"
#include "message/header_section.h"
#include "submission/api_message_id.h"

namespace sesame::sandbox {
namespace {

std::size_t octets_of(const InboxEntry& entry) { return entry.content.size() + Inbox::entry_overhead_octets; }

// The decoded value of the first field of that name.
std::string field_text(const message::ParsedMessage& message, std::string_view name) {
  const message::HeaderField* field = message.first(name);
  if (field == nullptr) return "";
  const std::string_view value = field->value.substr(0, 2 * InboxEntry::max_field_octets);
  const std::string text = message::decode_encoded_words(message::unfold(value));
  // Replacing may lengthen; what the cut leaves of a character is replaced in its turn.
  const std::string well_formed = message::replace_invalid_utf8(text).substr(0, InboxEntry::max_field_octets);
  return message::replace_invalid_utf8(well_formed);
}

std::optional<std::string> id_in(std::string_view address) {
  if (address.starts_with('<')) address.remove_prefix(1);
  const std::string_view local_part = address.substr(0, address.find('@'));
  if (!submission::accept_time(local_part)) return std::nullopt;
  return std::string(local_part);
}

}  // namespace

InboxEntry make_entry(InboxEnvelope envelope, boost::json::object verdict, std::string content, Time received_at) {
  InboxEntry entry;
  entry.received_at = received_at;
  entry.envelope = std::move(envelope);
  entry.verdict = std::move(verdict);
  entry.content = std::move(content);
  const message::ParsedMessage message = message::parse_message(entry.content);
  entry.from = field_text(message, "From");
  entry.to = field_text(message, "To");
  entry.subject = field_text(message, "Subject");
  entry.message_id = field_text(message, "Message-ID");
  entry.api_message_id = id_in(entry.envelope.mail_from);
  if (!entry.api_message_id) entry.api_message_id = id_in(entry.message_id);
  return entry;
}

std::uint64_t Inbox::add(InboxEntry entry) {
  std::uint64_t number = 0;
  {
    const std::lock_guard lock(mutex_);
    number = entry.number = ++last_number_;
    octets_ += octets_of(entry);
    entries_.push_back(std::make_shared<const InboxEntry>(std::move(entry)));
    while (!entries_.empty() && (entries_.size() > limits_.max_messages || octets_ > limits_.max_octets)) {
      drop(entries_.begin());
    }
  }
  arrivals_.committed();
  return number;
}

void Inbox::drop(Entries::const_iterator at) {
  octets_ -= octets_of(**at);
  entries_.erase(at);
}

Inbox::Entries::const_iterator Inbox::position(std::uint64_t number) const {
  return std::ranges::lower_bound(entries_, number, {}, [](const auto& entry) { return entry->number; });
}

InboxPage Inbox::newest(std::size_t limit) const {
  const std::lock_guard lock(mutex_);
  InboxPage page{{}, last_number_};
  const auto count = static_cast<std::ptrdiff_t>(std::min(limit, entries_.size()));
  page.entries.assign(entries_.rbegin(), entries_.rbegin() + count);
  return page;
}

InboxPage Inbox::after(std::uint64_t after, std::size_t limit) const {
  const std::lock_guard lock(mutex_);
  InboxPage page{{}, after};
  const auto from = std::ranges::upper_bound(entries_, after, {}, [](const auto& entry) { return entry->number; });
  const auto count = std::min<std::ptrdiff_t>(static_cast<std::ptrdiff_t>(limit), entries_.end() - from);
  page.entries.assign(from, from + count);
  std::ranges::reverse(page.entries);
  if (!page.entries.empty()) page.last = page.entries.front()->number;
  return page;
}

net::Task<InboxPage> Inbox::wait_after(std::uint64_t number, std::size_t limit, net::Deadline deadline) {
  for (;;) {
    // Read before looking, so that nothing filed between the two is waited for.
    const std::uint64_t seen = arrivals_.generation();
    InboxPage page = after(number, limit);
    const bool patience_ends = std::chrono::steady_clock::now() >= deadline || arrivals_.closed();
    const bool answer = !page.entries.empty() || patience_ends;
    if (answer) co_return page;
    co_await arrivals_.wait(seen, deadline);
  }
}

std::shared_ptr<const InboxEntry> Inbox::find(std::uint64_t number) const {
  const std::lock_guard lock(mutex_);
  const auto found = position(number);
  return found == entries_.end() || (*found)->number != number ? nullptr : *found;
}

bool Inbox::erase(std::uint64_t number) {
  const std::lock_guard lock(mutex_);
  const auto found = position(number);
  if (found == entries_.end() || (*found)->number != number) return false;
  drop(found);
  return true;
}

std::size_t Inbox::clear() {
  const std::lock_guard lock(mutex_);
  const std::size_t count = entries_.size();
  entries_.clear();
  octets_ = 0;
  return count;
}

}  // namespace sesame::sandbox
