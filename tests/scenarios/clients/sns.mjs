// npm sns-validator, unmodified: one envelope as JSON per line on stdin, one line of JSON on stdout for each: {"valid"} or
// {"error"}. The certificate's host is localhost here; everything else is as the validator has it.
import { createInterface } from "node:readline";
import MessageValidator from "sns-validator";

const validator = new MessageValidator(/^localhost:\d+$/, "utf8");

for await (const line of createInterface({ input: process.stdin })) {
  const answer = await new Promise((resolve) => {
    validator.validate(line, (error, message) => resolve(error ? { error: error.message } : { valid: message.MessageId }));
  });
  process.stdout.write(JSON.stringify(answer) + "\n");
}
