// `sesame serve --sandbox` on ports of its own, and a browser.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createSocket } from "node:dgram";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";

export const binary = process.env.SESAME_BINARY ?? join(import.meta.dirname, "../../build/release/src/app/sesame");
const browserBinary = process.env.CHROMIUM ?? "/usr/bin/chromium";

async function isFree(address, port) {
  const tcp = createServer();
  const udp = createSocket("udp4");
  try {
    tcp.listen(port, address);
    await once(tcp, "listening");
    udp.bind(port, address);
    await once(udp, "listening");
    return true;
  } catch {
    return false;
  } finally {
    tcp.close();
    try {
      udp.close();
    } catch {
      // it was never bound
    }
  }
}

// Below the range the system takes ports for outgoing connections from.
export async function freePort(...addresses) {
  for (let attempt = 0; attempt < 200; ++attempt) {
    const port = 10000 + Math.floor(Math.random() * 22000);
    const free = await Promise.all(addresses.map((address) => isFree(address, port)));
    if (free.every(Boolean)) return port;
  }
  throw new Error(`no free port on ${addresses.join(", ")}`);
}

export class Sandbox {
  /** `before`: called with the data directory before the program has it; `environment`: more of it. */
  static async start({ before = () => undefined, environment = {} } = {}) {
    const sandbox = new Sandbox();
    sandbox.directory = mkdtempSync(join(tmpdir(), "sesame-console-"));
    const [http, submission] = [await freePort("127.0.0.1"), await freePort("127.0.0.1")];
    const [smtp, dns] = [await freePort("127.0.0.1", "127.0.0.2"), await freePort("127.0.0.1", "127.0.0.2")];
    sandbox.endpoint = `http://127.0.0.1:${http}`;
    sandbox.environment = {
      ...process.env,
      SESAME_HTTP_LISTEN: `127.0.0.1:${http}`,
      SESAME_SUBMISSION_LISTEN: `127.0.0.1:${submission}`,
      SESAME_FEEDBACK_LISTEN: `127.0.0.1:${smtp}`,
      SESAME_DELIVERY_PORT: String(smtp),
      SESAME_DNS_LISTEN: `127.0.0.1:${dns},127.0.0.2:${dns}`,
      ...environment,
    };
    before(join(sandbox.directory, "data"));
    await sandbox.run();
    return sandbox;
  }

  /** Starts the program; also again after stop(), on the same data and ports. */
  async run() {
    const command = ["serve", "--sandbox", "--data-dir", join(this.directory, "data")];
    this.process = spawn(binary, command, { env: this.environment, stdio: ["ignore", "pipe", "inherit"] });
    const banner = new Map();
    for await (const line of createInterface({ input: this.process.stdout })) {
      if (line === "ready") {
        this.consoleUrl = banner.get("console");
        this.accessKeyId = banner.get("access key id");
        this.secretAccessKey = banner.get("secret access key");
        return;
      }
      const [, name, value] = /^ {2}(\S.*?) {2,}(\S+)$/.exec(line) ?? [];
      if (name) banner.set(name, value);
    }
    throw new Error(`the sandbox ended before it was ready: exit ${this.process.exitCode}`);
  }

  async stop() {
    const ended = once(this.process, "exit");
    this.process.kill("SIGTERM");
    await ended;
  }

  async end() {
    if (this.process.exitCode === null) await this.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** `sesame serve` as an operator runs it; `settings` maps "section.key" to a value, `environment` is more of it. */
export class Service {
  static async start(settings, environment = {}) {
    const service = new Service();
    service.directory = mkdtempSync(join(tmpdir(), "sesame-console-"));
    const [http, submission, smtp] = [await freePort("127.0.0.1"), await freePort("127.0.0.1"), await freePort("127.0.0.1")];
    service.endpoint = `http://127.0.0.1:${http}`;
    service.config = join(service.directory, "sesame.toml");
    const all = {
      "service.domain": "svc.example",
      "service.data_dir": join(service.directory, "data"),
      "http.listen": [`127.0.0.1:${http}`],
      "http.public_url": service.endpoint,
      "submission.listen": [`127.0.0.1:${submission}`],
      "feedback.listen": [`127.0.0.1:${smtp}`],
      ...settings,
    };
    // Keys with a dot are TOML's own way to name a table's member.
    writeFileSync(service.config, Object.entries(all).map(([key, value]) => `${key} = ${JSON.stringify(value)}\n`).join(""));
    service.process = spawn(binary, ["serve", "--config", service.config], {
      env: { ...process.env, ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    await service.#started();
    return service;
  }

  /** The link that sets the password is said when everything runs. */
  #started() {
    return new Promise((resolve, reject) => {
      let said = "";
      const listen = (data) => {
        said += data;
        const [, link] = /(http\S+#\/setup\/\S+)/.exec(said) ?? [];
        if (link && !this.consoleUrl) {
          this.consoleUrl = link;
          resolve();
        }
      };
      this.process.stdout.on("data", listen);
      this.process.stderr.on("data", listen);
      this.process.once("exit", () => reject(new Error(`the service ended: ${said}`)));
    });
  }

  async end() {
    if (this.process.exitCode === null) {
      const ended = once(this.process, "exit");
      this.process.kill("SIGTERM");
      await ended;
    }
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** `hosts`: names that the browser finds on loopback. */
export function launchBrowser({ hosts = [] } = {}) {
  return chromium.launch({
    executablePath: browserBinary,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      ...(hosts.length > 0 ? [`--host-resolver-rules=${hosts.map((host) => `MAP ${host} 127.0.0.1`).join(",")}`] : []),
    ],
  });
}
