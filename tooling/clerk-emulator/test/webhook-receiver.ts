import { createServer, type IncomingHttpHeaders } from "node:http";
import { verifyWebhook } from "@clerk/backend/webhooks";
import { portOf } from "../src/server.ts";

type Event = Awaited<ReturnType<typeof verifyWebhook>>;
type Answer = { status: number; headers?: Record<string, string> } | "never";

export type Received = { headers: IncomingHttpHeaders; body: string; event: Event };

/** A real HTTP server that verifies each webhook with the SDK. Its response can be set; default: 200. */
export async function receiveWebhooks(
  signingSecret: string,
  answer: (received: Received, nth: number) => Answer | Promise<Answer> = () => ({ status: 200 }),
) {
  const received: Received[] = [];
  let underWay = 0;
  let mostAtOnce = 0;
  const server = createServer(async (request, response) => {
    underWay += 1;
    mostAtOnce = Math.max(mostAtOnce, underWay);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const body = Buffer.concat(chunks).toString();
    const headers = Object.entries(request.headers).flatMap(([name, value]) =>
      typeof value === "string" ? [[name, value] satisfies [string, string]] : [],
    );
    try {
      const event = await verifyWebhook(new Request("http://localhost", { method: "POST", headers, body }), {
        signingSecret,
      });
      const one = { headers: request.headers, body, event };
      received.push(one);
      const reply = await answer(one, received.length);
      underWay -= 1;
      if (reply !== "never") response.writeHead(reply.status, reply.headers).end();
    } catch {
      underWay -= 1;
      response.writeHead(400).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${portOf(server)}/api/webhooks/clerk`,
    received,
    /** The largest number of concurrent requests. */
    mostAtOnce: () => mostAtOnce,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
