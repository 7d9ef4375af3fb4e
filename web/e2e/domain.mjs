// A domain, from its registration to a confirmed MAIL FROM domain, by hand.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { api, attack, button, dialog, domain, isForEveryone, mailFrom, open, page, publish, screenshot, step, waitFor } from "./story.mjs";

step("a new domain is refused in words beside the field, and then verified", async () => {
  await button("Verify a new domain").first().click();
  const form = dialog("Verify a new domain");
  const field = form.getByLabel("Domain");
  for (const [typed, reason] of [
    ["https://shop.example/", "without https://"],
    ["ann@shop.example", "without the part before the @"],
    ["shop", "at least two parts"],
    ["192.0.2.1", "This is an IP address"],
    [attack, "A domain only"],
    ["sh_op.example", "Only letters, digits and hyphens"],
  ]) {
    await field.fill(typed);
    await form.getByText(reason).waitFor();
  }
  await isForEveryone();
  await screenshot("verify-domain-refused");
  await field.fill("Shop.Example");
  await form.getByText("Will be registered as shop.example.").waitFor();
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: domain }).waitFor();
  await page.getByRole("table", { name: "Records: DKIM" }).getByRole("row").nth(3).waitFor();
  await open("domains", "Domains");
  await button("Verify a new domain").first().click();
  await dialog("Verify a new domain").getByLabel("Domain").fill(domain);
  await button("Verify this domain").click();
  await dialog("Verify a new domain").getByText(/already exist/).waitFor(); // the server's refusal
  await button("Cancel").click();
  await page.getByText("Pending").first().waitFor();
  await screenshot("domains");
});

step("the domain is verified while the page is open", async () => {
  await open(`domains/${domain}`, domain);
  const identity = await api("GET", `/v2/email/identities/${domain}`);
  const records = identity.DkimAttributes.Tokens.map((token) => [
    `${token}._domainkey.${domain}`,
    "CNAME",
    `${token}.dkim.svc.example`,
  ]);
  await screenshot("domain-pending");
  await publish(...records, [`_dmarc.${domain}`, "TXT", '"v=DMARC1; p=reject"']);
  await page.getByText("Verified", { exact: true }).waitFor();
  await page.getByText("Successful", { exact: true }).waitFor();
});

step("the MAIL FROM domain is refused as it is typed, with the reason", async () => {
  await button("Set MAIL FROM Domain").click();
  const form = dialog("Set MAIL FROM Domain");
  const field = form.getByRole("textbox", { name: "MAIL FROM domain" });
  for (const [typed, reason] of [
    ["bounce.shop.example", "Your domain is added already"],
    ["shop.example", "not the domain itself"],
    ["boun_ce", "Only letters, digits and hyphens"],
    ["-bounce", "cannot begin or end with a hyphen"],
    ["a..b", "two dots in a row"],
    ["x".repeat(64), "longer than the 63 characters"],
    [attack, "without a path"],
  ]) {
    await field.fill(typed);
    await form.getByText(reason).waitFor();
  }
  await isForEveryone();
  await screenshot("mail-from-refused");
  await field.fill("");
  await button("Set MAIL FROM Domain", form).click();
  await form.getByText("Type the part before your domain").waitFor();
  await field.fill("bounce");
  await form.getByText(`Messages will leave with ${mailFrom}.`).waitFor();
  await form.getByLabel("Reject the message").check();
  await screenshot("mail-from");
});

step("its window shows the records, and goes from Pending over wrong to Confirmed by itself", async () => {
  await button("Set MAIL FROM Domain", dialog("Set MAIL FROM Domain")).click();
  const records = dialog(`MAIL FROM domain ${mailFrom}`);
  await records.getByText("Waiting for the MX record.").waitFor();
  const table = records.getByRole("table", { name: "Records: MAIL FROM Domain" });
  await table.getByText("feedback-smtp.us-east-1.svc.example").waitFor();
  await table.getByText("v=spf1 include:svc.example ~all").waitFor();
  await screenshot("mail-from-records");

  const arriving = page.waitForEvent("download");
  await button("Download", records).click();
  await page.getByRole("menuitem", { name: "BIND zone file" }).click();
  const zone = readFileSync(await (await arriving).path(), "utf8");
  assert.match(zone, /^bounce\.shop\.example\. 300 IN MX 10 feedback-smtp\.us-east-1\.svc\.example\.$/m);

  await publish([mailFrom, "MX", "10 mail.elsewhere.example"], [mailFrom, "TXT", `"${attack.replaceAll('"', "'")}"`]);
  await table.getByText("Wrong").first().waitFor();
  const show = button("Each name server", records);
  if ((await show.getAttribute("aria-expanded")) !== "true") await show.click();
  await records.getByText("10 mail.elsewhere.example").first().waitFor();
  await records.getByText("Change this:").first().waitFor();
  await records.getByText(/onerror/).first().waitFor(); // the attack, as text
  await isForEveryone();
  await screenshot("mail-from-wrong");

  const began = performance.now();
  await publish(
    [mailFrom, "MX", "10 feedback-smtp.us-east-1.svc.example"],
    [mailFrom, "TXT", '"v=spf1 include:svc.example ~all"'],
  );
  await records.getByRole("status").getByText("Confirmed").waitFor();
  console.log(`from publishing to Confirmed on the page: ${Math.round(performance.now() - began)} ms`);
  await records.getByText("2 of 2 have it").nth(1).waitFor();
  await screenshot("mail-from-confirmed");
  await button("Close", records).last().click();
  await page.getByText("Reject the message", { exact: true }).waitFor();
  await screenshot("domain");
});
