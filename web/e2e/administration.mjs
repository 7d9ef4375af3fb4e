// The suppression list, keys, the dashboard and the settings.
import assert from "node:assert/strict";
import { api, attack, button, dialog, isForEveryone, open, page, screenshot, step } from "./story.mjs";

step("the suppression list is kept by hand", async () => {
  await open("suppression", "Suppression list");
  await button("Add address").click();
  const form = dialog("Add an address to the suppression list");
  await form.getByLabel("Address").fill("not an address");
  await form.getByText("Type one address.").waitFor();
  await isForEveryone();
  await form.getByLabel("Address").fill("gone@inbox.example");
  await button("Add address", form).click();
  await page.getByRole("rowheader", { name: "gone@inbox.example" }).waitFor();
  await screenshot("suppression");
  await button("Remove from list: gone@inbox.example").click();
  await button("Remove from list", dialog("Remove this address from the list?")).click();
  await page.getByText("No suppressed addresses").waitFor();
});

step("a search goes through the whole list, not only what is shown of it", async () => {
  const addresses = Array.from({ length: 120 }, (_, n) => `listed-${String(n).padStart(3, "0")}@inbox.example`);
  const each = (work) => Promise.all(addresses.map(work));
  await each((EmailAddress) => api("PUT", "/v2/email/suppression/addresses", { EmailAddress, Reason: "BOUNCE" }));
  await page.reload();
  const row = (name) => page.getByRole("rowheader", { name });
  await row(addresses[99]).waitFor();
  await page.getByText("(100+)").waitFor();
  assert.equal(await row(addresses[119]).count(), 0);
  const find = page.getByRole("searchbox", { name: "Find addresses" });
  await find.fill("LISTED-119");
  await row(addresses[119]).waitFor();
  await page.getByText("1 match", { exact: true }).first().waitFor();
  await screenshot("suppression-search");
  await find.fill("listed-");
  await page.getByText("120 matches").first().waitFor();
  await find.fill("<b>nobody");
  await button("Clear the search").click();
  await row(addresses[0]).waitFor();
  await page.reload();
  await button("Load more").click();
  await row(addresses[119]).waitFor();
  await button("Load more").waitFor({ state: "hidden" });
  await each((address) => api("DELETE", `/v2/email/suppression/addresses/${address}`));
  await page.reload();
  await page.getByText("No suppressed addresses").waitFor();
});

step("an access key's secret is shown once", async () => {
  await open("credentials", "Access keys");
  await button("Create access key").click();
  const form = dialog("Create an access key");
  await form.getByLabel("Description").fill(attack);
  await button("Create access key", form).click();
  await form.getByText("This is the only time the secret is shown").waitFor();
  await page.mouse.click(640, 890); // beside the dialog, where nothing shown once may be lost
  await form.getByText("This is the only time the secret is shown").waitFor();
  await isForEveryone();
  await screenshot("new-key");
  await button("I have kept it").click();
  const row = page.getByRole("row").filter({ hasText: "onerror" });
  await row.waitFor();
  await screenshot("access-keys");
  await row.getByRole("button", { name: "Delete" }).click();
  await button("Delete", dialog("Delete this access key?")).click();
  await row.waitFor({ state: "hidden" });
});

step("the dashboard counts what was sent, and the settings pause it", async () => {
  await open("dashboard", "Account dashboard");
  await page.getByRole("table", { name: "By receiver" }).getByText("inbox.example", { exact: true }).waitFor();
  const receivers = page.getByRole("table", { name: "By receiver" });
  const figures = await receivers.getByRole("row").filter({ hasText: "slow.shop.example" }).innerText();
  assert.match(figures.replace(/\s+/g, " "), /slow\.shop\.example 1 0 0 0 [1-9]/); // sent, delivered, bounced, complaints, deferred
  await page.getByRole("table", { name: "By identity" }).getByText("shop.example", { exact: true }).waitFor();
  await page.getByText("Nothing waits").waitFor();
  await page.getByRole("button", { name: /Show: By receiver/ }).click();
  await page.getByRole("option", { name: "Deferred" }).click();
  await page.getByRole("application", { name: "By receiver: Deferred" }).waitFor();
  await isForEveryone();
  await screenshot("dashboard");
  await screenshot("dashboard-whole", { fullPage: true });
  await open("settings", "Settings");
  await page.getByLabel("Sending is on").click();
  await page.getByText("Saved.", { exact: true }).first().waitFor();
  await screenshot("settings");
  await open("dashboard", "Account dashboard");
  await page.getByText("Sending is paused").waitFor();
  await open("settings", "Settings");
  await page.getByLabel("Sending is on").click();
  await page.getByText("Saved.", { exact: true }).first().waitFor();
});
