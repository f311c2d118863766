// An MCP client on the launcher's standard input and output, as dev/third-party-test needs it: drops a jar into the plugin
// folder of a gateway that runs, replaces it under calls, removes it. One line a check, as Go's tests print them.
//
//   node dev/third-party-client.mjs LAUNCHER CONFIGURATION PLUGINS-DIR FIRST-JAR SECOND-JAR

import { spawn } from "node:child_process";
import { copyFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

const [launcher, configuration, pluginsDir, firstJar, secondJar] = process.argv.slice(2);
const TOOL = "greeter.greet.v1";
const PATIENCE = 20_000;

const gateway = spawn(launcher, ["--config", configuration, "stdio"], { stdio: ["pipe", "pipe", "pipe"] });
const log = [];
createInterface({ input: gateway.stderr }).on("line", (line) => log.push(line));
const waiting = new Map();
let listChanges = 0;
createInterface({ input: gateway.stdout }).on("line", (line) => {
  const message = JSON.parse(line);
  if (message.method === "notifications/tools/list_changed") {
    listChanges++;
  } else if (waiting.has(message.id)) {
    waiting.get(message.id)(message);
    waiting.delete(message.id);
  }
});

let ids = 0;
const send = (message) => gateway.stdin.write(JSON.stringify({ jsonrpc: "2.0", ...message }) + "\n");
const ask = (method, params) =>
  new Promise((answer) => {
    const id = ++ids;
    waiting.set(id, answer);
    send({ id, method, params });
  });
const tools = async () => (await ask("tools/list", {})).result.tools.map((tool) => tool.name);
const greet = async () => {
  const { result, error } = await ask("tools/call", { name: TOOL, arguments: { name: "Alice" } });
  if (error || result.isError) throw new Error(`the call failed: ${error ? error.message : result.content[0].text}`);
  return result.content[0].text;
};

async function until(what, isSo) {
  const end = Date.now() + PATIENCE;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error(`waited ${PATIENCE / 1000} s for ${what}`);
    await new Promise((done) => setTimeout(done, 20));
  }
}

const equal = (is, wanted) => {
  if (is !== wanted) throw new Error(`it is '${is}' and should be '${wanted}'`);
};

// By renaming, as `make build` does it: the gateway sees a whole jar.
function put(jar) {
  const part = join(pluginsDir, ".greeter.part");
  copyFileSync(jar, part);
  renameSync(part, join(pluginsDir, "greeter.jar"));
}

let failed = false;
async function check(name, test) {
  try {
    const started = Date.now();
    await test();
    console.log(`--- PASS: ${name} (${((Date.now() - started) / 1000).toFixed(2)}s)`);
  } catch (e) {
    failed = true;
    console.log(`--- FAIL: ${name}\n    ${e.message}`);
  }
}

await ask("initialize", { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "third-party-test", version: "1" } });
send({ method: "notifications/initialized" });

await check("a_jar_dropped_into_a_running_gateway_is_listed_and_called", async () => {
  equal((await tools()).length, 0);
  put(firstJar);
  await until("list_changed", () => listChanges > 0);
  equal((await tools()).join(), TOOL);
  equal(await greet(), "Hello, Alice!");
});

await check("its_next_version_takes_over_without_a_failed_call", async () => {
  let calling = true;
  const callers = Array.from({ length: 4 }, async () => {
    let last = "";
    while (calling) {
      const answer = await greet();
      if (last === "Good day, Alice!") equal(answer, last); // never back again
      last = answer;
    }
  });
  const called = Promise.all(callers);
  put(secondJar);
  try {
    await Promise.race([called, until("the new answer", async () => (await greet()) === "Good day, Alice!")]);
  } finally {
    calling = false;
  }
  await called;
  equal((await tools()).join(), TOOL);
});

await check("a_jar_that_is_removed_takes_its_tools_with_it", async () => {
  equal((await tools()).join(), TOOL);
  const before = listChanges;
  rmSync(join(pluginsDir, "greeter.jar"));
  await until("list_changed", () => listChanges > before);
  equal((await tools()).length, 0);
  const { error } = await ask("tools/call", { name: TOOL, arguments: { name: "Alice" } });
  equal(error?.code, -32602);
});

await check("the_gateway_ends_with_its_input", async () => {
  const ended = new Promise((done) => gateway.on("exit", done));
  gateway.stdin.end();
  equal(await ended, 0);
});

if (failed) console.log(log.slice(-20).map((line) => `    ${line}`).join("\n"));
process.exit(failed ? 1 : 0);
