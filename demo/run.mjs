// Drives the gateway over stdio with the MCP Inspector's command line, and says what it does at each step.

import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const INSPECTOR = "demo/node_modules/.bin/mcp-inspector";
const GATEWAY = "bin/mcp-gateway";
const IS_ERROR = 5; // the Inspector's exit code for a result that says `isError`
const DEADLINE = 30_000;

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

const { tools } = step("List the tools of every provider", ["--method", "tools/list"]);
const EXPECTED = ["hello-go.echo.v1", "hello-go.sum.v1", "hello-rs.echo.v1", "hello-rs.sum.v1"];
expect(
  EXPECTED.every((name) => tools.some((tool) => tool.name === name)),
  `${EXPECTED.join(", ")} in the list`,
  tools.map((tool) => tool.name).join(", ") || "no tool",
);
for (const tool of tools) show(`${tool.name}   ${tool.description}`);

call("Call a tool: the provider sends the message back", "hello-go.echo.v1", '{"message":"Hi"}', '{"message":"Hi"}');

call("Call another, of the provider in Rust: it adds the numbers up", "hello-rs.sum.v1", '{"numbers":[1,2,3]}', '{"sum":6}');

const refusal = callResult("Call it wrongly: the gateway refuses, and the provider never hears of it", "hello-go.sum.v1", '{"numbers":["x"]}', IS_ERROR);
expect(refusal.includes("/numbers/0"), "a refusal that names /numbers/0", refusal);
show(refusal);

console.log(`
That is all: an MCP client needs nothing but the command ${GATEWAY}. Try \`bin/mcp-gateway --help\`.`);

function call(title, tool, args, expected) {
  const text = callResult(title, tool, args, 0);
  expect(text === expected, expected, text);
  show(text);
}

function callResult(title, tool, args, exitCode) {
  const result = step(title, ["--method", "tools/call", "--tool-name", tool, "--tool-args-json", args], exitCode);
  return result.content.filter((block) => block.type === "text").map((block) => block.text).join("\n");
}

/** Runs the Inspector once against a gateway of its own and returns the MCP result. */
function step(title, args, exitCode = 0) {
  step.number = (step.number ?? 0) + 1;
  step.title = title;
  console.log(`\n${step.number}. ${title}\n   $ ${[INSPECTOR, "--cli", GATEWAY, ...args].map(quoted).join(" ")}`);

  const run = spawnSync(INSPECTOR, ["--cli", GATEWAY, "--format", "json", ...args], { encoding: "utf8", timeout: DEADLINE });
  step.log = run.stderr ?? "";
  if (run.error) fail(run.error.code === "ETIMEDOUT" ? `no answer within ${DEADLINE / 1000} s` : run.error.message);
  expect(run.status === exitCode, `the Inspector to exit with ${exitCode}`, `${run.status ?? run.signal}: ${run.stdout.trim()}`);
  try {
    return JSON.parse(run.stdout).result;
  } catch {
    return fail(`the Inspector printed no JSON: ${run.stdout}`);
  }
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
