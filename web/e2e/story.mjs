// The console in a real browser: one service and one story, told in order by the files a test names; each step leaves
// behind what the next one begins with. Screenshots of every page go to build/console/screenshots.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, test } from "node:test";
import { launchBrowser } from "./sandbox.mjs";

const screenshots = join(import.meta.dirname, "../../build/console/screenshots");
const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
export const password = "a long enough password";
export const domain = "shop.example";
export const mailFrom = `bounce.${domain}`;
export const attack = `<img src=x onerror="window.attacked=1"><script>window.attacked=1</script>`;

export let sandbox;
export let browser;
export let context;
export let page;
// What must never happen: a request to elsewhere, a script of the attacks, a fault of a page, a breach of the policy.
export const violations = [];

export function watch(watched) {
  watched.setDefaultTimeout(Number(process.env.SESAME_E2E_TIMEOUT ?? 20_000));
  // A request that a policy forbids is announced, and fails as "csp" without leaving the browser.
  const judge = (request) => {
    const { protocol, origin } = new URL(request.url());
    const own = ["data:", "blob:", "about:"].includes(protocol) || origin === sandbox.endpoint;
    if (!own && request.failure()?.errorText !== "csp") violations.push(`request to ${request.url()}: ${request.failure()?.errorText}`);
  };
  watched.on("requestfinished", judge);
  watched.on("requestfailed", judge);
  watched.on("pageerror", (error) => violations.push(`fault: ${error}`));
  watched.on("dialog", (dialog) => {
    violations.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  watched.on("console", (message) => {
    // Received mail is meant to run into its own policy; nothing else is.
    const aboutMail = message.location().url.includes("/inbox/") || message.text().includes("frame is sandboxed");
    if (/Content Security Policy/.test(message.text()) && !aboutMail) violations.push(message.text());
  });
}

export async function screenshot(name, options = {}) {
  mkdirSync(screenshots, { recursive: true });
  await page.screenshot({ path: join(screenshots, `${name}.png`), ...options });
  if (options.fullPage) await page.reload(); // the window was as high as the page for a moment, which closes the navigation
}

export async function open(hash, heading) {
  await page.goto(`${sandbox.endpoint}/console/#/${hash}`);
  if (heading) await page.getByRole("heading", { level: 1, name: heading }).waitFor();
}

export async function waitFor(holds) {
  const end = performance.now() + 10_000;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`not so within 10 s: ${holds}`);
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(done)));
  }
}

/** One call of the API by the page's own session. */
export function api(method, path, body) {
  return page.evaluate(
    async ([verb, target, content]) => {
      const session = await (await fetch("/console/api/session")).json();
      const answer = await fetch(target, {
        method: verb,
        headers: { "X-Sesame-Csrf": session.csrf_token },
        ...(content === undefined ? {} : { body: JSON.stringify(content) }),
      });
      if (!answer.ok) throw new Error(`${verb} ${target}: ${answer.status} ${await answer.text()}`);
      return answer.json();
    },
    [method, path, body],
  );
}

/** By hand, at the pretend DNS provider. */
export function publish(...records) {
  const list = records.map(([name, type, value]) => ({ name, type, ttl: 60, value }));
  return api("PUT", `/v2/sesame/sandbox/zones/${domain}/records`, list);
}

export const button = (name, within = page) => within.getByRole("button", { name, exact: true });
export const dialog = (name) => page.getByRole("dialog", { name });

/** One step of the story. What follows a step that failed has lost its beginning, and is not tried. */
let broken = false;
export function step(name, work, options = {}) {
  test(name, options, async (t) => {
    if (broken) {
      t.skip("an earlier step failed");
      return;
    }
    try {
      await work();
    } catch (problem) {
      broken = true;
      await screenshot("failure").catch(() => undefined);
      throw problem;
    }
  });
}

/** A browser on the console of a service that runs; both end with the tests. `more`: as launchBrowser() and newContext() take it. */
export async function begin(service, more = {}) {
  sandbox = service;
  browser = await launchBrowser(more);
  const looks = { viewport: { width: 1280, height: 900 }, acceptDownloads: true, reducedMotion: "reduce" };
  context = await browser.newContext({ ...looks, ...more.context });
  page = await context.newPage();
  watch(page);
}

after(async () => {
  await browser?.close();
  await sandbox?.end();
});

// In the page: when whatever moves and will stop has stopped.
const settled = () => {
  const ends = ({ playState, effect }) => playState === "running" && effect?.getComputedTiming().endTime !== Infinity;
  const all = Promise.allSettled(document.getAnimations().filter(ends).map(({ finished }) => finished));
  return Promise.race([all, new Promise((resolve) => setTimeout(resolve, 2000))]).then(() => undefined);
};

// Left out: Cloudscape gives the navigation of a narrow window an aria-orientation, which screen readers ignore there.
export async function seriousFindings() {
  await page.evaluate(settled); // what fades has less contrast on the way
  await page.evaluate(axeSource);
  const { violations: found } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  return found
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => ({ id, nodes: nodes.filter(({ html }) => !(id === "aria-allowed-attr" && /^<nav [^>]*aria-orientation/.test(html))) }))
    .filter(({ nodes }) => nodes.length > 0)
    .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`);
}

/** As the page stands now, with whatever dialog is open. */
export async function isForEveryone() {
  assert.deepEqual(await seriousFindings(), []);
}
