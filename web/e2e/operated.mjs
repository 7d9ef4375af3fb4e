// `sesame serve` with Knot for the rest of the DNS: the root, the service's own zone, a customer's zone.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { after } from "node:test";
import { Knot } from "./knot.mjs";
import { binary, freePort, Service } from "./sandbox.mjs";
import { begin, button, dialog, domain, mailFrom, page, password } from "./story.mjs";

export const skip = existsSync("/usr/sbin/knotd") ? false : "Knot is not installed";
export const [address, ownDns] = ["127.0.0.1", "127.0.0.3"]; // of Knot, of the built-in name server
export let service;
export let knot;

/** `zones`: more of them, and lines of the customer's. `environment`, `browser`: as Service and begin() take them. */
export async function operate({ zones = {}, environment = {}, browser = {} } = {}) {
  const dns = await freePort(address, ownDns);
  const settings = {
    "service.admin_email": "operator@svc.example",
    "dns.stub_root": `${address}:${dns}`,
    "dns.authoritative_port": dns,
    "dns.listen": [`${ownDns}:${dns}`],
    "dns.trust_anchor": "none",
    "dns.allow_private_servers": true,
    "dns.allow_private_providers": true,
  };
  service = await Service.start(settings, environment);
  knot = new Knot(join(service.directory, "knot"), address, dns, { ".": [], "svc.example": zoneOfService(), ...zones });
  await knot.start();
  await begin(service, browser);
}

after(() => knot?.stop());

/** As the operator publishes it: the service's own zone. */
function zoneOfService() {
  return execFileSync(binary, ["zone", "print", "--config", service.config], { encoding: "utf8" });
}

/** From the first sign-in to the window with the records of the MAIL FROM domain. */
export async function setMailFrom() {
  await page.goto(service.consoleUrl);
  await page.getByLabel("New password").fill(password);
  await page.getByLabel("The same once more").fill(password);
  await page.keyboard.press("Enter");
  await button("Verify a new domain").first().click();
  await dialog("Verify a new domain").getByLabel("Domain").fill(domain);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: domain }).waitFor();
  knot.put("svc.example", zoneOfService()); // with the keys of the new domain
  await button("Set MAIL FROM Domain").click();
  const form = dialog("Set MAIL FROM Domain");
  await form.getByRole("textbox", { name: "MAIL FROM domain" }).fill("bounce");
  await page.keyboard.press("Enter");
  await dialog(`MAIL FROM domain ${mailFrom}`).getByText("Waiting for the MX record.").waitFor();
}
