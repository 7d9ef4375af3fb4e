// nodemailer, unmodified: `node nodemailer.mjs smtp|ses`. One message per line on stdin in nodemailer's own words, one
// line of JSON on stdout for each, {"sent"} or {"error"}.
import { createInterface } from "node:readline";
import * as aws from "@aws-sdk/client-ses";
import nodemailer from "nodemailer";

function smtp() {
  return {
    host: process.env.SMTP_HOST,
    port: Number(process.env.SMTP_PORT),
    requireTLS: true,
    tls: { rejectUnauthorized: false }, // the sandbox's certificate is its own
    auth: { user: process.env.SMTP_USER, pass: process.env.SMTP_PASSWORD },
  };
}

function ses() {
  return { SES: { ses: new aws.SES({ endpoint: process.env.SES_ENDPOINT, maxAttempts: 1 }), aws } };
}

const transport = nodemailer.createTransport(process.argv[2] === "smtp" ? smtp() : ses());

for await (const line of createInterface({ input: process.stdin })) {
  let answer;
  try {
    answer = { sent: await transport.sendMail(JSON.parse(line)) };
  } catch (error) {
    answer = { error: { name: error.name, code: error.code, message: error.message, response: error.response } };
  }
  process.stdout.write(JSON.stringify(answer) + "\n");
}
transport.close();
