import { describe, expect, it } from "vitest";
import { isJsonObject, sampleData } from "./template-data";

describe("the data of a template", () => {
  it("is an object", () => {
    expect(['{"a": 1}', "{}"].map(isJsonObject)).toEqual([true, true]);
    expect(["[]", "null", "1", "{", ""].map(isJsonObject)).toEqual([false, false, false, false, false]);
  });
  it("begins with the names the template has places for, each once", () => {
    const content = { Subject: "Hi {{name}}", Text: "{{ name }} {{#if x}}{{{raw}}}{{/if}}", Html: "<p>{{order-id}}</p>" };
    expect(JSON.parse(sampleData(content))).toEqual({ name: "", raw: "", "order-id": "" });
    expect(sampleData({ Subject: "plain" })).toBe("{}");
  });
});
