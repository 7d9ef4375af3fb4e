import { describe, expect, it } from "vitest";
import { mailFromLabel, mailFromName, mailFromProblem } from "./mail-from";
import { canonicalName, domainOf, domainProblem, relativeName, isWebUrl } from "./names";

describe("a domain to verify", () => {
  it.each(["shop.example", "Shop.Example.", " mail.shop.example ", "bücher.example", "xn--bcher-kva.example"])(
    "takes %s",
    (name) => expect(domainProblem(name)).toBeNull(),
  );
  it.each([
    ["", "empty"],
    ["https://shop.example/", "url"],
    ["ann@shop.example", "address"],
    ["192.0.2.1", "ip"],
    ["example", "no_dot"],
    ["shop..example", "empty_label"],
    ["-shop.example", "hyphen"],
    ["sh op.example", "bad_character"],
    ["<b>.example", "bad_character"],
    [`${"a".repeat(64)}.example`, "label_too_long"],
    [`${"a.".repeat(130)}example`, "too_long"],
  ])("refuses %s: %s", (name, problem) => expect(domainProblem(name)).toBe(problem));

  it("becomes A-labels in lower case", () => {
    expect(canonicalName("BÜCHER.example")).toBe("xn--bcher-kva.example");
    expect(canonicalName("Shop.Example.")).toBe("shop.example");
  });
});

describe("a MAIL FROM domain", () => {
  const parent = "shop.example";
  it.each(["bounce", "Bounce", "a.b", "bounce-1"])("takes %s", (label) =>
    expect(mailFromProblem(label, parent)).toBeNull(),
  );
  it.each([
    ["", "empty"],
    ["bounce.shop.example", "parent_repeated"],
    ["shop.example", "below_parent_only"],
    ["bounce_1", "bad_character"],
    ["bounce.", null],
    ["a..b", "empty_label"],
    ["x@bounce", "address"],
    ["-x", "hyphen"],
    ["x".repeat(64), "label_too_long"],
    [Array(5).fill("x".repeat(60)).join("."), "too_long"],
  ])("judges %s: %s", (label, problem) => expect(mailFromProblem(label, parent)).toBe(problem));

  it("is the label and the parent", () => {
    expect(mailFromName(" Bounce ", parent)).toBe("bounce.shop.example");
    expect(mailFromLabel("bounce.shop.example", parent)).toBe("bounce");
  });
});

it("writes hosts relative to the zone", () => {
  expect(relativeName("bounce.mail.shop.example", "shop.example")).toBe("bounce.mail");
  expect(relativeName("shop.example", "shop.example")).toBe("@");
  expect(relativeName("workshop.example", "shop.example")).toBe("workshop.example.");
});

it("finds the domain of an address", () => {
  expect(domainOf("Ann@Shop.Example")).toBe("shop.example");
  expect(domainOf("shop.example")).toBe("shop.example");
});

describe("a web server's URL", () => {
  it("begins with http or https", () => {
    expect(["https://a.example/x", " http://a.example "].map(isWebUrl)).toEqual([true, true]);
    expect(["a.example", "ftp://a.example/", "javascript:alert(1)", ""].map(isWebUrl)).toEqual([false, false, false, false]);
  });
});
