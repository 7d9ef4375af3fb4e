import { describe, expect, it } from "vitest";
import { readComposed } from "./mime";

const alternative = [
  "Subject: =?UTF-8?B?R3LDvMOf?= =?utf-8?q?e=2C_Ann?=",
  "Content-Type: multipart/alternative;",
  ' boundary="=_b+1"',
  "",
  "--=_b+1",
  "Content-Type: text/plain; charset=utf-8",
  "Content-Transfer-Encoding: quoted-printable",
  "",
  "Gr=C3=BC=C3=9Fe =",
  "Ann",
  "--=_b+1",
  "Content-Type: text/html; charset=utf-8",
  "Content-Transfer-Encoding: base64",
  "",
  "PGI+R3LDvMOfZTwvYj4=",
  "--=_b+1--",
  "",
].join("\r\n");

describe("a composed message", () => {
  it("has its subject and both bodies", () => {
    expect(readComposed(alternative)).toEqual({ subject: "Grüße, Ann", text: "Grüße Ann", html: "<b>Grüße</b>" });
  });
  it("may be one part", () => {
    expect(readComposed("Subject: Hi\r\nContent-Type: text/html\r\n\r\n<p>x</p>")).toEqual({ subject: "Hi", text: null, html: "<p>x</p>" });
    expect(readComposed("Subject: Hi\n\nplain")).toEqual({ subject: "Hi", text: "plain", html: null });
  });
  it("survives what it does not understand", () => {
    expect(readComposed("")).toEqual({ subject: "", text: "", html: null });
    expect(readComposed("Content-Transfer-Encoding: base64\n\n***").text).toBe("***");
  });
});
