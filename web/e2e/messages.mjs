// Test mail, the inbox, the life of messages.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { api, attack, button, dialog, domain, isForEveryone, open, page, publish, screenshot, step, waitFor } from "./story.mjs";

step("a test email shows the receiver's verdict", async () => {
  await page.getByRole("textbox", { name: "To", exact: true }).fill("nobody");
  await page.getByText("Type one address.").waitFor();
  await page.getByRole("textbox", { name: "To", exact: true }).fill("reader@inbox.example");
  await page.getByRole("textbox", { name: "Subject" }).fill(attack);
  const html = `<h1>Hello</h1>${attack}<img src="http://tracker.example/pixel.gif"><form action="http://evil.example"></form>`;
  await page.getByRole("textbox", { name: "HTML (may stay empty)" }).fill(html);
  await button("Send test email").click();
  const picture = page.getByRole("img", { name: /Author domain shop\.example/ });
  await picture.waitFor();
  assert.match(
    await picture.getAttribute("aria-label"),
    /MAIL FROM domain bounce\.shop\.example agrees with the author domain; signing domain shop\.example agrees/,
  );
  await page.getByText("Delivered").last().waitFor();
  await page.getByText("Test email", { exact: false }).first().waitFor();
  await screenshot("test-email");
  await page.getByRole("textbox", { name: "From" }).fill("ann@not-verified.example");
  await button("Send test email").click();
  await page.getByText(/Email address is not verified/).waitFor();
});

step("the inbox shows a message without letting it do anything, live", async () => {
  await open("inbox", "Inbox");
  await page.getByRole("link", { name: attack }).click();
  const frame = page.frameLocator("iframe.mail-frame");
  await frame.getByRole("heading", { name: "Hello" }).waitFor();
  await screenshot("inbox");
  await page.getByRole("tab", { name: "Verdict" }).click();
  await page.getByRole("img", { name: /Author domain shop\.example/ }).waitFor();
  await page.getByRole("tab", { name: "Headers" }).click();
  await page.getByRole("rowheader", { name: "Authentication-Results" }).first().waitFor();
  await page.getByRole("tab", { name: "Source" }).click();
  await page.getByText("Return-Path:").first().waitFor();
  await api("POST", "/v2/email/outbound-emails", {
    FromEmailAddress: `ann@${domain}`,
    Destination: { ToAddresses: ["bob@inbox.example"] },
    Content: { Simple: { Subject: { Data: "arrived while looking" }, Body: { Text: { Data: "x" } } } },
  });
  await page.getByRole("link", { name: "arrived while looking" }).waitFor();
  await button("Delete").click();
  await page.getByRole("link", { name: attack }).waitFor({ state: "hidden" });
  await page.getByRole("link", { name: "arrived while looking" }).click();
  await page.getByText("The message has no HTML part.").waitFor();
  await page.getByRole("tab", { name: "Verdict" }).click();
  await page.getByRole("img", { name: /Author domain shop\.example/ }).waitFor();
  await screenshot("verdict");
});

step("attachments are saved, whatever they call themselves, and never shown", async () => {
  const lines = [
    `From: ann@${domain}`,
    "To: bob@inbox.example",
    "Subject: with files",
    "MIME-Version: 1.0",
    'Content-Type: multipart/mixed; boundary="x"',
    "",
    "--x",
    'Content-Type: multipart/alternative; boundary="y"',
    "",
    "--y",
    "Content-Type: text/plain",
    "",
    `the same in plain text ${attack}`,
    "--y",
    "Content-Type: text/html",
    "",
    "<p>the same in HTML</p>",
    "--y--",
    "--x",
    "Content-Type: text/html",
    `Content-Disposition: attachment; filename="../<b>evil</b>.html"`,
    "",
    attack,
    "--x--",
    "",
  ];
  await api("POST", "/v2/email/outbound-emails", {
    FromEmailAddress: `ann@${domain}`,
    Destination: { ToAddresses: ["bob@inbox.example"] },
    Content: { Raw: { Data: Buffer.from(lines.join("\r\n")).toString("base64") } },
  });
  await open("inbox", "Inbox");
  await page.getByRole("link", { name: "with files" }).click();
  await page.frameLocator("iframe.mail-frame").getByText("the same in HTML").waitFor();
  await page.getByText("the same in plain text").waitFor();
  await screenshot("inbox-beside");
  await page.getByRole("tab", { name: "Attachments (1)" }).click();
  await page.getByText("../<b>evil</b>.html").waitFor();
  await isForEveryone();
  const arriving = page.waitForEvent("download");
  await page.getByRole("link", { name: "Save ../<b>evil</b>.html" }).click();
  const saved = await arriving;
  assert.equal(readFileSync(await saved.path(), "utf8").trim(), attack);
  assert.doesNotMatch(saved.suggestedFilename(), /[<>/]/);
  await screenshot("attachments");
  await button("Delete").click();
  await page.getByRole("link", { name: "with files" }).waitFor({ state: "hidden" });
});

step("one message's life is found", async () => {
  await open("messages", "Messages");
  await page.getByLabel("Recipient").fill("bob@inbox.example");
  await page.getByRole("link", { name: attack }).waitFor({ state: "hidden" });
  await page.getByRole("link", { name: "arrived while looking" }).waitFor();
  await screenshot("messages");
  await page.getByRole("link", { name: "arrived while looking" }).click();
  await page.getByRole("heading", { name: "Life of the message" }).waitFor();
  await page.getByText("250 2.0.0 Ok").first().waitFor();
  await screenshot("message");
  await open("messages/no-such-message");
  await page.getByText("This could not be loaded").waitFor();
});

step("a message that waits can be retried and dropped", async () => {
  await publish(["slow.shop.example", "MX", "10 nowhere.shop.example"], ["nowhere.shop.example", "A", "127.0.0.9"]);
  const { MessageId } = await api("POST", "/v2/email/outbound-emails", {
    FromEmailAddress: `ann@${domain}`,
    Destination: { ToAddresses: ["bob@slow.shop.example"] },
    Content: { Simple: { Subject: { Data: "waits" }, Body: { Text: { Data: "x" } } } },
  });
  await open(`messages/${MessageId}`, "waits");
  await button("Retry now").click();
  await page.getByText(/tried again now\./).waitFor();
  await button("Drop").click();
  await button("Drop", dialog("Drop this message?")).click();
  await page.getByText("1 recipient was given up.").waitFor();
  await page.getByText("Bounced").first().waitFor();
});
