// An ended session, a restarted server: said plainly, nothing typed is lost.
import assert from "node:assert/strict";
import { api, button, dialog, domain, open, page, password, sandbox, screenshot, step, waitFor } from "./story.mjs";

step("an ended session is said plainly, and nothing typed is lost", async () => {
  await open("send", "Send a test email");
  await page.getByRole("textbox", { name: "From" }).fill(`ann@${domain}`);
  await page.getByRole("textbox", { name: "Subject" }).fill("typed before the session ended");
  await api("DELETE", "/console/api/session");
  await button("Send test email").click();
  const ended = dialog("Your session has ended");
  await ended.getByText("What you have typed is still there.").waitFor();
  await screenshot("session-ended");
  await ended.getByLabel("Password", { exact: true }).fill(password);
  await page.keyboard.press("Enter");
  await ended.waitFor({ state: "hidden" });
  assert.equal(await page.getByRole("textbox", { name: "Subject" }).inputValue(), "typed before the session ended");
});

step("a restart of the server is said plainly, and the session goes on", async () => {
  await sandbox.stop();
  await button("Send test email").click();
  await page.getByText("The service cannot be reached").first().waitFor();
  await screenshot("connection-lost");
  await sandbox.run();
  await page.getByText("The service cannot be reached").first().waitFor({ state: "hidden" });
  assert.equal(await page.getByRole("textbox", { name: "From" }).inputValue(), `ann@${domain}`);
  assert.equal(await page.getByRole("textbox", { name: "Subject" }).inputValue(), "typed before the session ended");
});
