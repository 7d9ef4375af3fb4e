// delivery/fair_share.h: turns among many who wait, by their weights.
//
// Start-time fair queueing (Goyal, Vin, Cheng 1996): each child has a virtual time that moves on by cost/weight when it
// is served, and the one that is furthest behind is next. A child that comes anew begins at the present, so it is
// served soon however much the others have waiting, and gets nothing for the time it was away. Children nest: a share
// among accounts of shares among identities.
//
// Every step costs the logarithm of the number of children. Not thread-safe.
#pragma once

#include <map>
#include <set>
#include <stdexcept>
#include <utility>

namespace sesame::delivery {

// Child: default-constructible, with `bool empty() const`.
template <class Key, class Child>
class FairShare {
 public:
  bool empty() const { return children_.empty(); }
  std::size_t size() const { return children_.size(); }

  // The child of that key, made if there is none; something must be put into it. Of an old child the weight stays.
  Child& at(const Key& key, double weight = 1) {
    const auto [found, is_new] = children_.try_emplace(key);
    if (is_new) {
      found->second.start = now_;
      found->second.weight = weight;
      turns_.emplace(now_, &found->first);
    }
    return found->second.child;
  }
  const Child* find(const Key& key) const {
    const auto found = children_.find(key);
    return found == children_.end() ? nullptr : &found->second.child;
  }

  // Whose turn it is. There must be one.
  Child& next() {
    if (turns_.empty()) throw std::logic_error("nobody waits");
    return children_.find(*turns_.begin()->second)->second.child;
  }
  // What next() named was served; a child with nothing left goes.
  void served(double cost) {
    const auto turn = turns_.begin();
    const auto found = children_.find(*turn->second);
    turns_.erase(turn);
    now_ = found->second.start;
    if (found->second.child.empty()) {
      children_.erase(found);
      return;
    }
    found->second.start += cost / found->second.weight;
    turns_.emplace(found->second.start, &found->first);
  }

  // For looking through all of it; nothing may be taken out.
  template <class Visit>
  void each(Visit visit) const {
    for (const auto& [key, entry] : children_) visit(key, entry.child);
  }

 private:
  struct Entry {
    Child child;
    double start = 0, weight = 1;
  };
  struct Earlier {
    // Among equals by key, which puts what has priority first where keys say so.
    bool operator()(const std::pair<double, const Key*>& a, const std::pair<double, const Key*>& b) const {
      return a.first != b.first ? a.first < b.first : *a.second < *b.second;
    }
  };

  std::map<Key, Entry> children_;
  std::set<std::pair<double, const Key*>, Earlier> turns_;
  double now_ = 0;  // the virtual time of who was served last
};

}  // namespace sesame::delivery
