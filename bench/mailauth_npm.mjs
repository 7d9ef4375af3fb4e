// npm mailauth's part of bench/mailauth_peers.py: node mailauth_npm.mjs DIRECTORY CLIENTS. Prints JSON of CPU microseconds a
// call, measured as bench/mailauth_inputs.h does.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const [directory, clients] = process.argv.slice(2);
const require = createRequire(`${clients}/package.json`);
const { dkimSign } = require("mailauth/lib/dkim/sign");
const { dkimVerify } = require("mailauth/lib/dkim/verify");
const { spf } = require("mailauth/lib/spf");

const read = (file) => readFileSync(`${directory}/${file}`);
const zone = {
  "s1._domainkey.example.com": read("record.txt").toString(),
  "bounce.example.com": "v=spf1 include:_spf.mail.example include:svc.example ~all",
  "_spf.mail.example": "v=spf1 ip4:198.51.100.0/24 ip4:203.0.113.0/25 ip6:2001:db8:1::/48 ~all",
  "svc.example": "v=spf1 ip4:192.0.2.0/24 -all",
};

async function resolver(name, type) {
  if (type === "TXT" && name in zone) return [[zone[name]]];
  const error = new Error("no such name");
  error.code = "ENOTFOUND";
  throw error;
}

function must(ok) {
  if (!ok) throw new Error("a benchmark does not do what it measures");
}

async function microseconds(call) {
  let best = Infinity;
  for (let round = 0; round < 5; ++round) {
    const start = process.cpuUsage();
    let spent = 0;
    let calls = 0;
    do {
      await call();
      ++calls;
      const now = process.cpuUsage(start);
      spent = now.user + now.system;
    } while (spent < 200_000);
    best = Math.min(best, spent / calls);
  }
  return best;
}

const message = read("message.eml");
const signed = read("signed.eml");
const key = read("key.pem").toString();
const figures = {
  sign: await microseconds(async () => {
    const { errors } = await dkimSign(message, {
      canonicalization: "relaxed/relaxed",
      algorithm: "rsa-sha256",
      signatureData: [{ signingDomain: "example.com", selector: "s1", privateKey: key }],
    });
    must(errors.length === 0);
  }),
  "verify, key new": await microseconds(async () => {
    const { results } = await dkimVerify(signed, { resolver });
    must(results[0].status.result === "pass");
  }),
  spf: await microseconds(async () => {
    const { status } = await spf({
      sender: "0100019b@bounce.example.com",
      ip: "192.0.2.25",
      helo: "out.svc.example",
      mta: "mx.example.net",
      resolver,
    });
    must(status.result === "pass");
  }),
};
process.stdout.write(JSON.stringify(figures) + "\n");
