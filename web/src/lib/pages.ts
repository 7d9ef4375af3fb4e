// Lists that come in pages: the first is loaded at once, the next when somebody asks for more. The services' lists cannot
// be searched, so a search here goes through all of their pages, up to a bound that is said.
import { useEffect, useState } from "react";
import { texts } from "../texts";
import type { ApiFailure } from "./client";
import { asFailure, useLoaded } from "./hooks";

export interface Page<T> {
  items: T[];
  next: string | null; // the token of the page after it
}

/** Entries a search goes through; matches that are shown, as a table of thousands of rows is slow and read by nobody. */
export const mostSearched = 10_000;
export const mostShown = 200;

export interface Search {
  typed: string;
  type: (text: string) => void;
  active: boolean;
  looking: boolean; // pages are still to come
  words: string; // how many match, of how much
}

export interface Pages<T> {
  /** What has been loaded; in a search what matches of it, the first `mostShown`. */
  items: T[];
  loading: boolean;
  loaded: boolean; // at least the first page
  failure: ApiFailure | undefined;
  retry: () => void; // what failed
  /** How many there are, as far as is known: "12", or "100+". */
  count: string;
  more: { busy: boolean; load: () => void } | null; // null: there is nothing more to ask for
  reload: () => void;
  search: Search;
}

interface Grown<T> {
  from: Page<T>; // the first page, as it was loaded: what was added to another one is nothing to this
  page: Page<T>;
  busy: boolean;
  failure: ApiFailure | undefined;
}

/** The entries of all pages, up to `mostSearched`. */
export async function every<T>(load: (token: string, signal?: AbortSignal) => Promise<Page<T>>, signal?: AbortSignal): Promise<T[]> {
  const items: T[] = [];
  for (let next: string | null = ""; next !== null && items.length < mostSearched; ) {
    const page: Page<T> = await load(next, signal);
    items.push(...page.items);
    next = page.next;
  }
  return items;
}

export function matching<T>(items: T[], wanted: string, textOf: (item: T) => string): T[] {
  const text = wanted.trim().toLowerCase();
  return items.filter((item) => textOf(item).toLowerCase().includes(text));
}

/** What is said of a search in which `found` of `seen` entries match; `more`: not all have been seen. */
export function searchWords({ found, seen, more, looking }: { found: number; seen: number; more: boolean; looking: boolean }): string {
  const copy = texts.lists;
  if (looking) return copy.looking(seen);
  const matches = found > mostShown ? copy.firstMatches(mostShown, found) : copy.matches(found, false);
  return more ? copy.amongFirst(matches, seen) : matches;
}

/** `load` gets the token of a page, "" for the first. With `textOf` the list can be searched. */
export function usePages<T>(
  key: string,
  load: (token: string, signal?: AbortSignal) => Promise<Page<T>>,
  textOf?: (item: T) => string,
): Pages<T> {
  const [typed, type] = useState("");
  const first = useLoaded(key, (signal) => load("", signal));
  const [grown, setGrown] = useState<Grown<T>>();
  const base = first.value;
  const now: Grown<T> | undefined =
    grown && grown.from === base ? grown : base && { from: base, page: base, busy: false, failure: undefined };
  const next = now?.page.next ?? null;

  async function loadMore() {
    if (!now || now.busy || next === null) return;
    const { from, page } = now;
    setGrown({ from, page, busy: true, failure: undefined });
    const put = (after: Omit<Grown<T>, "from" | "busy">) =>
      setGrown((before) => (before?.from === from ? { from, busy: false, ...after } : before));
    try {
      const added = await load(next);
      put({ page: { items: [...page.items, ...added.items], next: added.next }, failure: undefined });
    } catch (problem) {
      put({ page, failure: asFailure(problem) });
    }
  }

  const all = now?.page.items ?? [];
  const active = textOf !== undefined && typed.trim() !== "";
  const failure = first.failure ?? now?.failure;
  const looking = active && !failure && (!now || (next !== null && all.length < mostSearched));
  const goOn = looking && now !== undefined && !now.busy;
  useEffect(() => {
    if (goOn) void loadMore();
  }, [goOn, now?.page]);

  const found = active ? matching(all, typed, textOf) : all;
  return {
    items: active ? found.slice(0, mostShown) : all,
    loading: first.loading,
    loaded: now !== undefined,
    failure,
    retry: first.failure ? first.reload : () => void loadMore(),
    count: `${all.length.toLocaleString()}${next === null ? "" : "+"}`,
    more: next === null || active ? null : { busy: now?.busy ?? false, load: () => void loadMore() },
    reload: first.reload,
    search: {
      typed,
      type,
      active,
      looking,
      words: active ? searchWords({ found: found.length, seen: all.length, more: next !== null, looking }) : "",
    },
  };
}
