// A real authoritative name server that takes updates signed with one key (RFC 2136, RFC 8945), as a DNS provider does.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const knotd = "/usr/sbin/knotd";
const knotc = "/usr/sbin/knotc";

export class Knot {
  keyName = "publisher";
  key = Buffer.from("a shared secret of thirty-two oc").toString("base64");

  /** `zones`: names and the lines of their zone files beside SOA and NS, or a whole file as text. */
  constructor(directory, address, port, zones) {
    Object.assign(this, { directory, address, port, zones });
    mkdirSync(directory, { recursive: true });
  }

  async start() {
    for (const name of Object.keys(this.zones)) this.#write(name);
    this.#configure();
    this.process = spawn(knotd, ["-c", join(this.directory, "knot.conf")], { stdio: "ignore" });
    const end = performance.now() + 10_000;
    while (!this.#answers()) {
      if (performance.now() > end) throw new Error("knotd does not answer its control socket");
    }
    for (const name of Object.keys(this.zones)) this.#control("-b", "zone-reload", name);
    return this;
  }

  /** Replaces a zone. */
  put(name, content) {
    this.zones[name] = content;
    this.#write(name);
    this.#control("-b", "zone-reload", name);
  }

  /** The values at a name as Knot has them, in zone-file form. */
  read(zone, name, type) {
    const owner = `${name}.`;
    return this.#control("zone-read", zone)
      .split("\n")
      .map((line) => line.replace(/^\[[^\]]*\]\s+/, "").split(/\s+/))
      .filter(([at, , kind]) => at === owner && kind === type)
      .map(([, , , ...value]) => value.join(" "));
  }

  async stop() {
    if (!this.process) return;
    const ended = once(this.process, "exit");
    this.process.kill("SIGTERM");
    await ended;
  }

  #file(name) {
    return join(this.directory, `${name === "." ? "root" : name}.zone`);
  }

  #write(name) {
    const content = this.zones[name];
    const origin = name === "." ? "." : `${name}.`;
    const host = name === "." ? "ns1.root." : `ns1.${origin}`;
    this.serial = (this.serial ?? 0) + 1;
    const head = [
      `$ORIGIN ${origin}`,
      "$TTL 5",
      `@ SOA ${host} hostmaster.root. ${this.serial} 60 60 600 1`,
      `@ NS ${host}`,
      `${host} A ${this.address}`,
    ];
    writeFileSync(this.#file(name), typeof content === "string" ? content : `${[...head, ...content].join("\n")}\n`);
  }

  #configure() {
    const zones = Object.keys(this.zones).map(
      (name) => `  - domain: "${name}"\n    file: "${this.#file(name)}"\n    zonefile-sync: -1\n    zonefile-load: whole\n    journal-content: none\n    acl: publisher`,
    );
    const lines = [
      "server:",
      `  listen: ${this.address}@${this.port}`,
      `  rundir: ${this.directory}`,
      `  pidfile: ${this.directory}/knot.pid`,
      "control:",
      `  listen: ${this.directory}/knot.sock`,
      "database:",
      `  storage: ${this.directory}/db`,
      "log:",
      "  - target: stderr",
      "    any: warning",
      "key:",
      `  - id: ${this.keyName}`,
      "    algorithm: hmac-sha256",
      `    secret: ${this.key}`,
      "acl:",
      "  - id: publisher",
      `    key: ${this.keyName}`,
      "    action: [update, transfer, query]",
      "zone:",
      ...zones,
    ];
    writeFileSync(join(this.directory, "knot.conf"), `${lines.join("\n")}\n`);
  }

  #answers() {
    try {
      this.#control("status");
      return true;
    } catch {
      return false; // not yet
    }
  }

  #control(...words) {
    return execFileSync(knotc, ["-s", join(this.directory, "knot.sock"), ...words], { encoding: "utf8", timeout: 20_000, stdio: "pipe" });
  }
}
