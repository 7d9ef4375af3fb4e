// Records that were there and are lost: told wherever somebody looks, and kept in the history.
import { api, button, dialog, domain, isForEveryone, mailFrom, open, page, publish, screenshot, step } from "./story.mjs";

const alarm = () => page.getByText("1 identity has lost DNS records");

step("a MAIL FROM domain that loses its records is told on every page that lists it", async () => {
  await open(`domains/${domain}`, domain);
  await api("DELETE", `/v2/sesame/sandbox/zones/${domain}/records?name=${mailFrom}&type=MX`);
  await button("Look now").click(); // a confirmed domain is looked at every half hour otherwise
  await page.getByText(`${mailFrom} no longer has its records`).waitFor();
  await screenshot("domain-drifted");
  await open("domains", "Domains");
  await alarm().waitFor();
  await isForEveryone();
  await screenshot("domains-drifted");
  await open("dashboard", "Account dashboard");
  await alarm().waitFor();
  await page.getByRole("link", { name: domain }).first().click();
  await page.getByRole("heading", { level: 1, name: domain }).waitFor();
});

step("what changed is kept, with what the records looked like", async () => {
  const history = page.getByRole("table", { name: "What changed, newest first" });
  await history.getByText("Confirmed → In trouble").waitFor();
  await history.getByText("10 feedback-smtp.us-east-1.svc.example → nothing").waitFor();
  await button("Show older ones").click();
  await history.getByText("Pending → Confirmed").waitFor();
  await history.getByText(`Set to ${mailFrom}`).waitFor();
  await history.getByText("Registered").waitFor();
  await history.getByText(/onerror/).first().waitFor(); // the attack that was published, as text
  await history.scrollIntoViewIfNeeded();
  await screenshot("history");
});

step("the alarm ends when the records are back", async () => {
  await publish([mailFrom, "MX", "10 feedback-smtp.us-east-1.svc.example"]);
  await page.getByText(`${mailFrom} no longer has its records`).waitFor({ state: "hidden" }); // by itself
  await page.getByText("In trouble → Confirmed").waitFor();
  await open("domains", "Domains");
  await page.getByRole("link", { name: domain }).waitFor();
  await alarm().waitFor({ state: "hidden" });
});

step("a MAIL FROM domain can be removed", async () => {
  await open(`domains/${domain}`, domain);
  await button("Remove MAIL FROM Domain").click();
  await button("Remove MAIL FROM Domain", dialog("Remove the MAIL FROM domain?")).click();
  await page.getByText("Not set: messages leave with svc.example").waitFor();
  await page.getByText(`Removed; it was ${mailFrom}`).waitFor();
});
