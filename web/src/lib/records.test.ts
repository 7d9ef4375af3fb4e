import { describe, expect, it } from "vitest";
import { exchange, quotedStrings, textOf, toCsv, toDnscontrol, toRoute53, toTerraform, toZoneFile, typedValue } from "./records";

const mx = { name: "bounce.shop.example", type: "MX", value: "10 feedback-smtp.us-east-1.svc.example" };
const txt = { name: "bounce.shop.example", type: "TXT", value: '"v=spf1 include:svc.example ~all"' };
const cname = { name: "tok._domainkey.shop.example", type: "CNAME", value: "tok.dkim.svc.example" };
const all = [mx, txt, cname];

describe("values", () => {
  it("reads an MX", () => {
    expect(exchange(mx.value)).toEqual({ preference: 10, host: "feedback-smtp.us-east-1.svc.example" });
  });
  it("joins and unescapes the strings of a TXT", () => {
    expect(textOf(txt.value)).toBe("v=spf1 include:svc.example ~all");
    expect(textOf('"a\\"b" "c\\\\d\\065"')).toBe('a"bc\\dA');
    expect(textOf("unquoted")).toBe("unquoted");
  });
  it("splits a long text into strings of 255", () => {
    const strings = quotedStrings("x".repeat(300));
    expect(strings).toBe(`"${"x".repeat(255)}" "${"x".repeat(45)}"`);
    expect(textOf(strings)).toBe("x".repeat(300));
  });
  it("comes back through quoting, whatever it is", () => {
    for (const text of ['"', "\\", 'a\\"b', "", "<script>", "${x}"]) expect(textOf(quotedStrings(text))).toBe(text);
  });
});

describe("CSV", () => {
  it("has the fields apart", () => {
    expect(toCsv(all)).toBe(
      "name,type,priority,value,ttl\r\n" +
        "bounce.shop.example,MX,10,feedback-smtp.us-east-1.svc.example,300\r\n" +
        "bounce.shop.example,TXT,,v=spf1 include:svc.example ~all,300\r\n" +
        "tok._domainkey.shop.example,CNAME,,tok.dkim.svc.example,300\r\n",
    );
  });
  it("keeps what spreadsheets would run as text", () => {
    expect(toCsv([{ name: "a", type: "TXT", value: '"=1+1"' }])).toContain("a,TXT,,'=1+1,300");
    expect(toCsv([{ name: "a", type: "TXT", value: '"x,\\"y"' }])).toContain('a,TXT,,"x,""y",300');
  });
});

it("writes zone file lines with whole names", () => {
  expect(toZoneFile(all, "shop.example").split("\n").slice(1, 4)).toEqual([
    "bounce.shop.example. 300 IN MX 10 feedback-smtp.us-east-1.svc.example.",
    'bounce.shop.example. 300 IN TXT "v=spf1 include:svc.example ~all"',
    "tok._domainkey.shop.example. 300 IN CNAME tok.dkim.svc.example.",
  ]);
});

describe("Route 53", () => {
  it("quotes texts and dots names", () => {
    const batch = JSON.parse(toRoute53(all));
    expect(batch.Changes).toHaveLength(3);
    expect(batch.Changes[1].ResourceRecordSet).toEqual({
      Name: "bounce.shop.example.",
      Type: "TXT",
      TTL: 300,
      ResourceRecords: [{ Value: '"v=spf1 include:svc.example ~all"' }],
    });
  });
  it("puts values of one name and type into one set", () => {
    const batch = JSON.parse(toRoute53([txt, { ...txt, value: '"second"' }]));
    expect(batch.Changes).toHaveLength(1);
    expect(batch.Changes[0].ResourceRecordSet.ResourceRecords).toHaveLength(2);
  });
});

it("writes dnscontrol with names below the zone", () => {
  const text = toDnscontrol(all, "shop.example");
  expect(text).toContain('MX("bounce", 10, "feedback-smtp.us-east-1.svc.example.", TTL(300)),');
  expect(text).toContain('TXT("bounce", "v=spf1 include:svc.example ~all", TTL(300)),');
  expect(text).toContain('CNAME("tok._domainkey", "tok.dkim.svc.example.", TTL(300)),');
  expect(toDnscontrol([{ ...txt, name: "shop.example" }], "shop.example")).toContain('TXT("@", ');
});

describe("Terraform", () => {
  it("names each resource after its record", () => {
    const text = toTerraform(all, "shop.example");
    expect(text).toContain('resource "aws_route53_record" "sesame_mx_bounce" {');
    expect(text).toContain('records = ["10 feedback-smtp.us-east-1.svc.example."]');
    expect(text).toContain('resource "aws_route53_record" "sesame_cname_tok_domainkey" {');
    expect(text).toContain('records = ["v=spf1 include:svc.example ~all"]');
  });
  it("does not let a value begin a template", () => {
    expect(toTerraform([{ ...txt, value: '"${file}"' }], "shop.example")).toContain('["$${file}"]');
  });
});

describe("typed into a form", () => {
  it("is the host of an MX, the text of a TXT, with a dot where the provider wants one", () => {
    expect(typedValue("MX", "10 mx.svc.example", false)).toBe("mx.svc.example");
    expect(typedValue("MX", "10 mx.svc.example", true)).toBe("mx.svc.example.");
    expect(typedValue("CNAME", "a.dkim.svc.example", true)).toBe("a.dkim.svc.example.");
    expect(typedValue("TXT", '"v=spf1 ~all"', true)).toBe("v=spf1 ~all");
  });
});
