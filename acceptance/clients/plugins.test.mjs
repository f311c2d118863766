// The official TypeScript clients are told when a plugin is dropped, replaced and removed while they are connected to what `make
// quickstart` runs. The plugin is the archetype's, as dev/third-party-test has built it outside this checkout.

import assert from "node:assert/strict";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
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
const GREETER = join(ROOT, "target/third-party/greeter.jar");
const HELLO = ["hello.echo.v1", "hello.sum.v1"];
const DEADLINE = 15_000;

const CLIENTS = [
  { name: "@modelcontextprotocol/sdk", Client: Client1, Stdio: Stdio1, toolListChanged: ToolListChangedNotificationSchema },
  { name: "@modelcontextprotocol/client", Client: Client2, Stdio: Stdio2, toolListChanged: "notifications/tools/list_changed" },
];

for (const { name, Client, Stdio, toolListChanged } of CLIENTS) {
  describe(name, { timeout: 60_000 }, () => {
    const folder = mkdtempSync(join(tmpdir(), "gateway-quickstart-"));
    const plugins = join(folder, "quickstart-plugins");
    const client = new Client({ name: "official-client", version: "1.0.0" });
    let changes = 0;

    before(async () => {
      mkdirSync(plugins);
      chmodSync(plugins, 0o755);
      copyFileSync(join(ROOT, "quickstart.yaml"), join(folder, "quickstart.yaml"));
      copyFileSync(hello(), join(plugins, "hello.jar"));
      client.setNotificationHandler(toolListChanged, async () => void changes++);
      await client.connect(
        new Stdio({ command: join(ROOT, "bin/mcp-gateway"), args: ["--config", join(folder, "quickstart.yaml")], stderr: "ignore" }),
      );
    });

    after(async () => {
      await client.close();
      rmSync(folder, { recursive: true, force: true });
    });

    test("lists what quickstart brings", async () => {
      assert.deepEqual(await tools(), HELLO);
    });

    test("is told of a plugin that is dropped, and calls its tool", async () => {
      drop(GREETER);
      await told();
      assert.deepEqual(await tools(), ["greeter.greet.v1", ...HELLO]);
      const greeted = await client.callTool({ name: "greeter.greet.v1", arguments: { name: "Alice" } });
      assert.equal(greeted.content[0].text, "Hello, Alice!");
    });

    test("is told when it is removed, and calls the others as before", async () => {
      rmSync(join(plugins, "greeter.jar"));
      await told();
      assert.deepEqual(await tools(), HELLO);
      await assert.rejects(client.callTool({ name: "greeter.greet.v1", arguments: { name: "Alice" } }), /unknown tool/);
      assert.deepEqual((await client.callTool({ name: "hello.sum.v1", arguments: { numbers: [1, 2, 3] } })).structuredContent, { sum: 6 });
    });

    function hello() {
      const built = join(ROOT, "plugins/hello/target");
      return join(built, readdirSync(built).find((file) => /^hello-.*\.jar$/.test(file)));
    }

    const tools = async () => (await client.listTools()).tools.map((tool) => tool.name);

    function drop(jar) {
      copyFileSync(jar, join(plugins, ".part"));
      renameSync(join(plugins, ".part"), join(plugins, "greeter.jar"));
    }

    async function told() {
      for (const end = Date.now() + DEADLINE; changes === 0; ) {
        assert.ok(Date.now() < end, `not told within ${DEADLINE / 1000} s`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      changes = 0;
    }
  });
}
