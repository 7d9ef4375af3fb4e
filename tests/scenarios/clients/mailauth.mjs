// mailauth, unmodified: answers JSON lines with JSON lines (harness/batch.py).
//   {do: "keys", records: {NAME: TXT}}                                   {}
//   {do: "sign", message, domain, selector, key: PEM, forms: "a/b", algorithm}  {field: BASE64}
//   {do: "verify", message}                                              {results: [WORD]}
import { createInterface } from "node:readline";
import { dkimSign } from "mailauth/lib/dkim/sign.js";
import { dkimVerify } from "mailauth/lib/dkim/verify.js";

let records = {};

async function resolver(name, type) {
  if (type === "TXT" && name in records) return [[records[name]]];
  const error = new Error("no such name");
  error.code = "ENOTFOUND";
  throw error;
}

async function answer(question) {
  if (question.do === "keys") {
    records = question.records;
    return {};
  }
  const message = Buffer.from(question.message, "base64");
  if (question.do === "sign") {
    const signed = await dkimSign(message, {
      canonicalization: question.forms,
      algorithm: question.algorithm,
      signTime: new Date(1767225600000),
      signatureData: [{ signingDomain: question.domain, selector: question.selector, privateKey: question.key }],
    });
    if (signed.errors.length) throw new Error(JSON.stringify(signed.errors));
    return { field: Buffer.from(signed.signatures, "binary").toString("base64") };
  }
  const { results } = await dkimVerify(message, { resolver, minBitLength: 1024 });
  return { results: results.map((one) => one.status.result) };
}

for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  process.stdout.write(JSON.stringify(await answer(JSON.parse(line))) + "\n");
}
