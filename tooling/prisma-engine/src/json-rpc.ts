import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { z } from "zod";
import { engineError } from "./engine-error.ts";

const Request = z.object({ id: z.number(), method: z.string(), params: z.unknown() });

export type Send = (message: object) => void;

/**
 * JSON-RPC 2.0 as Prisma's CLI speaks it: one message per line, one request after the other. Returns when the CLI has closed
 * `input`.
 */
export async function serve(
  input: Readable,
  send: Send,
  answer: (method: string, params: unknown) => Promise<unknown>,
): Promise<void> {
  for await (const line of createInterface({ input })) {
    // A message without a method is the CLI's confirmation that it printed.
    const request = Request.safeParse(JSON.parse(line));
    if (!request.success) continue;
    const { id, method, params } = request.data;
    send({ jsonrpc: "2.0", id, ...(await answer(method, params).then((result) => ({ result }), refusal)) });
  }
}

/** Asks the CLI to write `content` to its standard output. */
export function print(send: Send, content: string): void {
  send({ jsonrpc: "2.0", id: crypto.randomUUID(), method: "print", params: { content } });
}

/** The CLI reads message and code from `data`, where Prisma's own engine puts them. */
function refusal(reason: unknown): object {
  const { code, message } = engineError(reason);
  const data = { is_panic: false, message, meta: null, error_code: code };
  return { error: { code: 4466, message: "An error happened. Check the data field for details.", data } };
}
