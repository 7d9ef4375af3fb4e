// An ended session, a lost connection, a restarted server: said plainly, nothing typed is lost. On a page that sends, in
// an editor, and in a dialog.
import assert from "node:assert/strict";
import { api, button, dialog, domain, isForEveryone, open, page, password, sandbox, screenshot, step } from "./story.mjs";

const textbox = (name, within = page) => within.getByRole("textbox", { name, exact: true });
const lost = () => page.getByText("The service cannot be reached").first();

async function signInAgain() {
  const ended = dialog("Your session has ended");
  await ended.getByText("What you have typed is still there.").waitFor();
  await isForEveryone();
  await ended.getByLabel("Password", { exact: true }).fill(password);
  await page.keyboard.press("Enter");
  await ended.waitFor({ state: "hidden" });
}

/** `press` while the session has ended, and while the service is away; `isKept` is true when everything typed stands. */
async function interrupt(press, isKept) {
  await api("DELETE", "/console/api/session");
  await press();
  await signInAgain();
  assert.ok(await isKept());
  await sandbox.stop();
  await press();
  await lost().waitFor();
  assert.ok(await isKept());
  await sandbox.run();
  await lost().waitFor({ state: "hidden" });
  assert.ok(await isKept());
}

step("the page that sends keeps what was typed when the session ends and the server restarts", async () => {
  await open("send", "Send a test email");
  await textbox("From").fill(`ann@${domain}`);
  await textbox("Subject").fill("typed before");
  await interrupt(
    () => button("Send test email").click(),
    async () => (await textbox("From").inputValue()) === `ann@${domain}` && (await textbox("Subject").inputValue()) === "typed before",
  );
});

step("the dialog of the MAIL FROM domain keeps it, and what was typed can be sent afterwards", async () => {
  await open(`domains/${domain}`, domain);
  await button("Edit MAIL FROM Domain").click();
  const form = dialog("Set MAIL FROM Domain");
  const field = form.getByRole("textbox", { name: "MAIL FROM domain" });
  await field.fill("typed-before");
  await form.getByLabel(/^Use .* as the MAIL FROM domain/).check();
  const press = () => button("Set MAIL FROM Domain", form).click();
  await interrupt(press, async () => {
    const kept = (await field.inputValue()) === "typed-before";
    return kept && (await form.getByLabel(/^Use .* as the MAIL FROM domain/).isChecked());
  });
  await field.fill("bounce");
  await form.getByLabel("Reject the message").check();
  await press();
  await dialog(`MAIL FROM domain bounce.${domain}`).getByRole("status").getByText("Confirmed").waitFor();
});

step("the editor of a template keeps it", async () => {
  await open("new-template", "New template");
  await textbox("Name").fill("typed");
  await textbox("Subject").fill("typed before");
  await textbox("Text").fill("many\nlines");
  await textbox("HTML").fill("<p>many lines</p>");
  await interrupt(
    () => button("Save: Content").click(),
    async () => (await textbox("Text").inputValue()) === "many\nlines" && (await textbox("HTML").inputValue()) === "<p>many lines</p>",
  );
});

step("an ended session and a lost connection are said in place", async () => {
  await open("send", "Send a test email");
  await textbox("From").fill(`ann@${domain}`);
  await api("DELETE", "/console/api/session");
  await button("Send test email").click();
  await dialog("Your session has ended").waitFor();
  await screenshot("session-ended");
  await signInAgain();
  await sandbox.stop();
  await button("Send test email").click();
  await lost().waitFor();
  await isForEveryone();
  await screenshot("connection-lost");
  await sandbox.run();
  await lost().waitFor({ state: "hidden" });
});
