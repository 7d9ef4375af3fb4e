// Sums and rates from the API's counters. Pure functions; nothing is shown that was not counted.
import type { Statistics } from "./shapes";

export type Point = Statistics["points"][number];
export const counters = ["sends", "deliveries", "permanent_bounces", "transient_bounces", "complaints", "rejects", "deferrals"] as const;
export type Counts = Record<(typeof counters)[number], number>;

/** What is drawn as one line: a counter, or a sum of some. */
export const measures = {
  sends: (counts: Counts) => counts.sends,
  deliveries: (counts: Counts) => counts.deliveries,
  bounces: (counts: Counts) => counts.permanent_bounces + counts.transient_bounces,
  complaints: (counts: Counts) => counts.complaints,
  deferrals: (counts: Counts) => counts.deferrals,
} as const;
export type Measure = keyof typeof measures;

export function total(points: Point[]): Counts {
  const sum: Counts = { sends: 0, deliveries: 0, permanent_bounces: 0, transient_bounces: 0, complaints: 0, rejects: 0, deferrals: 0 };
  for (const point of points) for (const counter of counters) sum[counter] += point[counter];
  return sum;
}

export interface Named {
  name: string;
  points: Point[];
  counts: Counts;
}

/** By name, those with the most sends first. */
export function byName(points: Point[]): Named[] {
  const groups = new Map<string, Point[]>();
  for (const point of points) {
    const group = groups.get(point.name);
    if (group) group.push(point);
    else groups.set(point.name, [point]);
  }
  return [...groups]
    .map(([name, own]) => ({ name, points: own, counts: total(own) }))
    .sort((a, b) => b.counts.sends - a.counts.sends || a.name.localeCompare(b.name));
}

/** A share of what was sent; null when nothing was. */
export function rate(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

const quarter = 15 * 60 * 1000;

/** The time a chart covers, in intervals of so many quarters of an hour. */
export interface Span {
  since: Date;
  until: Date;
  quarters: number;
}

function intervals({ since, until, quarters }: Span) {
  const width = quarters * quarter;
  const first = Math.floor(since.getTime() / width);
  return { width, first, count: Math.floor(until.getTime() / width) - first + 1 };
}

/** The points of each interval, oldest first. */
function gathered(points: Point[], span: Span): { x: Date; points: Point[] }[] {
  const { width, first, count } = intervals(span);
  const slots = Array.from({ length: count }, (_, place) => ({ x: new Date((first + place) * width), points: [] as Point[] }));
  for (const point of points) slots[Math.floor(new Date(point.at).getTime() / width) - first]?.points.push(point);
  return slots;
}

/** One value for each interval; 0 where nothing was counted. */
export function series(points: Point[], measure: Measure, span: Span): { x: Date; y: number }[] {
  return gathered(points, span).map(({ x, points: own }) => ({ x, y: measures[measure](total(own)) }));
}

/** A share for each interval in which there was a whole. */
export function rates(points: Point[], part: keyof Counts, whole: keyof Counts, span: Span): { x: Date; y: number }[] {
  const drawn: { x: Date; y: number }[] = [];
  for (const { x, points: own } of gathered(points, span)) {
    const counts = total(own);
    const share = rate(counts[part], counts[whole]);
    if (share !== null) drawn.push({ x, y: share });
  }
  return drawn;
}
