// The official TypeScript clients use everything the gateway offers, over stdio, in front of hello-go and hello-rs.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";

import { Client as Client2 } from "@modelcontextprotocol/client";
import { StdioClientTransport as Stdio2 } from "@modelcontextprotocol/client/stdio";
import { Client as Client1 } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport as Stdio1 } from "@modelcontextprotocol/sdk/client/stdio.js";
import { ToolListChangedNotificationSchema } from "@modelcontextprotocol/sdk/types.js";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../..");
const DEADLINE = 15_000;

const CLIENTS = [
  { name: "@modelcontextprotocol/sdk", Client: Client1, Stdio: Stdio1, toolListChanged: ToolListChangedNotificationSchema },
  { name: "@modelcontextprotocol/client", Client: Client2, Stdio: Stdio2, toolListChanged: "notifications/tools/list_changed" },
];

for (const { name, Client, Stdio, toolListChanged } of CLIENTS) {
  describe(name, { timeout: 60_000 }, () => {
    const folder = mkdtempSync(join(tmpdir(), "gateway-clients-"));
    const client = new Client({ name: "official-client", version: "1.0.0" });
    const changes = [];
    let rust;
    let port;

    before(async () => {
      port = await freePort();
      rust = await helloRs(port);
      const config = join(folder, "providers.yaml");
      writeFileSync(config, `
providers:
  - {name: hello-go, type: grpc, command: ["${ROOT}/providers/hello-go/bin/hello-go"]}
  - {name: hello-rs, type: grpc, address: "127.0.0.1:${port}"}
gateway: {pluginsDir: "${ROOT}/plugins-dir", workDir: "${folder}/work"}
`);
      client.setNotificationHandler(toolListChanged, async () => void changes.push(Date.now()));
      await client.connect(new Stdio({ command: join(ROOT, "bin/mcp-gateway"), args: ["--config", config], stderr: "ignore" }));
    });

    after(async () => {
      await client.close();
      await ended(rust);
      rmSync(folder, { recursive: true, force: true });
    });

    test("lists the tools of both providers", async () => {
      const { tools } = await client.listTools();
      assert.deepEqual(tools.map((tool) => tool.name), ["hello-go.echo.v1", "hello-go.sum.v1", "hello-rs.echo.v1", "hello-rs.sum.v1"]);
    });

    test("calls a tool of each, whose result the client checks against its schema", async () => {
      for (const provider of ["hello-go", "hello-rs"]) {
        const echoed = await client.callTool({ name: `${provider}.echo.v1`, arguments: { message: "Hi ✓" } });
        assert.deepEqual(echoed.structuredContent, { message: "Hi ✓" });
        const sum = await client.callTool({ name: `${provider}.sum.v1`, arguments: { numbers: [1, 2, 3] } });
        assert.deepEqual(sum.structuredContent, { sum: 6 });
        assert.equal(sum.content[0].text, '{"sum":6}');
      }
    });

    test("is told what is wrong with arguments", async () => {
      const refused = await client.callTool({ name: "hello-go.sum.v1", arguments: { numbers: ["x"] } });
      assert.equal(refused.isError, true);
      assert.match(refused.content[0].text, /\/numbers\/0/);
    });

    test("reads a resource, plainly and of a provider of its choice", async () => {
      const { resources } = await client.listResources();
      assert.deepEqual(resources.map((resource) => resource.uri), ["hello://greeting", "hello-rs+hello://greeting"]);
      for (const uri of ["hello://greeting", "hello-go+hello://greeting", "hello-rs+hello://greeting"]) {
        const { contents } = await client.readResource({ uri });
        assert.deepEqual(contents, [{ uri, mimeType: "text/plain", text: "Hello, MCP" }]);
      }
      assert.deepEqual((await client.listResourceTemplates()).resourceTemplates, []);
      await assert.rejects(client.readResource({ uri: "hello://nonexistent" }), /hello:\/\/nonexistent/);
    });

    test("fills in a prompt of each provider", async () => {
      const { prompts } = await client.listPrompts();
      assert.deepEqual(prompts.map((prompt) => prompt.name), ["hello-plan", "hello-rs.hello-plan"]);
      assert.equal(prompts[0].description, "Greet a user and propose a plan");
      assert.deepEqual(prompts[0].arguments.map(({ name, required }) => ({ name, required })), [{ name: "name", required: true }]);
      for (const prompt of ["hello-plan", "hello-go.hello-plan", "hello-rs.hello-plan"]) {
        const { messages } = await client.getPrompt({ name: prompt, arguments: { name: "Alice" } });
        assert.deepEqual(messages, [{ role: "user", content: { type: "text", text: "Hello, Alice! Let me propose a plan for you..." } }]);
      }
      await assert.rejects(client.getPrompt({ name: "hello-plan", arguments: {} }), /name/);
    });

    test("completes nothing where there is nothing to choose from", async () => {
      const { completion } = await client.complete({ ref: { type: "ref/prompt", name: "hello-plan" }, argument: { name: "name", value: "A" } });
      assert.deepEqual(completion.values, []);
    });

    test("is told when a provider goes and when it is back", async () => {
      changes.length = 0;
      await ended(rust);
      await until(() => changes.length > 0);
      assert.deepEqual((await client.listTools()).tools.map((tool) => tool.name), ["hello-go.echo.v1", "hello-go.sum.v1"]);
      const { contents } = await client.readResource({ uri: "hello://greeting" });
      assert.equal(contents[0].text, "Hello, MCP");

      changes.length = 0;
      rust = await helloRs(port);
      await until(() => changes.length > 0);
      assert.equal((await client.listTools()).tools.length, 4);
      assert.deepEqual((await client.callTool({ name: "hello-rs.echo.v1", arguments: { message: "back" } })).structuredContent, { message: "back" });
    });

    test("pings", async () => {
      await client.ping();
    });
  });
}

/** Starts hello-rs and returns when it listens. */
async function helloRs(port) {
  const child = spawn(join(ROOT, "providers/hello-rs/bin/hello-rs"), ["--listen", `127.0.0.1:${port}`], { stdio: ["ignore", "ignore", "pipe"] });
  const failed = once(child, "exit").then(([code]) => assert.fail(`hello-rs ended with ${code}`));
  failed.catch(() => {});
  await Promise.race([once(child.stderr, "data"), failed]);
  child.stderr.resume();
  return child;
}

async function ended(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, "exit");
  child.kill("SIGKILL");
  await exit;
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

async function until(holds) {
  for (const end = Date.now() + DEADLINE; !holds(); ) {
    assert.ok(Date.now() < end, `not within ${DEADLINE / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
