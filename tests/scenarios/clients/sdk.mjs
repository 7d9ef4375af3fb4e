// An AWS SDK client, unmodified: `node sdk.mjs client-sesv2|client-ses`. One call per line on stdin, {"call", "input"};
// one line of JSON on stdout for each, {"output"} or {"error"}. Octets are given as {"$octets": base64}.
import { createInterface } from "node:readline";

const sdk = await import("@aws-sdk/" + process.argv[2]);
const Client = sdk.SESv2Client ?? sdk.SESClient;
const client = new Client({ endpoint: process.env.SES_ENDPOINT, maxAttempts: 1 });

function revive(name, value) {
  return value && typeof value === "object" && "$octets" in value ? Buffer.from(value.$octets, "base64") : value;
}

async function perform({ call, input }) {
  try {
    return { output: await client.send(new sdk[call + "Command"](input)) };
  } catch (error) {
    const typed = typeof sdk[error.name] === "function" && error instanceof sdk[error.name];
    return { error: { name: error.name, message: error.message, status: error.$metadata?.httpStatusCode, typed } };
  }
}

async function pages({ paginator, input }) {
  const found = [];
  for await (const page of sdk["paginate" + paginator]({ client, pageSize: 2 }, input)) found.push(page);
  return { output: found };
}

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line, revive);
  const answer = request.paginator ? await pages(request) : await perform(request);
  process.stdout.write(JSON.stringify(answer) + "\n");
}
