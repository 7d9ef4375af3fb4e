import { describe, expect, it } from "vitest";
import { linesOf, toneOf } from "./history";
import type { HistoryEntry } from "./shapes";

function entry(subject: string, before: HistoryEntry["before"], after: HistoryEntry["after"]): HistoryEntry {
  return { entry: 1, at: "2026-01-01T00:00:00Z", subject, before, after, records: [] };
}
const mailFrom = (status: string, domain = "bounce.a.example", behavior = "use_default") => ({ status, domain, behavior });

describe("a history", () => {
  it("tells of states in the words of the pages", () => {
    const lost = entry("mail_from", mailFrom("success"), mailFrom("temporary_failure"));
    expect(linesOf(lost)).toEqual(["Confirmed → In trouble"]);
    expect(toneOf(lost)).toBe("bad");
    const found = entry("dkim", { status: "pending" }, { status: "success" });
    expect(linesOf(found)).toEqual(["Pending → Successful"]);
    expect(toneOf(found)).toBe("good");
  });
  it("tells what was set and taken away", () => {
    expect(linesOf(entry("mail_from", null, mailFrom("pending")))[0]).toBe("Set to bounce.a.example");
    expect(linesOf(entry("mail_from", mailFrom("pending"), null))).toEqual(["Removed; it was bounce.a.example"]);
    expect(linesOf(entry("mail_from", mailFrom("success"), mailFrom("pending", "b.a.example")))).toEqual([
      "Changed from bounce.a.example to b.a.example",
      "Confirmed → Pending",
    ]);
    expect(linesOf(entry("mail_from", mailFrom("success"), mailFrom("success", "bounce.a.example", "reject")))).toEqual([
      "If the MX record is not found: reject the message",
    ]);
    expect(linesOf(entry("verification", null, { status: "pending" }))).toEqual(["Registered"]);
  });
  it("tells of keys and of signing", () => {
    const dkim = (selectors: string[], signing_enabled = true) => ({ status: "success", selectors, signing_enabled });
    expect(linesOf(entry("dkim", dkim(["a"]), dkim(["b"])))).toEqual(["New keys"]);
    expect(linesOf(entry("dkim", dkim(["a"]), dkim(["a"], false)))).toEqual(["Signing switched off"]);
  });
  it("tells of records alone where the state stayed", () => {
    const same = entry("mail_from", mailFrom("success"), mailFrom("success"));
    expect(linesOf(same)).toEqual(["The records changed"]);
    expect(toneOf(same)).toBe("neutral");
  });
  it("shows a word it does not know as it is", () => {
    expect(linesOf(entry("dkim", { status: "pending" }, { status: "<b>" }))).toEqual(["Pending → <b>"]);
  });
});
