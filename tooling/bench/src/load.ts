import { once } from "node:events";
import { Agent, request } from "node:http";

export interface HttpRequest {
  method: "GET" | "POST" | "DELETE";
  url: string;
  headers: Record<string, string>;
  body?: string;
}

/**
 * Sends all requests over kept connections, this many at a time.
 *
 * @returns how long that took, in ms
 * @throws if one is not answered with 200
 */
export async function sendAll(requests: readonly HttpRequest[], concurrency: number): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency });
  const waiting = requests.values();
  const start = performance.now();
  try {
    await Promise.all(
      Array.from({ length: concurrency }, async () => {
        for (const one of waiting) await send(agent, one);
      }),
    );
  } finally {
    agent.destroy();
  }
  return performance.now() - start;
}

/**
 * Sends one request. Without kept connections none is lost to a server that hangs up on them meanwhile.
 *
 * @returns the answer's body
 * @throws if it is not answered with 200
 */
export async function send(agent: Agent | false, { method, url, headers, body = "" }: HttpRequest): Promise<string> {
  const sent = request(url, { agent, method, headers: { ...headers, "content-length": Buffer.byteLength(body) } });
  sent.end(body);
  const [response] = await once(sent, "response");
  let answer = "";
  response.setEncoding("utf8");
  for await (const chunk of response) answer += chunk;
  if (response.statusCode !== 200) throw new Error(`${method} ${url}: ${response.statusCode} ${answer}`);
  return answer;
}
