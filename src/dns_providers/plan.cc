// One name after the other. `desired_` begins as what is there and is changed as far as conflicts allow; the changes
// are what differs in the end.
#include "dns_providers/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/digest.h"
#include "base/text.h"
#include "dns/name.h"
#include "identity/advice.h"
#include "identity/judge.h"
#include "mailauth/spf/record.h"

namespace sesame::dns_providers {
namespace {

using dns::RecordData;
using dns::RecordType;

std::string_view explain(ConflictReason reason) {
  switch (reason) {
    case ConflictReason::foreign_mx:
      return "Another MX stands here. If mail is received at this name, choose another MAIL FROM domain; else it can "
             "be "
             "replaced.";
    case ConflictReason::cname:
      return "An alias stands at this name, and nothing can stand beside one. It has to go for the records that are "
             "wanted here.";
    case ConflictReason::second_spf:
      return "Another SPF record stands here, and with two of them receivers take neither. Replaced, the other senders "
             "it lists may no longer use this domain in MAIL FROM.";
    case ConflictReason::other_target:
      return "The alias leads elsewhere: to older keys of this domain, or to another service that uses the same name.";
    case ConflictReason::other_txt: return "Another record stands where the DKIM record has to be.";
    case ConflictReason::existing_dmarc:
      return "There is a DMARC policy already. It may be stricter than the one that would take its place.";
    case ConflictReason::other_delegation:
      return "The name is delegated to other name servers: what is published here nobody sees.";
    case ConflictReason::hidden_by_delegation:
      return "Once the name is delegated nobody sees this record any more, so it is removed with it.";
    case ConflictReason::delegated_away:
      return "The name lies in another zone, so it has to be published there: connect the provider of that zone.";
  }
  return "?";
}

std::string joined_text(const RecordData& data) {
  const auto* txt = std::get_if<dns::Txt>(&data);
  return txt ? txt->joined() : "";
}

bool is_spf(const RecordData& data) { return mailauth::spf::is_spf_record(joined_text(data)); }
bool is_dmarc(const RecordData& data) { return ascii_lower(joined_text(data)).starts_with("v=dmarc1"); }
bool is_key_record(const RecordData& data) { return identity::public_key_of(joined_text(data)).has_value(); }

class Planner {
 public:
  Planner(const std::vector<Wanted>& wanted, const std::vector<RecordSet>& present, const identity::ServiceNames& names,
          const PlanOptions& options)
      : wanted_(wanted), present_(present), names_(names), options_(options) {
    for (const RecordSet& set : present) desired_[key_of(set)] = set;
  }

  Plan run();

 private:
  using WantedHere = std::vector<const Wanted*>;

  void plan_name(const WantedHere& here);
  bool clear_delegations(const WantedHere& here);
  bool clear_alias(const WantedHere& here);
  void plan_one(const Wanted& wanted);
  void plan_mx(const Wanted& wanted);
  void plan_dkim_alias(const Wanted& wanted);
  void plan_delegation(const Wanted& wanted);
  // Among the texts of a set those that `is_rival` picks out stand in the way of the one that is wanted.
  void plan_text(const Wanted& wanted, ConflictReason reason, bool (*is_rival)(const RecordData&));
  bool is_good_text(const Wanted& wanted, const std::vector<RecordData>& rivals) const;
  bool is_ours(const RecordSet& set) const;

  bool accept(ConflictReason reason, const SetKey& at, const WantedHere& wanted);
  void put(const SetKey& key, std::vector<RecordData> data, Purpose purpose);
  void remove(const SetKey& key, const WantedHere& for_the_sake_of);
  RecordSet desired(const SetKey& key) const;
  void collect_changes(Plan& plan);

  const std::vector<Wanted>& wanted_;
  const std::vector<RecordSet>& present_;
  const identity::ServiceNames& names_;
  const PlanOptions& options_;
  std::map<SetKey, RecordSet> desired_;
  std::map<SetKey, std::vector<Purpose>> purposes_;
  std::vector<SetKey> touched_;  // in the order they were first
  std::vector<Conflict> conflicts_;
  std::vector<Unchanged> unchanged_;
};

RecordSet Planner::desired(const SetKey& key) const {
  const auto found = desired_.find(key);
  return found == desired_.end() ? RecordSet{key.name, key.type, 0, {}} : found->second;
}

void Planner::put(const SetKey& key, std::vector<RecordData> data, Purpose purpose) {
  RecordSet set = desired(key);
  if (set.data.empty()) set.ttl = set_at(present_, key).data.empty() ? options_.ttl : set_at(present_, key).ttl;
  set.data = std::move(data);
  desired_[key] = std::move(set);
  auto& purposes = purposes_[key];
  if (purposes.empty()) touched_.push_back(key);
  if (std::ranges::find(purposes, purpose) == purposes.end()) purposes.push_back(purpose);
}

void Planner::remove(const SetKey& key, const WantedHere& for_the_sake_of) {
  for (const Wanted* wanted : for_the_sake_of) put(key, {}, wanted->purpose);
}

bool Planner::accept(ConflictReason reason, const SetKey& at, const WantedHere& wanted) {
  Conflict conflict{at, reason, set_at(present_, at).data, {}, std::string(explain(reason)), false};
  for (const Wanted* each : wanted) conflict.wanted.push_back(each->data);
  conflict.accepted = conflict.is_replaceable() && std::ranges::find(options_.replace, at) != options_.replace.end();
  conflicts_.push_back(conflict);
  return conflict.accepted;
}

// The name server that is wanted, or records of just the service's own.
bool Planner::is_ours(const RecordSet& set) const {
  if (set.data.size() != 1) return false;
  const RecordData& data = set.data.front();
  if (const auto* mx = std::get_if<dns::Mx>(&data)) return names_.is_feedback_host(mx->exchange);
  if (const auto* ns = std::get_if<dns::Ns>(&data)) return dns::equal(ns->host, names_.name_server());
  return joined_text(data) == names_.spf_record();
}

// False: nothing can be published at the name here.
bool Planner::clear_delegations(const WantedHere& here) {
  const std::string& name = here.front()->name;
  for (std::string_view above = dns::parent(name); dns::is_below(above, options_.zone); above = dns::parent(above)) {
    const SetKey cut{std::string(above), RecordType::ns};
    if (!set_at(present_, cut).data.empty()) return accept(ConflictReason::delegated_away, cut, here);
  }
  const bool wants_delegation = here.front()->type == RecordType::ns;
  const SetKey own{name, RecordType::ns};
  if (dns::equal(name, options_.zone)) {
    return !wants_delegation || accept(ConflictReason::delegated_away, own, here);  // it is done in the zone above
  }
  const RecordSet set = set_at(present_, own);
  if (wants_delegation || set.data.empty()) return true;
  if (!is_ours(set) && !accept(ConflictReason::other_delegation, own, here)) return false;
  remove(own, here);
  return true;
}

bool Planner::clear_alias(const WantedHere& here) {
  const SetKey alias{here.front()->name, RecordType::cname};
  if (here.front()->type == RecordType::cname || set_at(present_, alias).data.empty()) return true;
  if (!accept(ConflictReason::cname, alias, here)) return false;
  remove(alias, here);
  return true;
}

void Planner::plan_mx(const Wanted& wanted) {
  const SetKey key{wanted.name, RecordType::mx};
  const RecordSet set = desired(key);
  if (is_ours(set)) {
    unchanged_.push_back({set, {wanted.purpose}});
    return;
  }
  if (!set.data.empty() && !accept(ConflictReason::foreign_mx, key, {&wanted})) return;
  put(key, {wanted.data}, wanted.purpose);
}

bool Planner::is_good_text(const Wanted& wanted, const std::vector<RecordData>& rivals) const {
  if (rivals.size() != 1) return false;
  if (wanted.purpose == Purpose::mail_from_spf) {
    return identity::spf_trouble({{wanted.name, RecordType::txt, 0, rivals.front()}}, names_).empty();
  }
  if (wanted.purpose == Purpose::dkim) {
    return identity::public_key_of(joined_text(rivals.front())) == identity::public_key_of(joined_text(wanted.data));
  }
  return joined_text(rivals.front()) == joined_text(wanted.data);
}

void Planner::plan_text(const Wanted& wanted, ConflictReason reason, bool (*is_rival)(const RecordData&)) {
  const SetKey key{wanted.name, RecordType::txt};
  RecordSet set = desired(key);
  std::vector<RecordData> rivals, kept;
  for (RecordData& each : set.data) {
    (is_rival(each) ? rivals : kept).push_back(std::move(each));
  }
  if (is_good_text(wanted, rivals)) {
    unchanged_.push_back({desired(key), {wanted.purpose}});
    return;
  }
  if (!rivals.empty() && !accept(reason, key, {&wanted})) return;
  kept.push_back(wanted.data);
  put(key, std::move(kept), wanted.purpose);
}

void Planner::plan_dkim_alias(const Wanted& wanted) {
  const SetKey key{wanted.name, RecordType::cname}, text{wanted.name, RecordType::txt};
  const RecordSet set = desired(key);
  if (set.data == std::vector<RecordData>{wanted.data}) {
    unchanged_.push_back({set, {wanted.purpose}});
    return;
  }
  const bool has_text = !set_at(present_, text).data.empty();
  const bool alias_goes = set.data.empty() || accept(ConflictReason::other_target, key, {&wanted});
  const bool text_goes = !has_text || accept(ConflictReason::other_txt, text, {&wanted});
  if (!alias_goes || !text_goes) return;
  if (has_text) remove(text, {&wanted});
  put(key, {wanted.data}, wanted.purpose);
}

void Planner::plan_delegation(const Wanted& wanted) {
  const SetKey key{wanted.name, RecordType::ns};
  const RecordSet set = desired(key);
  if (is_ours(set)) {
    unchanged_.push_back({set, {wanted.purpose}});
    return;
  }
  bool accepted = set.data.empty() || accept(ConflictReason::other_delegation, key, {&wanted});
  std::vector<SetKey> hidden;
  for (const RecordSet& beside : present_) {
    if (beside.name != wanted.name || beside.type == RecordType::ns || beside.data.empty()) continue;
    hidden.push_back(key_of(beside));
    if (beside.type == RecordType::cname || is_ours(beside)) continue;  // an alias has been seen to
    accepted = accept(ConflictReason::hidden_by_delegation, key_of(beside), {&wanted}) && accepted;
  }
  if (!accepted) return;
  for (const SetKey& each : hidden) remove(each, {&wanted});
  put(key, {wanted.data}, wanted.purpose);
}

void Planner::plan_one(const Wanted& wanted) {
  const auto never = [](const RecordData&) { return false; };
  switch (wanted.purpose) {
    case Purpose::mail_from_mx: plan_mx(wanted); return;
    case Purpose::mail_from_spf: plan_text(wanted, ConflictReason::second_spf, is_spf); return;
    case Purpose::mail_from_delegation: plan_delegation(wanted); return;
    case Purpose::dmarc: plan_text(wanted, ConflictReason::existing_dmarc, is_dmarc); return;
    case Purpose::dkim:
      if (wanted.type == RecordType::cname) {
        plan_dkim_alias(wanted);
      } else {
        plan_text(wanted, ConflictReason::other_txt, is_key_record);
      }
      return;
    case Purpose::verification: {
      const RecordSet set = desired({wanted.name, RecordType::txt});
      const auto is_token = [&](const RecordData& each) { return joined_text(each) == joined_text(wanted.data); };
      if (std::ranges::any_of(set.data, is_token)) {
        unchanged_.push_back({set, {wanted.purpose}});
      } else {
        plan_text(wanted, ConflictReason::other_txt, never);
      }
      return;
    }
  }
}

void Planner::plan_name(const WantedHere& here) {
  if (!clear_delegations(here) || !clear_alias(here)) return;
  for (const Wanted* wanted : here) plan_one(*wanted);
}

void Planner::collect_changes(Plan& plan) {
  std::set<std::string> names;
  for (const SetKey& key : touched_) {
    Change change{set_at(present_, key), desired(key)};
    if (same_data(change.before, change.after)) continue;
    names.insert(key.name);
    plan.changes.push_back({std::move(change), purposes_[key]});
  }
  for (const SetKey& asked : questions_for(wanted_, options_.zone)) {
    if (names.contains(asked.name)) plan.expected.push_back(set_at(present_, asked));
  }
}

Plan Planner::run() {
  std::vector<std::string> names;
  for (const Wanted& wanted : wanted_) {
    if (std::ranges::find(names, wanted.name) == names.end()) names.push_back(wanted.name);
  }
  for (const std::string& name : names) {
    WantedHere here;
    for (const Wanted& wanted : wanted_) {
      if (wanted.name == name) here.push_back(&wanted);
    }
    plan_name(here);
  }
  Plan plan;
  collect_changes(plan);
  plan.unchanged = std::move(unchanged_);
  plan.conflicts = std::move(conflicts_);
  return plan;
}

std::vector<RecordType> rivals_of(RecordType wanted) {
  switch (wanted) {
    case RecordType::ns:
      return {RecordType::ns, RecordType::cname, RecordType::mx, RecordType::txt, RecordType::a, RecordType::aaaa};
    case RecordType::cname: return {RecordType::cname, RecordType::txt};
    default: return {wanted, RecordType::cname};
  }
}

}  // namespace

std::string_view name(ConflictReason reason) {
  switch (reason) {
    case ConflictReason::foreign_mx: return "foreign_mx";
    case ConflictReason::cname: return "cname";
    case ConflictReason::second_spf: return "second_spf";
    case ConflictReason::other_target: return "other_target";
    case ConflictReason::other_txt: return "other_txt";
    case ConflictReason::existing_dmarc: return "existing_dmarc";
    case ConflictReason::other_delegation: return "other_delegation";
    case ConflictReason::hidden_by_delegation: return "hidden_by_delegation";
    case ConflictReason::delegated_away: return "delegated_away";
  }
  return "?";
}

bool Plan::is_blocked() const {
  return std::ranges::any_of(conflicts, [](const Conflict& conflict) { return !conflict.accepted; });
}

std::vector<SetKey> questions_for(const std::vector<Wanted>& wanted, std::string_view zone) {
  std::vector<SetKey> questions;
  const auto ask = [&questions](std::string_view name, RecordType type) {
    const SetKey key{std::string(name), type};
    if (std::ranges::find(questions, key) == questions.end()) questions.push_back(key);
  };
  for (const Wanted& each : wanted) {
    for (const RecordType type : rivals_of(each.type)) {
      if (type != RecordType::ns || !dns::equal(each.name, zone)) ask(each.name, type);
    }
    for (std::string_view name = each.name; dns::is_below(name, zone); name = dns::parent(name)) {
      ask(name, RecordType::ns);
    }
  }
  return questions;
}

Plan make_plan(const std::vector<Wanted>& wanted, const std::vector<RecordSet>& present,
               const identity::ServiceNames& names, const PlanOptions& options) {
  return Planner(wanted, present, names, options).run();
}

std::string fingerprint(const std::vector<Wanted>& wanted, const std::vector<RecordSet>& present,
                        std::string_view zone) {
  std::vector<std::string> lines;
  for (const Wanted& each : wanted) {
    lines.push_back(fmt::format("wanted {} {} {}", each.name, name(each.type), dns::presentation(each.data)));
  }
  for (const RecordSet& set : present) {
    for (const RecordData& data : set.data) {
      lines.push_back(fmt::format("present {} {} {}", set.name, name(set.type), dns::presentation(data)));
    }
  }
  std::ranges::sort(lines);
  return sha256_hex(fmt::format("zone {}\n{}", zone, fmt::join(lines, "\n")));
}

}  // namespace sesame::dns_providers
