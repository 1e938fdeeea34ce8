// Compiles src/ into gewerk_ui/static/gewerk/: CSS, the icon sprite, the script, fonts, htmx, licences.
// `node tools/build.mjs --check` writes nothing and fails where the committed files differ or a template names an
// icon that is not in src/icons.txt. Read README.md first.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync, existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const here = dirname(dirname(fileURLToPath(import.meta.url)));
const target = join(here, "gewerk_ui", "static", "gewerk");
const modules = join(here, "node_modules");
const checking = process.argv.includes("--check");
const GZIP_LIMIT = 15 * 1024; // first paint under a second on the small machine: the CSS stays in one TCP window

function css() {
  const directory = mkdtempSync(join(tmpdir(), "gewerk-ui-"));
  const out = join(directory, "app.css");
  const cli = join(modules, "@tailwindcss", "cli", "dist", "index.mjs");
  execFileSync(process.execPath, [cli, "-i", "src/app.css", "-o", out, "--minify"], { cwd: here, stdio: "pipe" });
  const text = readFileSync(out, "utf8").trimEnd() + "\n";
  rmSync(directory, { recursive: true });
  return text;
}

function iconNames() {
  return readFileSync(join(here, "src", "icons.txt"), "utf8").split("\n").filter(Boolean);
}

function sprite() {
  const symbols = iconNames().map((name) => {
    const source = readFileSync(join(modules, "lucide-static", "icons", `${name}.svg`), "utf8");
    const body = source.replace(/<!--[\s\S]*?-->/g, "").match(/<svg[^>]*>([\s\S]*)<\/svg>/)[1];
    return `<symbol id="${name}" viewBox="0 0 24 24">${body.replace(/\s*\n\s*/g, "").replace(/ \/>/g, "/>")}</symbol>`;
  });
  const logo = readFileSync(join(here, "src", "logo.svg"), "utf8").match(/<svg[^>]*>([\s\S]*)<\/svg>/)[1];
  symbols.push(`<symbol id="logo" viewBox="0 0 28 28">${logo.replace(/\s*\n\s*/g, "")}</symbol>`);
  const licence = "<!-- Icons: Lucide (ISC), see LICENSES/lucide.txt -->";
  return `<svg xmlns="http://www.w3.org/2000/svg">${licence}\n${symbols.join("\n")}\n</svg>\n`;
}

// Each file of src/js is a scope of its own inside one module: no import a hashed file name could break.
function script() {
  const directory = join(here, "src", "js");
  const parts = readdirSync(directory).sort().map((name) => {
    return `// ${name}\n{\n${readFileSync(join(directory, name), "utf8").trimEnd()}\n}\n`;
  });
  return parts.join("\n");
}

// The app for on site is one module of its own: it opens without network and shares nothing with the pages.
function fieldScript() {
  const directory = join(here, "src", "field");
  return readdirSync(directory).sort().map((name) => `// ${name}\n${readFileSync(join(directory, name), "utf8").trimEnd()}\n`).join("\n");
}

function* templates(directory) {
  if (!existsSync(directory)) return;
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) yield* templates(path);
    else if (path.includes("/templates/") && path.endsWith(".html")) yield path;
  }
}

function unknownIcons() {
  const known = new Set([...iconNames(), "logo"]);
  const found = [];
  for (const root of ["server/gewerk", "connect/gewerk_connect"]) {
    for (const path of templates(join(here, "..", root))) {
      const text = readFileSync(path, "utf8");
      for (const match of text.matchAll(/(?:<c-icon[^>]*?\sname|[\s"']icon|icons\.svg#?)=?"([a-z0-9-]+)"/g)) {
        if (!known.has(match[1])) found.push(`${relative(join(here, ".."), path)}: ${match[1]}`);
      }
    }
  }
  return found;
}

const copied = {
  "htmx.min.js": "htmx.org/dist/htmx.min.js",
  "fonts/inter-latin.woff2": "@fontsource-variable/inter/files/inter-latin-opsz-normal.woff2",
  "fonts/inter-latin-ext.woff2": "@fontsource-variable/inter/files/inter-latin-ext-opsz-normal.woff2",
  "LICENSES/inter.txt": "@fontsource-variable/inter/LICENSE",
  "LICENSES/htmx.txt": "htmx.org/LICENSE",
  "LICENSES/lucide.txt": "lucide-static/LICENSE",
  "LICENSES/tailwindcss.txt": "tailwindcss/LICENSE",
};

const wanted = new Map([
  ["app.css", Buffer.from(css())],
  ["icons.svg", Buffer.from(sprite())],
  ["app.js", Buffer.from(script())],
  ["field.js", Buffer.from(fieldScript())],
  ["favicon.svg", readFileSync(join(here, "src", "favicon.svg"))],
]);
for (const [name, source] of Object.entries(copied)) wanted.set(name, readFileSync(join(modules, source)));

const complaints = unknownIcons().map((line) => `icon not in src/icons.txt: ${line}`);
const zipped = gzipSync(wanted.get("app.css"), { level: 9 }).length;
if (zipped > GZIP_LIMIT) complaints.push(`app.css is ${zipped} bytes gzipped, more than ${GZIP_LIMIT}`);
for (const [name, bytes] of wanted) {
  const path = join(target, name);
  if (existsSync(path) && readFileSync(path).equals(bytes)) continue;
  if (checking) complaints.push(`differs from its source: ${relative(here, path)} (run ui/build)`);
  else {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
    console.log(`wrote ${relative(here, path)}`);
  }
}
console.log(`app.css ${wanted.get("app.css").length} bytes, ${zipped} gzipped`);
if (complaints.length) {
  console.error(complaints.join("\n"));
  process.exit(1);
}
