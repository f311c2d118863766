// The official TypeScript clients use the gateway over Streamable HTTP, each two at once, while a plugin is dropped and removed, and
// find their way to the sessions era where they would rather not.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";

import { Client as Client2, StreamableHTTPClientTransport as Http2 } from "@modelcontextprotocol/client";
import { Client as Client1 } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport as Http1 } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { ToolListChangedNotificationSchema } from "@modelcontextprotocol/sdk/types.js";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../..");
const HELLO = ["hello.echo.v1", "hello.sum.v1"];
const DEADLINE = 20_000;

const CLIENTS = [
  { name: "@modelcontextprotocol/sdk", Client: Client1, Http: Http1, toolListChanged: ToolListChangedNotificationSchema },
  { name: "@modelcontextprotocol/client", Client: Client2, Http: Http2, toolListChanged: "notifications/tools/list_changed" },
];

for (const { name, Client, Http, toolListChanged } of CLIENTS) {
  describe(`${name} over HTTP`, { timeout: 90_000 }, () => {
    const folder = mkdtempSync(join(tmpdir(), "gateway-http-"));
    const plugins = join(folder, "plugins");
    let gateway;
    let url;
    const one = { client: new Client({ name: "one", version: "1.0.0" }), changes: 0 };
    const two = { client: new Client({ name: "two", version: "1.0.0" }), changes: 0 };

    before(async () => {
      mkdirSync(plugins, { mode: 0o755 });
      copyFileSync(jar("http-transport"), join(plugins, "http-transport.jar"));
      copyFileSync(jar("hello"), join(plugins, "hello.jar"));
      const config = join(folder, "providers.yaml");
      writeFileSync(config, `providers: []\ngateway: {pluginsDir: "${plugins}", workDir: "${folder}/work"}\n`);
      gateway = spawn(join(ROOT, "bin/mcp-gateway"), ["--config", config, "serve", "--listen", "127.0.0.1:0"], {
        stdio: ["ignore", "ignore", "pipe"],
      });
      url = new URL(`http://127.0.0.1:${await port(gateway)}/mcp`);
      for (const each of [one, two]) {
        each.client.setNotificationHandler(toolListChanged, async () => void each.changes++);
        each.transport = new Http(url);
        await each.client.connect(each.transport);
        await until(async () => (await tools(each)).length === HELLO.length);
      }
    });

    after(async () => {
      await one.client.close();
      await two.client.close();
      gateway.kill("SIGTERM");
      const [code] = await once(gateway, "exit");
      rmSync(folder, { recursive: true, force: true });
      assert.equal(code, 0);
    });

    test("two at once list, call, read and prompt", async () => {
      assert.notEqual(one.transport.sessionId, two.transport.sessionId);
      for (const { client } of [one, two]) {
        const echo = await client.callTool({ name: "hello.echo.v1", arguments: { message: client === one.client ? "1" : "2" } });
        assert.deepEqual(echo.structuredContent, { message: client === one.client ? "1" : "2" });
        const { resources } = await client.listResources();
        const read = await client.readResource({ uri: resources[0].uri });
        assert.equal(read.contents[0].uri, resources[0].uri);
        assert.equal((await client.listPrompts()).prompts.length, 1);
        await client.ping();
      }
    });

    test("a call that fails says why, and one of an unknown name is an error", async () => {
      const refused = await one.client.callTool({ name: "hello.sum.v1", arguments: { numbers: "none" } });
      assert.equal(refused.isError, true);
      await assert.rejects(one.client.callTool({ name: "hello.nope.v1", arguments: {} }), { code: -32602 });
    });

    test("both are told of a plugin that goes and comes", async () => {
      const before = [one.changes, two.changes];
      rmSync(join(plugins, "hello.jar"));
      await until(() => one.changes > before[0] && two.changes > before[1]);
      assert.deepEqual(await tools(one), []);
      await tools(two);

      const gone = [one.changes, two.changes];
      copyFileSync(jar("hello"), join(plugins, ".hello.part"));
      renameSync(join(plugins, ".hello.part"), join(plugins, "hello.jar"));
      await until(() => one.changes > gone[0] && two.changes > gone[1]);
      assert.deepEqual(await tools(two), HELLO);
    });

    test("a session that its client ends is no more", async () => {
      const client = new Client({ name: "three", version: "1.0.0" });
      const transport = new Http(url);
      await client.connect(transport);
      const session = transport.sessionId;
      await transport.terminateSession();
      const again = await fetch(url, {
        method: "POST",
        headers: { "content-type": "application/json", "mcp-session-id": session },
        body: '{"jsonrpc":"2.0","id":1,"method":"ping"}',
      });
      assert.equal(again.status, 404);
      await client.close();
    });

    async function tools({ client }) {
      return (await client.listTools()).tools.map((tool) => tool.name);
    }
  });
}

async function port(gateway) {
  for await (const line of createInterface({ input: gateway.stderr })) {
    const listens = /listens on \S*?:(\d+)/.exec(line);
    if (listens) {
      gateway.stderr.resume();
      return Number(listens[1]);
    }
  }
  throw new Error("the gateway ended before it listened");
}

function jar(plugin) {
  const target = join(ROOT, "plugins", plugin, "target");
  return join(target, readdirSync(target).find((file) => new RegExp(`^${plugin}-[0-9].*\\.jar$`).test(file)));
}

async function until(holds) {
  const end = Date.now() + DEADLINE;
  while (!(await holds())) {
    assert.ok(Date.now() < end, `not within ${DEADLINE} ms: ${holds}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
