// Every page for everyone: axe, dark and narrow, by keyboard; and nothing that must never happen has.
import assert from "node:assert/strict";
import { button, dialog, domain, mailFrom, open, page, screenshot, seriousFindings, step, violations, waitFor } from "./story.mjs";

const pages = [
  ["domains", "Domains"],
  [`domains/${domain}`, domain],
  ["dns-providers", "DNS providers"],
  ["dashboard", "Account dashboard"],
  ["send", "Send a test email"],
  ["messages", "Messages"],
  ["inbox", "Inbox"],
  ["templates", "Templates"],
  ["templates/welcome", "welcome"],
  ["new-template", "New template"],
  ["configuration-sets", "Configuration sets"],
  ["configuration-sets/newsletter", "newsletter"],
  ["topics", "Topics"],
  ["topics/arn:aws:sns:us-east-1:000000000000:mail-events", "mail-events"],
  ["suppression", "Suppression list"],
  ["credentials", "Access keys"],
  ["settings", "Settings"],
];

step("no page has a serious accessibility finding, light or dark, wide or narrow", async () => {
  const findings = [];
  await page.reload(); // without notices that fade out under the scan
  for (const [mode, width] of [
    ["light", 1280],
    ["dark", 1280],
    ["light", 390],
  ]) {
    await page.emulateMedia({ colorScheme: mode, reducedMotion: "reduce" });
    await page.setViewportSize({ width, height: 900 });
    for (const [hash, heading] of pages) {
      await open(hash, heading);
      await page.waitForLoadState("networkidle").catch(() => undefined); // live pages never are
      for (const one of await seriousFindings()) findings.push(`${hash} (${mode}, ${width}): ${one}`);
      const name = hash.split(/[/:]/).at(-1).replace(domain, "domain-page");
      if (mode === "dark" || width < 600) await screenshot(`${name}-${width < 600 ? "narrow" : "dark"}`);
      const tooWide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth + 1);
      if (tooWide) findings.push(`${hash} (${mode}, ${width}): the page scrolls sideways`);
    }
  }
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize({ width: 1280, height: 900 });
  assert.deepEqual(findings, []);
});

step("the keyboard alone opens a domain's dialog and leaves it", async () => {
  await open(`domains/${domain}`, domain);
  await button("Set MAIL FROM Domain").focus();
  await page.keyboard.press("Enter");
  const form = dialog("Set MAIL FROM Domain");
  await form.waitFor();
  const focused = (name) => page.evaluate((member) => document.activeElement?.[member], name);
  await waitFor(async () => (await focused("tagName")) === "INPUT");
  await page.keyboard.type("bounce");
  await form.getByText(`Messages will leave with ${mailFrom}.`).waitFor();
  await page.keyboard.press("Escape");
  await form.waitFor({ state: "hidden" });
  await waitFor(async () => (await focused("textContent")) === "Set MAIL FROM Domain");
});

step("a domain is deleted only by who types its name", async () => {
  await open(`domains/${domain}`, domain);
  await button("Delete domain").click();
  const form = dialog("Delete this domain?");
  assert.ok(await button("Delete domain", form).isDisabled());
  await form.getByLabel("To confirm, type the domain").fill(domain);
  await button("Delete domain", form).click();
  await page.getByText("No domains yet").waitFor();
});

step("nothing was asked of anybody else, and no attack ran", async () => {
  assert.equal(await page.evaluate(() => window.attacked), undefined);
  assert.deepEqual(violations, []);
});
