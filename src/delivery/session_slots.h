// delivery/session_slots.h: which lane gets the next session, when all destinations together may only have so many.
//
// Lanes that could use one, and whose group may have one, are ready. Transactional mail goes first and has some of the
// slots to itself. Among the rest the account with the fewest sessions is next, within it the identity with the fewest,
// and then whoever has been ready longest.
//
// Nobody can be made to leave a slot: a silent host keeps one for minutes. So some stay free for those who come anew,
// by dynamic thresholds (Choudhury and Hahne, 1998): an account may have eight times what is free, and an identity as
// many as its account may still have. Of 180 slots one identity alone gets 144. Where there are fewer than five, all
// are had.
//
// A choice costs the number of flows that are ready, once for each connection.
// Not thread-safe: lives on the engine's executor.
#pragma once

#include <list>
#include <map>
#include <optional>
#include <unordered_map>

#include "delivery/lane.h"

namespace sesame::delivery {

class SessionSlots {
 public:
  explicit SessionSlots(std::size_t most) : most_(most), reserved_(most / 10) {}

  // To be called when something changed that a lane's want depends on: its batches, its sessions, its group's limit.
  void update(Lane& lane, Group::Moment now);
  // The same for all lanes of the group that wait for it.
  void update_blocked(Group& group, Group::Moment now);
  void forget(Lane& lane);

  // The lane to open a session for, nullptr if there is none or no slot is free. The caller opens it, counts it in the
  // lane and its group, and calls update().
  Lane* next();

  // A session begins, ends, or turns to mail of another flow; nullptr: none.
  void turn(Flow* from, Flow* to);
  void opened() { ++sessions_; }
  void closed() { --sessions_; }
  std::size_t sessions() const { return sessions_; }
  // Somebody is ready and may not have a slot.
  bool is_crowded() const { return !ready_.empty() && best() == ready_.end(); }

  // A session of the group, open and at work for `flow`, has sent so many messages (none: false); true if it should
  // end, because mail waits at another site of the group that has no session: transactional mail at once where the
  // flow's is not, and after a turn of ten messages the mail of who has fewer sessions. False while the group may have
  // more than it has: then something else keeps that mail back.
  static bool should_give_way(const Group& group, const Flow& flow, std::size_t sent, Group::Moment now);

  // When a group opens by itself that has blocked lanes; nullopt: none will.
  std::optional<Group::Moment> next_opening(Group::Moment now);
  // Makes lanes ready whose groups have opened.
  void open_groups(Group::Moment now);

 private:
  using Ready = std::list<Lane*>;
  struct Place {
    Flow* flow;
    Ready::iterator at;
  };
  bool may_have_one(const Flow& flow) const;
  // Who is next of those who may have one; the end if nobody may.
  std::map<Flow*, Ready>::const_iterator best() const;
  void remove(Lane& lane);
  void block(Lane& lane, Flow& flow, Group::Moment now);
  void update_all_blocked(Group& group, Group::Moment now);

  std::size_t most_, reserved_;
  std::size_t sessions_ = 0;
  std::map<Flow*, Ready> ready_;  // by the flow whose mail is next
  std::unordered_map<Lane*, Place> places_;
  std::map<Group*, Group::Moment> opening_;  // blocked groups that open by themselves
};

}  // namespace sesame::delivery
