import { once } from "node:events";
import { createServer, type RequestListener, type ServerResponse } from "node:http";
import { createRollcall, runChecks } from "@rollcall/sync";
import { pgDatabase } from "@rollcall/sync/pg";
import pg from "pg";
import { expect, test } from "vitest";
import { z } from "zod";
import { webhookRoute } from "../src/checks/webhook-route.ts";

/** An app that answers POSTs so; everything else is a 404. */
async function openApp(answer: (path: string, response: ServerResponse) => void | Promise<void>) {
  const listener: RequestListener = (request, response) => {
    response.statusCode = 404;
    if (request.method === "POST") void answer(request.url ?? "", response);
    else response.end();
  };
  const server = createServer(listener);
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = z.object({ port: z.number() }).parse(server.address());
  return {
    url: new URL(`http://127.0.0.1:${port}`),
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => void server.close(() => resolve())),
  };
}

const look = async (appUrl: URL | undefined) => (await runChecks([webhookRoute], { appUrl }))[0];

/** The handler itself; an unsigned delivery is refused before the database is asked. */
async function handle(response: ServerResponse, webhookSigningSecret: string | undefined): Promise<void> {
  const clerk = { secretKey: "sk_test_x", apiUrl: "http://127.0.0.1:1", webhookSigningSecret };
  const { handleWebhook } = createRollcall({ db: pgDatabase(new pg.Pool()), clerk });
  const answer = await handleWebhook(new Request("http://app/", { method: "POST", body: "{}" }));
  response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text());
}

const SECRET = `whsec_${Buffer.from("a secret of the test").toString("base64")}`;

test.each(["/api/rollcall/webhook", "/api/webhooks/clerk"])(
  "the route at %s is found, and ok if it refuses what is not signed",
  async (path) => {
    await using app = await openApp((asked, response) =>
      asked === path ? handle(response, SECRET) : void response.end(),
    );
    expect(await look(app.url)).toMatchObject({ status: "ok", message: `${app.url.origin}${path}` });
  },
);

test("only the full address is asked, if there is one", async () => {
  await using app = await openApp((asked, response) =>
    asked === "/hooks" ? handle(response, SECRET) : void response.end(),
  );
  expect(await look(new URL("/hooks", app.url))).toMatchObject({ status: "ok" });
  expect(await look(app.url)).toMatchObject({
    status: "finding",
    message: "No webhook at /api/rollcall/webhook or /api/webhooks/clerk: 404.",
  });
});

test("an app without its secret has its own finding", async () => {
  await using app = await openApp((_, response) => handle(response, undefined));
  expect(await look(app.url)).toMatchObject({
    status: "finding",
    message: expect.stringContaining("has no signing secret"),
    remedy: expect.stringContaining("CLERK_WEBHOOK_SIGNING_SECRET"),
  });
});

test.each<[string, (response: ServerResponse) => void, string]>([
  ["401", (response) => response.writeHead(401).end("Unauthorized"), "answers 401"],
  [
    "a redirect to a sign-in page",
    (response) => response.writeHead(307, { location: "https://accounts.example.com/sign-in?token=hush" }).end(),
    "a redirect to https://accounts.example.com/sign-in.",
  ],
  [
    "a page",
    (response) => response.writeHead(200, { "content-type": "text/html" }).end("<html>"),
    "answers 200, not as Rollcall's webhook does",
  ],
  ["400 of another handler", (response) => response.writeHead(400).end("No svix headers"), "answers 400, not as"],
  [
    "404 of auth.protect()",
    (response) => response.writeHead(404, { "x-clerk-auth-reason": "protect-rewrite" }).end(),
    "auth.protect() hides the route",
  ],
])("%s is a finding, with the lines that let the webhook pass", async (_, answer, message) => {
  await using app = await openApp((_, response) => answer(response));
  const found = await look(app.url);
  expect(found).toMatchObject({
    status: "finding",
    message: expect.stringContaining(message),
    remedy: expect.stringContaining(`createRouteMatcher(["/api/rollcall(.*)"`),
  });
  expect(JSON.stringify(found)).not.toContain("hush");
});

test("an app that does not run is a finding, and an unknown address is skipped", async () => {
  expect(await look(new URL("http://127.0.0.1:1"))).toMatchObject({
    status: "finding",
    message: expect.stringContaining("does not answer"),
  });
  expect(await look(undefined)).toMatchObject({ status: "skipped", why: expect.stringContaining("--url") });
});
