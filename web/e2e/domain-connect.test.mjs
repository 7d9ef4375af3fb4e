// Domain Connect: the button leads to the provider with a signed link, and the console goes on by itself when its
// customer comes back: over what is still missing to Confirmed.
import assert from "node:assert/strict";
import { after, before } from "node:test";
import { DomainConnectProvider, pageHost } from "./domain-connect-provider.mjs";
import { knot, operate, ownDns, setMailFrom, skip } from "./operated.mjs";
import { api, attack, button, context, dialog, domain, isForEveryone, mailFrom, page, screenshot, step, violations, waitFor } from "./story.mjs";

let provider;
let refusesMailFrom = true; // its customer takes the rest only

before(async () => {
  if (skip) return;
  provider = await new DomainConnectProvider(domain, (records) => {
    const agreed = records.filter((line) => !(refusesMailFrom && line.startsWith("bounce ")));
    knot.put(domain, [provider.discovery, ...agreed]);
  }).start();
  await operate({
    zones: { [domain]: [provider.discovery], ...provider.zones },
    environment: provider.environment,
    browser: { hosts: [pageHost], context: { ignoreHTTPSErrors: true } },
  });
  provider.askAt(ownDns, knot.port);
});

after(() => provider?.stop());

const form = () => dialog(`Publish the records of ${domain}`);

async function askAgain() {
  await button("Close", form()).last().click();
  await button("Publish records").click();
}

step("a domain and its MAIL FROM domain are set", setMailFrom, { skip });

step("a provider that has not taken the template in is told about in words", async () => {
  provider.hasTemplate = false;
  await button("Publish records", dialog(`MAIL FROM domain ${mailFrom}`)).click();
  await form().getByText(/template of svc\.example/).waitFor();
  await isForEveryone();
  await screenshot("domain-connect-no-template");
  assert.equal(await form().getByRole("link", { name: /^Publish at/ }).count(), 0);
  await button("Connect a provider", form()).waitFor(); // there is another way
}, { skip });

step("the name a provider gives itself is text", async () => {
  provider.hasTemplate = true;
  provider.displayName = attack.slice(0, 90);
  await askAgain();
  await form().getByRole("link", { name: `Publish at ${attack.slice(0, 90)}` }).waitFor();
  provider.displayName = "The Provider";
  await askAgain();
}, { skip });

/** Presses the button; what the provider shows. */
async function goToProvider() {
  const opening = context.waitForEvent("page");
  await form().getByRole("link", { name: "Publish at The Provider" }).click();
  const there = await opening;
  await there.getByRole("heading", { name: `Add to ${domain}?` }).waitFor(); // it has checked the signature
  return there;
}

step("the button leads to the provider with a link that its signature covers", async () => {
  const link = form().getByRole("link", { name: "Publish at The Provider" });
  await link.waitFor();
  await isForEveryone();
  await screenshot("domain-connect");
  const url = new URL(await link.getAttribute("href"));
  assert.equal(`${url.protocol}//${url.host}`, `https://${pageHost}:${provider.port}`);
  const { DkimAttributes } = await api("GET", `/v2/email/identities/${domain}`);
  const [token1, token2, token3] = DkimAttributes.Tokens;
  const { key, sig, ...asked } = Object.fromEntries(url.searchParams);
  assert.deepEqual(asked, { domain, mailfrom: "bounce", groupId: "dkim,mail-from", token1, token2, token3 });
  assert.equal(key, "_dck1");
  assert.ok(sig);
  const forged = await context.newPage();
  await forged.goto(url.href.replace("mailfrom=bounce", "mailfrom=elsewhere"));
  await forged.getByText("The signature is wrong").waitFor();
  await forged.close();
}, { skip });

step("who comes back without everything added reads what is still missing", async () => {
  const there = await goToProvider();
  await form().getByRole("status").getByText("Waiting for the records").waitFor();
  await there.getByRole("button", { name: "Add them" }).click();
  await there.getByText("The records are added").waitFor();
  await there.close();
  await form().getByText("Successful", { exact: true }).waitFor();
  const missing = form().getByRole("list", { name: "Still missing" });
  await waitFor(async () => (await missing.getByRole("listitem").count()) === 2);
  await missing.getByText(`${mailFrom} MX`).waitFor();
  await missing.getByText(`${mailFrom} TXT`).waitFor();
  await isForEveryone();
  await screenshot("domain-connect-missing");
}, { skip });

step("and once everything is added: Confirmed, by itself", async () => {
  refusesMailFrom = false;
  const there = await goToProvider();
  await there.getByRole("button", { name: "Add them" }).click();
  await there.getByText("The records are added").waitFor();
  await there.close();
  await form().getByText("Confirmed", { exact: true }).waitFor();
  await form().getByRole("status").getByText("All records are there").waitFor();
  await isForEveryone();
  await screenshot("domain-connect-confirmed");
  assert.equal(provider.applied.length, 2);
  await button("Close", form()).last().click();
  await page.getByText("Verified").first().waitFor();
}, { skip });

step("nothing was asked of anybody else, and no attack ran", async () => {
  assert.equal(await page.evaluate(() => window.attacked), undefined);
  assert.deepEqual(violations, []);
}, { skip });
