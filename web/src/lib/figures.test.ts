import { describe, expect, it } from "vitest";
import { byName, rate, rates, series, total, type Point } from "./figures";

function point(at: string, sends: number, name = "", more: Partial<Point> = {}): Point {
  return { at, name, sends, deliveries: sends, permanent_bounces: 0, transient_bounces: 0, complaints: 0, rejects: 0, deferrals: 0, ...more };
}

const span = { since: new Date("2026-01-01T00:00:00Z"), until: new Date("2026-01-01T02:00:00Z"), quarters: 4 };

describe("figures", () => {
  const points = [
    point("2026-01-01T00:00:00Z", 3, "b", { deferrals: 2 }),
    point("2026-01-01T00:15:00Z", 4, "a", { complaints: 1, permanent_bounces: 1, transient_bounces: 2 }),
    point("2026-01-01T01:00:00Z", 5, "b"),
  ];
  it("are sums", () => {
    expect(total(points)).toMatchObject({ sends: 12, deliveries: 12, complaints: 1, rejects: 0, deferrals: 2 });
    expect(total([]).sends).toBe(0);
  });
  it("are by name, the largest first", () => {
    expect(byName(points).map(({ name, counts }) => [name, counts.sends])).toEqual([
      ["b", 8],
      ["a", 4],
    ]);
  });
  it("have no rate when nothing was sent", () => {
    expect(rate(0, 0)).toBeNull();
    expect(rate(1, 4)).toBe(0.25);
  });
  it("become a series without holes", () => {
    const line = series(points, "sends", span);
    expect(line.map(({ y }) => y)).toEqual([7, 5, 0]);
    expect(line[1]?.x.toISOString()).toBe("2026-01-01T01:00:00.000Z");
    expect(series(points, "bounces", span).map(({ y }) => y)).toEqual([3, 0, 0]);
  });
  it("leave out what lies outside of the time shown", () => {
    expect(series([point("2025-12-31T00:00:00Z", 9), point("2026-01-02T00:00:00Z", 9)], "sends", span).map(({ y }) => y)).toEqual([0, 0, 0]);
  });
  it("have rates only where there was something to have a share of", () => {
    expect(rates(points, "complaints", "deliveries", span)).toEqual([
      { x: new Date("2026-01-01T00:00:00Z"), y: 1 / 7 },
      { x: new Date("2026-01-01T01:00:00Z"), y: 0 },
    ]);
  });
});
