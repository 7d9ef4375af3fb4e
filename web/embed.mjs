// Makes the built console a C++ source: node embed.mjs DIST OUT
//
// OUT/bundle.cc defines sesame::console::bundled_assets() (src/console/assets.h); the octets are files beside it that
// it names (.incbin), plain and compressed. A file's name is the hash of its octets, so that bundle.cc changes exactly
// when a content does.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { extname, join, relative, resolve, sep } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const types = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".woff2": "font/woff2",
};

function files(directory) {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? files(join(directory, entry.name)) : [join(directory, entry.name)],
  );
}

const [, , dist, out] = process.argv;
if (!dist || !out) throw new Error("usage: node embed.mjs DIST OUT");
const octetsDirectory = resolve(out, "octets");
rmSync(octetsDirectory, { recursive: true, force: true });
mkdirSync(octetsDirectory, { recursive: true });

const kept = new Map(); // hash -> octets; equal contents are there once
function keep(octets) {
  const hash = createHash("sha256").update(octets).digest("hex").slice(0, 32);
  if (!kept.has(hash)) writeFileSync(join(octetsDirectory, hash), octets);
  kept.set(hash, octets.length);
  return hash;
}

// Compressed only if that saves a tenth: fonts and the like are compressed already.
function worthwhile(octets, compressed) {
  return compressed.length < octets.length * 0.9 ? keep(compressed) : null;
}

function view(hash) {
  return hash === null ? "{}" : `{octets_${hash}, ${kept.get(hash)}}`;
}

function byOctets(a, b) {
  return a.path < b.path ? -1 : 1;
}

const assets = files(dist).map((file) => {
  const path = relative(dist, file).split(sep).join("/");
  const type = types[extname(file)];
  if (!type) throw new Error(`no media type is known for ${path}`);
  const octets = readFileSync(file);
  const brotli = brotliCompressSync(octets, {
    params: { [constants.BROTLI_PARAM_QUALITY]: statSync(file).size > 4_000_000 ? 9 : 11 },
  });
  return {
    path,
    type,
    immutable: path.startsWith("assets/"),
    plain: keep(octets),
    gzip: worthwhile(octets, gzipSync(octets, { level: 9 })),
    brotli: worthwhile(octets, brotli),
  };
});

const symbols = [...kept.keys()];
const source = `// Made by web/embed.mjs.
#include "console/assets.h"

asm(R"(.section .rodata
${symbols.map((hash) => `octets_${hash}: .incbin "${join(octetsDirectory, hash)}"`).join("\n")}
.text
)");

extern "C" {
${symbols.map((hash) => `extern const char octets_${hash}[];`).join("\n")}
}

namespace sesame::console {

std::span<const Asset> bundled_assets() {
  static const Asset assets[] = {
${assets
  .sort(byOctets)
  .map(
    (a) =>
      `      {"${a.path}", "${a.type}", "\\"${a.plain}\\"", ${a.immutable},\n       ${view(a.plain)}, ${view(a.gzip)}, ${view(a.brotli)}},`,
  )
  .join("\n")}
  };
  return assets;
}

}  // namespace sesame::console
`;
let before = "";
try {
  before = readFileSync(join(out, "bundle.cc"), "utf8");
} catch {
  // the first build
}
if (before !== source) writeFileSync(join(out, "bundle.cc"), source);
const sum = (key) => assets.reduce((total, a) => total + kept.get(a[key] ?? a.plain), 0);
console.log(`console: ${assets.length} files, ${Math.round(sum("plain") / 1024)} KiB, ${Math.round(sum("brotli") / 1024)} KiB compressed`);
