// A DNS provider that offers Domain Connect (2.2): its settings, our template as packaging/ has it, and the page that
// checks the signature, asks its customer, and adds the records to the customer's zone.
import { execFileSync } from "node:child_process";
import { createPublicKey, verify } from "node:crypto";
import { Resolver } from "node:dns/promises";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./sandbox.mjs";

const apiHost = "api.provider.example";
export const pageHost = "apply.provider.example";
const template = JSON.parse(readFileSync(join(import.meta.dirname, "../../packaging/domain-connect/svc.example.mail.json"), "utf8"));
const templatePath = `/v2/domainTemplates/providers/${template.providerId}/services/${template.serviceId}`;
const escaped = (text) => text.replace(/[&<>"]/g, (character) => `&#${character.codePointAt(0)};`);

export class DomainConnectProvider {
  displayName = "The Provider";
  hasTemplate = true;
  applied = []; // the queries its customer agreed to

  /** Of one zone. `add`: called with what the customer agreed to, as lines of a zone file. */
  constructor(zone, add) {
    Object.assign(this, { zone, add });
  }

  async start() {
    this.directory = mkdtempSync(join(tmpdir(), "sesame-provider-"));
    const [key, certificate] = [join(this.directory, "key.pem"), join(this.directory, "certificate.pem")];
    const names = `subjectAltName=DNS:${apiHost},DNS:${pageHost}`;
    execFileSync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
      `/CN=${apiHost}`, "-addext", names, "-keyout", key, "-out", certificate], { stdio: "pipe" });
    this.environment = { SSL_CERT_FILE: certificate }; // of those who are to trust it
    this.port = await freePort("127.0.0.1");
    this.server = createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, (request, response) => {
      this.#answer(request)
        .catch((problem) => [500, "text/plain", String(problem)])
        .then(([status, type, text]) => response.writeHead(status, { "Content-Type": type }).end(text));
    });
    this.server.listen(this.port, "127.0.0.1");
    await once(this.server, "listening");
    return this;
  }

  /** What stands in the DNS: at the customer's zone, and in the provider's own. */
  get discovery() {
    return `_domainconnect TXT "${apiHost}:${this.port}/dc"`;
  }
  get zones() {
    return { "provider.example": ["api A 127.0.0.1", "apply A 127.0.0.1"] };
  }

  /** Where the key is asked for that signed what a browser brings. */
  askAt(nameServer, port) {
    this.resolver = new Resolver({ timeout: 2000, tries: 2 });
    this.resolver.setServers([`${nameServer}:${port}`]);
  }

  stop() {
    this.server?.close();
    this.server?.closeAllConnections();
    if (this.directory) rmSync(this.directory, { recursive: true, force: true });
  }

  async #answer({ method, url }) {
    const [path, query = ""] = url.split("?");
    if (path === `/dc/v2/${this.zone}/settings`) return this.#json(this.#settings());
    if (path === `/dc${templatePath}`) return this.hasTemplate ? this.#json(template) : [404, "text/plain", "no such template"];
    if (path !== `${templatePath}/apply`) return [404, "text/plain", "nothing here"];
    if (!(await this.#isSigned(query))) return [403, "text/html", "<h1>The signature is wrong</h1>"];
    const asked = new URLSearchParams(query);
    if (method !== "POST") return [200, "text/html", this.#question(asked)];
    this.applied.push(query);
    await this.add(this.#records(asked), asked);
    return [200, "text/html", "<h1>The records are added</h1><p>You can close this window.</p>"];
  }

  #json = (value) => [200, "application/json", JSON.stringify(value)];

  #settings() {
    return {
      providerId: "provider.example",
      providerName: "provider.example",
      providerDisplayName: this.displayName,
      urlSyncUX: `https://${pageHost}:${this.port}`,
      urlAPI: `https://${apiHost}:${this.port}/dc`,
    };
  }

  #question(asked) {
    const lines = this.#records(asked).map((line) => `<li>${escaped(line)}</li>`);
    return `<h1>Add to ${escaped(asked.get("domain"))}?</h1><ul>${lines.join("")}</ul><form method="post"><button>Add them</button></form>`;
  }

  /** The digital signature of the synchronous flow: RSA-SHA256 over the query before it, the key in TXT records. */
  async #isSigned(query) {
    const [, signed, label, signature] = /^(.*)&key=([^&]+)&sig=([^&]+)$/.exec(query) ?? [];
    if (!signed) return false;
    const found = await this.resolver.resolveTxt(`${label}.${template.syncPubKeyDomain}`);
    const parts = found.map((strings) => Object.fromEntries(strings.join("").split(",").map((field) => field.split(/=(.*)/s))));
    const inOrder = parts.sort((one, other) => Number(one.p) - Number(other.p));
    const key = createPublicKey({ key: Buffer.from(inOrder.map(({ d }) => d).join(""), "base64"), format: "der", type: "spki" });
    return verify("sha256", Buffer.from(signed), key, Buffer.from(decodeURIComponent(signature), "base64"));
  }

  /** The template's records of the groups that are asked for. */
  #records(asked) {
    const groups = asked.get("groupId").split(",");
    const filled = (text) => text.replace(/%(\w+)%/g, (_, variable) => asked.get(variable));
    return template.records
      .filter(({ groupId }) => groups.includes(groupId))
      .map(({ type, host, pointsTo, priority, data, ttl }) => {
        const value = type === "TXT" ? `"${filled(data)}"` : `${priority ?? ""} ${filled(pointsTo)}.`.trim();
        return `${filled(host)} ${ttl} ${type} ${value}`;
      });
  }
}
