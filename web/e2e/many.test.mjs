// A list of 10,000 identities: shown, paged and searched within a second each. Needs the program that fills a data
// directory (bench/fill_identities); skipped by name where it was not built.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { launchBrowser, Sandbox } from "./sandbox.mjs";

const filler = process.env.SESAME_FILL_IDENTITIES ?? join(import.meta.dirname, "../../build/release/bench/fill_identities");
const count = 10_000;

/** Milliseconds that `work` took. */
async function timed(what, work) {
  const began = performance.now();
  await work();
  const milliseconds = Math.round(performance.now() - began);
  console.log(`${what}: ${milliseconds} ms`);
  // Under a second on a quiet machine, which a machine that runs other tests beside is not.
  assert.ok(milliseconds < 3000, `${what}: ${milliseconds} ms`);
}

test("ten thousand identities", { skip: existsSync(filler) ? false : "bench/fill_identities was not built" }, async () => {
  const sandbox = await Sandbox.start({ before: (data) => execFileSync(filler, [data, String(count), "many.example", "86400"]) });
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    page.setDefaultTimeout(20_000);
    await page.goto(sandbox.consoleUrl);
    await page.getByLabel("New password").fill("a long enough password");
    await page.getByLabel("The same once more").fill("a long enough password");
    await page.keyboard.press("Enter");
    await page.getByText("(10,000)").waitFor();

    const row = (name) => page.getByRole("link", { name, exact: true });
    await timed("the list", async () => {
      await page.reload();
      await row("c0.many.example").waitFor();
    });
    await timed("the next page", async () => {
      await page.getByRole("button", { name: "Next page" }).first().click();
      await row("c1045.many.example").waitFor(); // by name: c0, c1, c10, c100, c1000, …
    });
    await timed("a search for one", async () => {
      await page.getByRole("searchbox", { name: "Find domains" }).fill("c9876.");
      await page.getByText("1 match", { exact: true }).first().waitFor();
      await row("c9876.many.example").waitFor();
    });
    await timed("a search for many", async () => {
      await page.getByRole("searchbox", { name: "Find domains" }).fill("99");
      await row("c1099.many.example").waitFor();
    });
    await timed("a search for none", async () => {
      await page.getByRole("searchbox", { name: "Find domains" }).fill("nothing");
      await page.getByText("Nothing matches").waitFor();
    });
  } finally {
    await browser.close();
    await sandbox.end();
  }
});
