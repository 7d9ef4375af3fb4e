// Markup in what others say, wherever it is shown: text. everyone.mjs looks at the end whether any of it ran.
import { once } from "node:events";
import { createServer } from "node:net";
import { api, attack, button, dialog, domain, open, page, publish, sandbox, screenshot, step } from "./story.mjs";

/** A receiver that refuses every recipient with `words`. */
async function startRefusing(address, words) {
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.write("220 refusing.shop.example\r\n");
    let said = "";
    socket.on("data", (data) => {
      said += data;
      for (let end = said.indexOf("\r\n"); end >= 0; end = said.indexOf("\r\n")) {
        const verb = said.slice(0, 4).toUpperCase();
        said = said.slice(end + 2);
        socket.write(verb === "RCPT" ? `550 5.1.1 ${words}\r\n` : verb === "QUIT" ? "221 bye\r\n" : "250 ok\r\n");
      }
    });
  });
  server.listen(Number(sandbox.environment.SESAME_DELIVERY_PORT), address);
  await once(server, "listening");
  return server;
}

step("what a receiver answers is text, in the message's life", async () => {
  const receiver = await startRefusing("127.0.0.8", attack);
  await publish(["refusing.shop.example", "MX", "10 mx.refusing.shop.example"], ["mx.refusing.shop.example", "A", "127.0.0.8"]);
  const { MessageId } = await api("POST", "/v2/email/outbound-emails", {
    FromEmailAddress: `ann@${domain}`,
    Destination: { ToAddresses: ["bob@refusing.shop.example"] },
    Content: { Simple: { Subject: { Data: "refused" }, Body: { Text: { Data: "x" } } } },
  });
  await open(`messages/${MessageId}`, "refused");
  await page.getByText("550 5.1.1 <img").first().waitFor();
  await screenshot("message-refused");
  receiver.close();
  await api("DELETE", "/v2/email/suppression/addresses/bob@refusing.shop.example"); // where its bounce has put it
});

step("names in the headers of a message are text, in lists and beside the message", async () => {
  const name = attack.replaceAll('"', "'");
  const lines = [`From: "${name}" <ann@${domain}>`, `To: "${name}" <bob@inbox.example>`, `Reply-To: "${name}" <ann@${domain}>`,
    "Subject: named by an attacker", `X-Attack: ${attack}`, "", "x"];
  await api("POST", "/v2/email/outbound-emails", {
    FromEmailAddress: `ann@${domain}`,
    Destination: { ToAddresses: ["bob@inbox.example"] },
    Content: { Raw: { Data: Buffer.from(lines.join("\r\n")).toString("base64") } },
    EmailTags: [{ Name: "campaign", Value: "plain" }],
  });
  await open("inbox", "Inbox");
  await page.getByRole("row").filter({ hasText: "named by an attacker" }).getByText("<img src=x").first().waitFor();
  await page.getByRole("link", { name: "named by an attacker" }).click();
  await page.getByRole("tab", { name: "Headers" }).click();
  await page.getByRole("row").filter({ hasText: "X-Attack" }).getByText("<img src=x").waitFor();
  await screenshot("attack-in-headers");
  await open("messages", "Messages");
  await page.getByRole("link", { name: "named by an attacker" }).click();
  await page.getByRole("heading", { name: "Life of the message" }).waitFor();
});

step("a template's name and subject are text", async () => {
  const name = "<svg><script>window.attacked=1<b>";
  await api("POST", "/v2/email/templates", { TemplateName: name, TemplateContent: { Subject: attack, Text: "x" } });
  await open("templates", "Templates");
  await page.getByRole("link", { name }).click();
  await page.getByRole("heading", { level: 1, name }).waitFor();
  await button("Render").click();
  await page.getByText(attack, { exact: true }).last().waitFor();
  await screenshot("attack-in-template");
  await button("Delete template").click();
  await button("Delete template", page.getByRole("dialog")).click();
  await page.getByRole("heading", { level: 1, name: "Templates" }).waitFor();
});

step("an address that is suppressed is text", async () => {
  const address = `"<script>window.attacked=1<b>"@inbox.example`;
  await api("PUT", "/v2/email/suppression/addresses", { EmailAddress: address, Reason: "COMPLAINT" });
  await open("suppression", "Suppression list");
  await page.getByText(address).waitFor();
  await screenshot("attack-in-suppression");
  await button(`Remove from list: ${address}`).click();
  await dialog("Remove this address from the list?").getByText("<script>").waitFor();
  await button("Remove from list", dialog("Remove this address from the list?")).click();
  await page.getByText("No suppressed addresses").waitFor();
});
