// The words of the service, read from its own source: one that is added there must be known here.
import { describe, expect, it } from "vitest";
import kinds from "../../../src/api/sesame/message_shapes.cc?raw";
import states from "../../../src/api/sesame/message_shapes.h?raw";
import { texts } from "../texts";
import { recipientStates } from "./shapes";

function words(source: string, pattern: RegExp): string[] {
  const found = [...source.matchAll(pattern)].map((match) => match[1] as string);
  expect(found).not.toHaveLength(0);
  return found.sort();
}

describe("the service's words", () => {
  it("for a recipient's state are the ones an answer may hold", () => {
    expect(words(states, /\{"(\w+)", store::RecipientState::/g)).toEqual([...recipientStates].sort());
  });
  it("for kinds of events have a text each", () => {
    expect(words(kinds, /case store::EventKind::\w+: return "(\w+)"/g)).toEqual(
      Object.keys(texts.messages.kinds).sort(),
    );
  });
});
