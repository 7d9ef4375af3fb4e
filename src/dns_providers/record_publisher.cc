#include "dns_providers/record_publisher.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/log.h"
#include "base/text.h"
#include "dns/name.h"

namespace sesame::dns_providers {
namespace {

constexpr std::size_t id_octets = 10;

std::unexpected<PublishError> from_store(const store::StoreError& error, std::string what) {
  if (error.code == store::StoreErrc::not_found) {
    return refuse(PublishErrc::not_found, std::move(what) + " does not exist.");
  }
  log::error("dns_providers", "the store failed", {{"detail", error.detail}});
  return refuse(PublishErrc::unavailable, "The service is temporarily unable to process the request.");
}

std::unexpected<PublishError> from_identity(const identity::IdentityError& error) {
  using enum identity::IdentityErrc;
  const bool missing = error.code == not_found;
  const bool ours = error.code == unavailable || error.code == concurrent_change;
  return refuse(missing ? PublishErrc::not_found : ours ? PublishErrc::unavailable : PublishErrc::invalid, error.text);
}

std::vector<SetKey> keys_of(const std::vector<Change>& changes) {
  std::vector<SetKey> keys;
  for (const Change& change : changes) keys.push_back(change.key());
  return keys;
}

// The sets that are not as `expected` among those present.
std::vector<Difference> differences(const std::vector<RecordSet>& expected, const std::vector<RecordSet>& present) {
  std::vector<Difference> all;
  for (const RecordSet& set : expected) {
    RecordSet found = set_at(present, key_of(set));
    if (!same_data(set, found)) all.push_back({set, std::move(found)});
  }
  return all;
}

PublishError changed(std::string text, std::vector<Difference> differences) {
  PublishError error{PublishErrc::changed, std::move(text)};
  error.differences = std::move(differences);
  return error;
}

std::vector<RecordSet> sides(const std::vector<Change>& changes, RecordSet Change::* side) {
  std::vector<RecordSet> sets;
  for (const Change& change : changes) sets.push_back(change.*side);
  return sets;
}

}  // namespace

PublishTask<RecordPublisher::Asked> RecordPublisher::asked_for(std::string account_id, std::string identity,
                                                               const PublishInput& input) {
  auto record = co_await deps_.identities.get_watched(account_id, identity);
  if (!record) co_return from_identity(record.error());
  if (input.mail_from == MailFromBy::delegation && !deps_.delegation_offered) {
    co_return refuse(PublishErrc::invalid,
                     "mail_from: The built-in name server does not listen (dns.listen), so nothing can be delegated to "
                     "it.");
  }
  WantedOptions options{input.parts, input.mail_from, ""};
  const auto& dkim = record->dkim;
  if (dkim && dkim->origin == store::DkimOrigin::external) {
    const std::string selector = dkim->selectors.front();
    const auto key = co_await deps_.control.find_dkim_key(account_id, record->name, selector);
    if (!key) co_return from_store(key.error(), "The DKIM key");
    options.own_public_key = key->public_key;
  }
  auto wanted = wanted_records(*record, deps_.names, options);
  if (!wanted) co_return refuse(PublishErrc::invalid, wanted.error());
  Asked asked{std::move(record->name), std::move(*wanted)};
  co_return asked;
}

PublishTask<RecordPublisher::Prepared> RecordPublisher::prepare(std::string account_id, std::string identity,
                                                                const PublishInput& input) {
  if (input.ttl < min_ttl || input.ttl > max_ttl) {
    co_return refuse(PublishErrc::invalid, fmt::format("ttl: It must be from {} to {} seconds.", min_ttl, max_ttl));
  }
  auto asked = co_await asked_for(account_id, identity, input);
  if (!asked) co_return std::unexpected(asked.error());
  const std::vector<Wanted>& wanted = asked->wanted;
  auto opened = co_await deps_.connections.open(account_id, input.connection_id);
  if (!opened) co_return std::unexpected(opened.error());
  const std::string zone = opened->connection.zone;
  const auto outside =
      std::ranges::find_if(wanted, [&](const Wanted& each) { return !dns::is_at_or_below(each.name, zone); });
  if (outside != wanted.end()) {
    co_return refuse(PublishErrc::invalid,
                     fmt::format("connection: {} does not lie in its zone {}.", outside->name, zone));
  }
  auto present = co_await opened->provider->read(questions_for(wanted, zone), net::after(read_patience));
  if (!present) co_return std::unexpected(from_provider(present.error()));
  Plan plan = make_plan(wanted, *present, deps_.names, {zone, input.ttl, input.replace});
  std::string seen = fingerprint(wanted, *present, zone);
  Prepared prepared{std::move(*opened), std::move(*asked), std::move(plan), std::move(seen)};
  co_return prepared;
}

PublishTask<Preview> RecordPublisher::preview(std::string account_id, std::string identity, PublishInput input) {
  auto prepared = co_await prepare(account_id, identity, input);
  if (!prepared) co_return std::unexpected(prepared.error());
  Preview preview{std::move(prepared->opened.connection), input.mail_from, std::move(prepared->plan),
                  std::move(prepared->seen)};
  co_return preview;
}

PublishTask<void> RecordPublisher::set_status(store::Publication publication) {
  const std::string what = "Publication " + publication.publication_id;
  const auto updated = co_await deps_.store.update_publication(std::move(publication));
  if (!updated) co_return from_store(updated.error(), what);
  co_return Result<void, PublishError>();
}

// Some providers pass over what they do not like without a word.
PublishTask<void> RecordPublisher::verify(Provider& provider, const std::vector<Change>& changes) {
  const auto present = co_await provider.read(keys_of(changes), net::after(read_patience));
  if (!present) co_return std::unexpected(from_provider(present.error()));
  auto missing = differences(sides(changes, &Change::after), *present);
  if (missing.empty()) co_return Result<void, PublishError>();
  co_return std::unexpected(
      changed("The provider took the change and does not show it: look at the zone there.", std::move(missing)));
}

net::Task<Result<void, RecordPublisher::NotApplied>> RecordPublisher::apply(Provider& provider, ChangeSet changes) {
  const auto applied = co_await provider.apply(changes, net::after(apply_patience));
  if (applied || applied.error().may_have_happened) {
    auto there = co_await verify(provider, changes.changes);
    if (there) co_return Result<void, NotApplied>();
    PublishError error = applied ? std::move(there.error()) : from_provider(applied.error());
    co_return std::unexpected(NotApplied{std::move(error), false});
  }
  if (applied.error().code != ProviderErrc::changed) {
    co_return std::unexpected(NotApplied{from_provider(applied.error()), true});
  }
  const auto present = co_await provider.read(keys_of(changes.expected), net::after(read_patience));
  std::vector<Difference> found;
  if (present) found = differences(changes.expected, *present);
  PublishError error = changed("Somebody else has changed the zone meanwhile; nothing was changed.", std::move(found));
  co_return std::unexpected(NotApplied{std::move(error), true});
}

PublishTask<store::IdentityRecord> RecordPublisher::look(std::string account_id, std::string identity) {
  const auto looked = co_await deps_.identities.look_now(account_id, identity);
  if (!looked) log::warning("dns_providers", "no look after publishing", {{"reason", looked.error().text}});
  auto record = co_await deps_.identities.get(account_id, identity);
  if (!record) co_return from_identity(record.error());
  co_return std::move(*record);
}

// What is to be changed is kept first; `publication` has everything but the changes and the connection.
PublishTask<Published> RecordPublisher::make(Prepared& prepared, store::Publication publication) {
  ChangeSet changes{std::move(prepared.plan.expected), {}};
  for (PlannedChange& planned : prepared.plan.changes) changes.changes.push_back(std::move(planned.change));
  expect_nothing_beside_aliases(changes);
  const Connection& connection = prepared.opened.connection;
  publication.connection_id = connection.id;
  publication.connection_kind = connection.kind->kind;
  publication.connection_label = connection.label;
  publication.zone = connection.zone;
  publication.changes = to_document(changes.changes);
  const auto kept = co_await deps_.store.create_publication(publication);
  if (!kept) co_return from_store(kept.error(), "The account");
  const auto applied = co_await apply(*prepared.opened.provider, changes);
  if (!applied && applied.error().nothing_changed) {
    const auto removed = co_await deps_.store.delete_publication(publication.account_id, publication.publication_id);
    if (!removed) co_return from_store(removed.error(), "Publication " + publication.publication_id);
  }
  if (!applied) co_return std::unexpected(applied.error().error);
  publication.status = store::PublicationStatus::applied;
  const auto noted = co_await set_status(publication);
  if (!noted) co_return std::unexpected(noted.error());
  log::info("dns_providers", "records published",
            {{"identity", publication.identity}, {"publication", publication.publication_id}, {"by", publication.by}});
  Published published{std::move(publication), std::move(changes.changes), false};
  co_return published;
}

// Where nothing is left to change, the service may have stopped, or the connection have broken, after the last press.
PublishTask<std::optional<Published>> RecordPublisher::settle(Prepared& prepared, std::string account_id) {
  const auto all = co_await deps_.store.list_publications(account_id, prepared.asked.identity);
  if (!all) co_return from_store(all.error(), "The account");
  for (store::Publication publication : *all) {
    const bool is_open = publication.status == store::PublicationStatus::uncertain &&
                         publication.connection_id == prepared.opened.connection.id &&
                         publication.zone == prepared.opened.connection.zone;
    if (!is_open) continue;
    auto changes = from_document(publication.changes);
    if (!changes) continue;
    const auto there = co_await verify(*prepared.opened.provider, *changes);
    if (!there && there.error().code != PublishErrc::changed) co_return std::unexpected(there.error());
    if (!there) continue;
    publication.status = store::PublicationStatus::applied;
    const auto noted = co_await set_status(publication);
    if (!noted) co_return std::unexpected(noted.error());
    co_return Published{std::move(publication), std::move(*changes), false};
  }
  co_return std::optional<Published>();
}

PublishTask<Outcome> RecordPublisher::publish(std::string account_id, std::string by, std::string identity,
                                              PublishInput input, std::string seen) {
  auto prepared = co_await prepare(account_id, identity, input);
  if (!prepared) co_return std::unexpected(prepared.error());
  if (seen != prepared->seen) {
    co_return std::unexpected(
        changed("The zone, or what is to be published, is not what the preview showed: look at it again.", {}));
  }
  if (prepared->plan.is_blocked()) {
    PublishError error{PublishErrc::conflicts, "Something else stands in the way; nothing was changed."};
    error.zone = prepared->opened.connection.zone;
    error.conflicts = std::move(prepared->plan.conflicts);
    co_return std::unexpected(error);
  }
  Outcome outcome;
  if (prepared->plan.changes.empty()) {
    auto settled = co_await settle(*prepared, account_id);
    if (!settled) co_return std::unexpected(settled.error());
    outcome.published = std::move(*settled);
  } else {
    store::Publication publication;
    publication.publication_id = "p-" + hex_encode(deps_.random.octets(id_octets));
    publication.account_id = account_id;
    publication.identity = prepared->asked.identity;
    publication.mail_from = name(input.mail_from);
    publication.at = deps_.clock.now();
    publication.by = by;
    auto published = co_await make(*prepared, std::move(publication));
    if (!published) co_return std::unexpected(published.error());
    outcome.published = std::move(*published);
  }
  auto looked = co_await look(account_id, identity);
  if (!looked) co_return std::unexpected(looked.error());
  outcome.identity = std::move(*looked);
  co_return outcome;
}

PublishTask<std::vector<Published>> RecordPublisher::list(std::string account_id, std::string identity) {
  const auto record = co_await deps_.identities.get(account_id, identity);
  if (!record) co_return from_identity(record.error());
  auto stored = co_await deps_.store.list_publications(account_id, record->name);
  if (!stored) co_return from_store(stored.error(), "The account");
  const auto connections = co_await deps_.connections.list(account_id, "");
  if (!connections) co_return std::unexpected(connections.error());
  std::vector<Published> all;
  for (store::Publication& publication : *stored) {
    auto changes = from_document(publication.changes);
    if (!changes) {
      log::error("dns_providers", "a publication cannot be read",
                 {{"publication", publication.publication_id}, {"detail", changes.error()}});
      continue;
    }
    const bool deleted =
        std::ranges::find(*connections, publication.connection_id, &Connection::id) == connections->end();
    all.push_back({std::move(publication), std::move(*changes), deleted});
  }
  co_return all;
}

// What was published is there, or (after an undo that broke off) already what was before.
PublishTask<void> RecordPublisher::put_back(Provider& provider, const std::vector<Change>& changes) {
  const auto present = co_await provider.read(keys_of(changes), net::after(read_patience));
  if (!present) co_return std::unexpected(from_provider(present.error()));
  if (differences(sides(changes, &Change::before), *present).empty()) co_return Result<void, PublishError>();
  auto others = differences(sides(changes, &Change::after), *present);
  if (!others.empty()) {
    co_return std::unexpected(
        changed("The records are no longer what was published; nothing was changed.", std::move(others)));
  }
  const auto applied = co_await apply(provider, inverse(changes));
  if (!applied) co_return std::unexpected(applied.error().error);
  co_return Result<void, PublishError>();
}

// What is undone out of order would be put back by the undo of what came after it.
PublishTask<std::string> RecordPublisher::later_one(const store::Publication& publication,
                                                    const std::vector<Change>& changes) {
  const auto all = co_await deps_.store.list_publications(publication.account_id, publication.identity);
  if (!all) co_return from_store(all.error(), "The account");
  const std::vector<SetKey> keys = keys_of(changes);
  for (const store::Publication& each : *all) {  // newest first
    if (each.publication_id == publication.publication_id) break;
    if (each.status == store::PublicationStatus::undone || each.zone != publication.zone) continue;
    const auto others = from_document(each.changes);
    const bool overlaps = others && std::ranges::any_of(*others, [&](const Change& change) {
                            return std::ranges::find(keys, change.key()) != keys.end();
                          });
    if (overlaps) co_return each.publication_id;
  }
  co_return std::string();
}

PublishTask<Outcome> RecordPublisher::undo(std::string account_id, std::string by, std::string identity,
                                           std::string publication_id) {
  const auto record = co_await deps_.identities.get(account_id, identity);
  if (!record) co_return from_identity(record.error());
  auto stored = co_await deps_.store.find_publication(account_id, publication_id);
  const bool is_another = stored && stored->identity != record->name;
  if (!stored || is_another) {
    const store::StoreError missing{store::StoreErrc::not_found, ""};
    co_return from_store(is_another ? missing : stored.error(), "Publication " + publication_id);
  }
  if (stored->status == store::PublicationStatus::undone) {
    co_return refuse(PublishErrc::invalid, "It has been undone already.");
  }
  auto changes = from_document(stored->changes);
  if (!changes) co_return refuse(PublishErrc::unavailable, "What was published cannot be read.");
  const auto later = co_await later_one(*stored, *changes);
  if (!later) co_return std::unexpected(later.error());
  if (!later->empty()) {
    co_return refuse(PublishErrc::invalid,
                     fmt::format("Publication {} changed the same records afterwards: undo that first.", *later));
  }
  const auto opened = co_await deps_.connections.open(account_id, stored->connection_id);
  if (!opened && opened.error().code == PublishErrc::not_found) {
    co_return refuse(PublishErrc::invalid, "The connection it was published by has been deleted.");
  }
  if (!opened) co_return std::unexpected(opened.error());
  if (!dns::equal(opened->connection.zone, stored->zone)) {
    co_return refuse(PublishErrc::invalid, "The connection it was published by is for another zone now.");
  }
  const auto back = co_await put_back(*opened->provider, *changes);
  if (!back) co_return std::unexpected(back.error());
  stored->status = store::PublicationStatus::undone;
  stored->undone_at = deps_.clock.now();
  stored->undone_by = by;
  const auto noted = co_await set_status(*stored);
  if (!noted) co_return std::unexpected(noted.error());
  log::info("dns_providers", "publication undone", {{"publication", publication_id}, {"by", by}});
  Outcome outcome;
  outcome.published.emplace(Published{std::move(*stored), std::move(*changes), false});
  auto looked = co_await look(account_id, identity);
  if (!looked) co_return std::unexpected(looked.error());
  outcome.identity = std::move(*looked);
  co_return outcome;
}

}  // namespace sesame::dns_providers
