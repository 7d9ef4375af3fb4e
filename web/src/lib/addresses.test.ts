import { expect, it } from "vitest";
import { looksLikeAddress } from "./addresses";

it.each(["ann@example.com", " ann@example.com ", "Ann <ann@example.com>", "bücher@bücher.example"])("takes %s", (typed) =>
  expect(looksLikeAddress(typed)).toBe(true),
);
it.each(["", "ann", "ann@", "@example.com", "ann@example", "a@b.c, d@e.f", "ann@exa mple.com", "Ann <ann>"])(
  "refuses %s",
  (typed) => expect(looksLikeAddress(typed)).toBe(false),
);
