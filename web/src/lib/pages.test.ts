import { describe, expect, it } from "vitest";
import { every, matching, mostSearched, mostShown, searchWords } from "./pages";

describe("a search in a list", () => {
  it("finds a part of the text, whatever its case", () => {
    const items = [{ name: "Welcome" }, { name: "goodbye" }];
    expect(matching(items, " WEL ", ({ name }) => name)).toEqual([{ name: "Welcome" }]);
    expect(matching(items, "<b>", ({ name }) => name)).toEqual([]);
  });

  const said = (search: Partial<Parameters<typeof searchWords>[0]>) =>
    searchWords({ found: 0, seen: 0, more: false, looking: false, ...search });
  it("says how far it has come", () => expect(said({ found: 1, seen: 300, more: true, looking: true })).toContain("300"));
  it("says how many match", () => {
    expect(said({ found: 1, seen: 300 })).toBe("1 match");
    expect(said({ found: 2, seen: 300 })).toBe("2 matches");
  });
  it("says that not all matches are shown", () => expect(said({ found: mostShown + 50, seen: 400 })).toBe("The first 200 of 250 matches"));
  it("says that it has ended before the list", () =>
    expect(said({ found: 2, seen: mostSearched, more: true })).toBe(`2 matches among the first ${(10_000).toLocaleString()} entries`));
});

it("the entries of all pages are gathered, in order, and not without end", async () => {
  const pages: Record<string, { items: number[]; next: string | null }> = { "": { items: [1, 2], next: "b" }, b: { items: [3], next: null } };
  expect(await every(async (token) => pages[token]!)).toEqual([1, 2, 3]);
  const endless = await every(async () => ({ items: Array.from({ length: 1000 }, () => 0), next: "more" }));
  expect(endless.length).toBe(mostSearched);
});
