import { describe, expect, it } from "vitest";
import { showAge, showTime } from "./time";

describe("times", () => {
  it("are shown as they came when they are none", () => {
    expect(showTime("soon")).toBe("soon");
    expect(showTime(null)).toBe("–");
  });
  it("have ages in two units", () => {
    const now = new Date("2026-01-03T12:00:00Z");
    expect(showAge("2026-01-03T11:59:30Z", now)).toBe("less than a minute");
    expect(showAge("2026-01-03T11:18:00Z", now)).toBe("42 min");
    expect(showAge("2026-01-03T08:55:00Z", now)).toBe("3 h 5 min");
    expect(showAge("2026-01-01T11:00:00Z", now)).toBe("2 days 1 h");
    expect(showAge("2026-01-02T12:00:00Z", now)).toBe("1 day");
    expect(showAge("2026-01-03T12:00:05Z", now)).toBe("less than a minute");
    expect(showAge("nonsense", now)).toBe("less than a minute");
  });
});
