import { describe, expect, it } from "vitest";
import { byName, rate, series, total, type Point } from "./figures";

function point(at: string, sends: number, name = "", complaints = 0): Point {
  return { at, name, sends, deliveries: sends, permanent_bounces: 0, transient_bounces: 0, complaints, rejects: 0 };
}

describe("figures", () => {
  const points = [point("2026-01-01T00:00:00Z", 3, "b"), point("2026-01-01T00:15:00Z", 4, "a", 1), point("2026-01-01T01:00:00Z", 5, "b")];
  it("are sums", () => {
    expect(total(points)).toMatchObject({ sends: 12, deliveries: 12, complaints: 1, rejects: 0 });
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
    const line = series(points, "sends", new Date("2026-01-01T00:00:00Z"), new Date("2026-01-01T02:00:00Z"), 4);
    expect(line.map(({ y }) => y)).toEqual([7, 5, 0]);
    expect(line[1]?.x.toISOString()).toBe("2026-01-01T01:00:00.000Z");
  });
});
