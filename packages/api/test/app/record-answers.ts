import { request as ask, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { expect } from "vitest";
import type { App } from "./start-app.ts";

/** One response, read to its end. */
export interface Answer {
  /** The request, as in `GET /api/health`. */
  to: string;
  status: number;
  headers: Headers;
  body: string;
}

/** An application that records all its responses, so that a test can check all of them. */
export interface RecordedApp {
  process: App;
  answers: Answer[];
  /** Follows no redirect: a redirect is a response like any other. */
  fetch(path: string, init?: RequestInit): Promise<Answer>;
  /** Posts this many bytes of a body that never ends, chunked if no content-length is given, and waits for the response. */
  postUnfinished(path: string, headers: Record<string, string>, bytes: number): Promise<Answer>;
}

export function recordAnswers(app: App): RecordedApp {
  const answers: Answer[] = [];
  const keep = (answer: Answer): Answer => {
    answers.push(answer);
    return answer;
  };

  return {
    process: app,
    answers,
    async fetch(path, init = {}) {
      const response = await app.fetch(path, { ...init, redirect: "manual" });
      const { status, headers } = response;
      return keep({ to: `${init.method ?? "GET"} ${path}`, status, headers, body: await response.text() });
    },
    async postUnfinished(path, headers, bytes) {
      const posting = ask(`${app.url}${path}`, { method: "POST", headers, agent: false });
      const response = await new Promise<IncomingMessage>((resolve, reject) => {
        posting.on("response", resolve).on("error", reject);
        posting.flushHeaders();
        if (bytes > 0) posting.write(Buffer.alloc(bytes, " "));
      });
      const body = await text(response);
      posting.destroy();
      const flat = Object.entries(response.headersDistinct).flatMap(([name, values = []]) =>
        values.map((value): [string, string] => [name, value]),
      );
      return keep({ to: `POST ${path}`, status: response.statusCode ?? 0, headers: new Headers(flat), body });
    },
  };
}

/** A session's cookies as a browser sends them. */
export const cookieHeader = (cookies: Record<string, string>): string =>
  Object.entries(cookies)
    .map(([name, value]) => `${name}=${value}`)
    .join("; ");

export function expectJson({ headers, body }: Answer): void {
  expect(headers.get("content-type")).toMatch(/^application\/json\b/);
  expect(() => JSON.parse(body)).not.toThrow();
}
