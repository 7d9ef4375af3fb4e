// Sums and rates from the API's counters. Pure functions; nothing is shown that was not counted.
import type { Statistics } from "./shapes";

export type Point = Statistics["points"][number];
export const counters = ["sends", "deliveries", "permanent_bounces", "transient_bounces", "complaints", "rejects"] as const;
export type Counter = (typeof counters)[number];
export type Counts = Record<Counter, number>;

export function total(points: Point[]): Counts {
  const sum: Counts = { sends: 0, deliveries: 0, permanent_bounces: 0, transient_bounces: 0, complaints: 0, rejects: 0 };
  for (const point of points) for (const counter of counters) sum[counter] += point[counter];
  return sum;
}

/** By name, those with the most sends first. */
export function byName(points: Point[]): { name: string; counts: Counts }[] {
  const groups = grouped(points);
  return [...groups]
    .map(([name, own]) => ({ name, counts: total(own) }))
    .sort((a, b) => b.counts.sends - a.counts.sends || a.name.localeCompare(b.name));
}

function grouped(points: Point[]): Map<string, Point[]> {
  const groups = new Map<string, Point[]>();
  for (const point of points) groups.set(point.name, [...(groups.get(point.name) ?? []), point]);
  return groups;
}

/** A share of what was sent; null when nothing was. */
export function rate(part: number, sends: number): number | null {
  return sends === 0 ? null : part / sends;
}

const quarter = 15 * 60 * 1000;

/** One value for each interval of `quarters` quarters of an hour from `since` to `until`; 0 where nothing was counted. */
export function series(points: Point[], counter: Counter, since: Date, until: Date, quarters: number): { x: Date; y: number }[] {
  const width = quarters * quarter;
  const first = Math.floor(since.getTime() / width);
  const last = Math.floor(until.getTime() / width);
  const sums = new Array<number>(last - first + 1).fill(0);
  for (const point of points) {
    const place = Math.floor(new Date(point.at).getTime() / width) - first;
    if (place >= 0 && place < sums.length) sums[place] = (sums[place] ?? 0) + point[counter];
  }
  return sums.map((y, place) => ({ x: new Date((first + place) * width), y }));
}
