import { describe, expect, it } from "vitest";
import { flag, list, nullable, number, object, oneOf, optional, record, text } from "./shape";

const shape = object({
  name: text,
  size: number,
  on: flag,
  word: oneOf("a", "b"),
  none: nullable(text),
  maybe: optional(number),
  rows: list(object({ id: text })),
  tags: record(text),
});
const good = { name: "n", size: 1, on: true, word: "a", none: null, rows: [{ id: "x" }], tags: { a: "b" } };

describe("a shape", () => {
  it("takes what it describes, and more", () => {
    expect(shape.fault(good, "answer")).toBeNull();
    expect(shape.fault({ ...good, maybe: 2, other: [] }, "answer")).toBeNull();
  });
  it.each([
    [{ ...good, name: 1 }, "answer.name"],
    [{ ...good, word: "c" }, "answer.word"],
    [{ ...good, none: undefined }, "answer.none"],
    [{ ...good, maybe: "2" }, "answer.maybe"],
    [{ ...good, rows: [{ id: "x" }, { id: 2 }] }, "answer.rows.1.id"],
    [{ ...good, rows: {} }, "answer.rows"],
    [{ ...good, tags: { a: 1 } }, "answer.tags.a"],
    [null, "answer"],
    [[], "answer"],
  ])("says where %j is not of it", (value, path) => expect(shape.fault(value, "answer")).toBe(path));
});
