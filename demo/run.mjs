// Drives the gateway over stdio with the MCP Inspector's command line, then with one client that stays while a provider is
// killed, then with two clients over HTTP, and says what it does at each step.

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";

const INSPECTOR = "demo/node_modules/.bin/mcp-inspector";
const GATEWAY = "bin/mcp-gateway";
const IS_ERROR = 5; // the Inspector's exit code for a result that says `isError`
const DEADLINE = 60_000;
const TRIES = 4; // on a busy machine a provider that has just been started may need longer than a call has

process.chdir(join(dirname(fileURLToPath(import.meta.url)), ".."));

const [major] = process.versions.node.split(".").map(Number);
if (major < 20) {
  console.error(`demo: Node ${process.versions.node} is too old: install Node 20 or newer (https://nodejs.org)`);
  process.exit(1);
}

console.log(`
MCP Gateway puts one MCP endpoint in front of many providers. Here it is launched the way an MCP client launches it,
by the official MCP Inspector. It starts hello-go, written in Go, and hello-rs, written in Rust, as providers.yaml says, and talks
gRPC to both.`);

const EXPECTED = ["hello-go.echo.v1", "hello-go.sum.v1", "hello-rs.echo.v1", "hello-rs.sum.v1"];
const areAllThere = ({ tools }) => EXPECTED.every((name) => tools.some((tool) => tool.name === name));
const { tools } = step("List the tools of every provider", ["--method", "tools/list"], 0, areAllThere);
expect(
  areAllThere({ tools }),
  `${EXPECTED.join(", ")} in the list`,
  tools.map((tool) => tool.name).join(", ") || "no tool",
);
for (const tool of tools) show(`${tool.name}   ${tool.description}`);

call("Call a tool: the provider sends the message back", "hello-go.echo.v1", '{"message":"Hi"}', '{"message":"Hi"}');

call("Call another, of the provider in Rust: it adds the numbers up", "hello-rs.sum.v1", '{"numbers":[1,2,3]}', '{"sum":6}');

const refusal = callResult("Call it wrongly: the gateway refuses, and the provider never hears of it", "hello-go.sum.v1", '{"numbers":["x"]}', IS_ERROR);
expect(refusal.includes("/numbers/0"), "a refusal that names /numbers/0", refusal);
show(refusal);

const { contents } = step("Read a resource that both offer: the first of them answers", ["--method", "resources/read", "--uri", "hello://greeting"]);
expect(contents[0]?.text === "Hello, MCP", "Hello, MCP", contents[0]?.text);
show(`hello://greeting → ${contents[0].text}`);

const { messages } = step("Fill in a prompt", ["--method", "prompts/get", "--prompt-name", "hello-plan", "--prompt-args", "name=Alice"]);
const plan = messages[0]?.content.text;
expect(plan === "Hello, Alice! Let me propose a plan for you...", "Hello, Alice! …", plan);
show(`hello-plan → ${plan}`);

await killed();

await shared();

console.log(`
That is all: an MCP client needs nothing but the command ${GATEWAY}. Try \`bin/mcp-gateway --help\`.`);

/** One client stays connected while hello-rs, which somebody else started this time, is killed and started again. */
async function killed() {
  const folder = mkdtempSync(join(tmpdir(), "mcp-gateway-demo-"));
  const client = new Client({ name: "demo", version: "1.0.0" });
  let rust;
  try {
    const address = `127.0.0.1:${await freePort()}`;
    const config = join(folder, "providers.yaml");
    writeFileSync(config, bothProviders(folder, address));
    title("Kill a provider while a client is connected");
    rust = await helloRs(address);
    let changes = 0;
    client.setNotificationHandler("notifications/tools/list_changed", async () => void changes++);
    const transport = new StdioClientTransport({ command: GATEWAY, args: ["--config", config], stderr: "pipe" });
    transport.stderr.setEncoding("utf8").on("data", (text) => (step.log = (step.log + text).slice(-8_192)));
    await client.connect(transport, { timeout: DEADLINE });
    await listed("Both are there", 4);

    await ended(rust);
    await until("the client to be told", () => changes > 0);
    await listed("hello-rs was killed with -9, and the client was told to list again", 2);
    const answer = await client.readResource({ uri: "hello://greeting" });
    show(`   and hello://greeting → ${answer.contents[0].text}, as before`);

    changes = 0;
    rust = await helloRs(address);
    await until("the client to be told", () => changes > 0);
    await listed("hello-rs was started again, and is back", 4);
  } catch (error) {
    fail(error.message);
  } finally {
    await client.close();
    if (rust) await ended(rust);
    rmSync(folder, { recursive: true, force: true });
  }

  async function listed(what, count) {
    let names = [];
    for (let left = TRIES; names.length !== count && left > 0; left--) {
      if (names.length > 0) await new Promise((later) => setTimeout(later, 1_000));
      names = (await client.listTools()).tools.map((tool) => tool.name);
    }
    expect(names.length === count, `${count} tools`, names.join(", "));
    show(`${what}:\n   ${names.join("  ")}`);
  }
}

/** Two clients share one gateway; each is told of what happens behind it, whoever was asking. */
async function shared() {
  const folder = mkdtempSync(join(tmpdir(), "mcp-gateway-demo-"));
  const clients = [new Client({ name: "one", version: "1.0.0" }), new Client({ name: "two", version: "1.0.0" })];
  const told = [0, 0];
  let rust;
  let gateway;
  try {
    const address = `127.0.0.1:${await freePort()}`;
    const config = join(folder, "providers.yaml");
    writeFileSync(config, bothProviders(folder, address));
    title("Serve two clients at once, over HTTP");
    rust = await helloRs(address);
    gateway = spawn(GATEWAY, ["--config", config, "serve", "--listen", "127.0.0.1:0"], { stdio: ["ignore", "ignore", "pipe"] });
    const url = new URL(`http://127.0.0.1:${await listening(gateway)}/mcp`);
    for (const [i, client] of clients.entries()) {
      client.setNotificationHandler("notifications/tools/list_changed", async () => void told[i]++);
      await client.connect(new StreamableHTTPClientTransport(url), { timeout: DEADLINE });
      for (let left = 20; (await client.listTools()).tools.length !== 4; left--) {
        if (left === 0) fail("the list has not had 4 tools");
        await new Promise((later) => setTimeout(later, 500));
      }
    }
    show(`mcp-gateway serve   → ${url}, two sessions`);
    const sum = await clients[0].callTool({ name: "hello-rs.sum.v1", arguments: { numbers: [1, 2, 3] } });
    expect(sum.content[0].text === '{"sum":6}', '{"sum":6}', sum.content[0].text);
    show(`one calls hello-rs.sum.v1   → ${sum.content[0].text}`);

    told.fill(0);
    await ended(rust);
    await until("both to be told", () => told.every((times) => times > 0));
    const left = (await clients[1].listTools()).tools.map((tool) => tool.name);
    expect(left.length === 2, "2 tools", left.join(", "));
    show(`hello-rs was killed; both were told, and two lists\n   ${left.join("  ")}`);
  } catch (error) {
    fail(error.message);
  } finally {
    for (const client of clients) await client.close();
    if (gateway) {
      gateway.kill("SIGTERM");
      if (gateway.exitCode === null) await once(gateway, "exit");
    }
    if (rust) await ended(rust);
    rmSync(folder, { recursive: true, force: true });
  }
}

function bothProviders(folder, address) {
  return `
providers:
  - {name: hello-go, type: grpc, command: ["${process.cwd()}/providers/hello-go/bin/hello-go"]}
  - {name: hello-rs, type: grpc, address: "${address}"}
gateway: {pluginsDir: "${process.cwd()}/plugins-dir", workDir: "${folder}/work"}
`;
}

/** The port that a gateway says it listens on. */
async function listening(gateway) {
  for await (const line of createInterface({ input: gateway.stderr })) {
    step.log = (step.log + line + "\n").slice(-8_192);
    const said = /listens on \S*?:(\d+)/.exec(line);
    if (said) {
      gateway.stderr.resume();
      return Number(said[1]);
    }
  }
  return fail("the gateway ended before it listened");
}

async function helloRs(address) {
  const child = spawn("providers/hello-rs/bin/hello-rs", ["--listen", address], { stdio: ["ignore", "ignore", "pipe"] });
  const failed = once(child, "exit").then(() => fail("hello-rs ended"));
  await Promise.race([once(child.stderr, "data"), failed]); // its first line: it listens
  child.stderr.resume();
  return child;
}

async function ended(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.removeAllListeners("exit");
  const exit = once(child, "exit");
  child.kill("SIGKILL");
  await exit;
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  await new Promise((closed) => server.close(closed));
  return port;
}

async function until(what, holds) {
  for (const end = Date.now() + DEADLINE; !holds(); await new Promise((later) => setTimeout(later, 20))) {
    if (Date.now() > end) fail(`waited ${DEADLINE / 1000} s for ${what}`);
  }
}

function call(title, tool, args, expected) {
  const text = callResult(title, tool, args, 0);
  expect(text === expected, expected, text);
  show(text);
}

function callResult(title, tool, args, exitCode) {
  const inTime = (result) => !/timed out|unavailable|unknown tool/.test(JSON.stringify(result ?? ""));
  const result = step(title, ["--method", "tools/call", "--tool-name", tool, "--tool-args-json", args], exitCode, inTime);
  return result.content.filter((block) => block.type === "text").map((block) => block.text).join("\n");
}

/**
 * Runs the Inspector against a gateway of its own and returns the MCP result; once more where it does not exit or answer as it will
 * when the providers are up.
 */
function step(text, args, exitCode = 0, isUp = () => true) {
  title(text);
  console.log(`   $ ${[INSPECTOR, "--cli", GATEWAY, ...args].map(quoted).join(" ")}`);

  for (let left = TRIES - 1; ; left--) {
    const run = spawnSync(INSPECTOR, ["--cli", GATEWAY, "--format", "json", ...args], { encoding: "utf8", timeout: DEADLINE });
    step.log = run.stderr ?? "";
    if (run.error) fail(run.error.code === "ETIMEDOUT" ? `no answer within ${DEADLINE / 1000} s` : run.error.message);
    const result = resultOf(run.stdout);
    if (left > 0 && !(run.status === exitCode && result !== undefined && isUp(result))) continue;
    expect(run.status === exitCode, `the Inspector to exit with ${exitCode}`, `${run.status ?? run.signal}: ${run.stdout.trim()}`);
    if (result === undefined) fail(`the Inspector printed no JSON: ${run.stdout}`);
    return result;
  }
}

function resultOf(stdout) {
  try {
    return JSON.parse(stdout).result;
  } catch {
    return undefined;
  }
}

function title(text) {
  step.number = (step.number ?? 0) + 1;
  step.title = text;
  step.log = "";
  console.log(`\n${step.number}. ${text}`);
}

function show(text) {
  for (const line of text.split("\n")) console.log(line);
}

function expect(holds, expected, found) {
  if (!holds) fail(`expected ${expected}, found ${found}`);
}

function fail(why) {
  console.error(`\ndemo: step ${step.number} failed (${step.title}): ${why}`);
  const log = step.log.trim().split("\n").slice(-20).join("\n");
  if (log) console.error(`The last lines of the gateway's log and the Inspector's:\n${log}`);
  process.exit(1);
}

function quoted(word) {
  return /^[\w./:=-]+$/.test(word) ? word : `'${word}'`;
}
