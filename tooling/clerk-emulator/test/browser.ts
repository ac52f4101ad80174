import { z } from "zod";
import type { startClerk } from "./clerk.ts";

type Clerk = Awaited<ReturnType<typeof startClerk>>;

/** The Frontend API's responses, as far as tests read them. */
const session = z.looseObject({
  id: z.string(),
  status: z.string(),
  last_active_token: z.object({ jwt: z.string() }),
});
const client = z.looseObject({
  id: z.string(),
  sessions: z.array(session),
  last_active_session_id: z.string().nullable(),
});
const subject = z.looseObject({ id: z.string().optional(), status: z.string().optional() });
const body = z.looseObject({
  response: z.union([client, subject]).nullable().optional(),
  client: client.nullable().optional(),
  errors: z
    .array(z.looseObject({ code: z.string(), meta: z.object({ param_name: z.string() }).optional() }))
    .optional(),
  jwt: z.string().optional(),
});

/** A browser without a window: it keeps cookies, and calls the Frontend API as clerk-js does. */
export class Browser {
  readonly cookies = new Map<string, string>();
  readonly #clerk: Clerk;
  readonly #origin: string;

  constructor(clerk: Clerk, origin = "http://localhost:3000") {
    this.#clerk = clerk;
    this.#origin = origin;
  }

  /** The same browser, after the emulator was restarted. */
  movedTo(clerk: Clerk): Browser {
    const moved = new Browser(clerk, this.#origin);
    for (const [name, value] of this.cookies) moved.cookies.set(name, value);
    return moved;
  }

  async fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    if (!headers.has("origin")) headers.set("origin", this.#origin);
    headers.set("cookie", [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; "));
    const response = await fetch(`${this.#clerk.url}/__clerk/v1${path}`, { redirect: "manual", ...init, headers });
    for (const line of response.headers.getSetCookie()) this.#keep(line);
    return response;
  }

  get(path: string) {
    return this.#ask(path);
  }

  /** clerk-js sends only GET and POST, and names the intended method. */
  send(method: "POST" | "PUT" | "PATCH" | "DELETE", path: string, form: Record<string, string> = {}) {
    return this.#ask(method === "POST" ? path : `${path}?_method=${method}`, {
      method: "POST",
      body: new URLSearchParams(form),
    });
  }

  /** Signs in by password, or fails the test. Returns the session's id. */
  async signIn(emailAddress: string, password: string): Promise<string> {
    const created = await this.send("POST", "/client/sign_ins", { identifier: emailAddress, password });
    const id = created.body.client?.last_active_session_id;
    if (!id) throw new Error(`${emailAddress} is not signed in: ${JSON.stringify(created)}`);
    return id;
  }

  /** The browser's sessions, according to Clerk. */
  async sessions() {
    const { body } = await this.get("/client");
    return client.nullable().parse(body.response)?.sessions ?? [];
  }

  async #ask(path: string, init: RequestInit = {}) {
    const response = await this.fetch(path, init);
    return { status: response.status, headers: response.headers, body: body.parse(await response.json()) };
  }

  #keep(line: string): void {
    const [, name = "", value = "", attributes = ""] = /^([^=]+)=([^;]*)(.*)$/.exec(line) ?? [];
    if (/max-age=0/i.test(attributes)) this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}

const codesSchema = z.object({ codes: z.array(z.object({ emailAddress: z.string(), code: z.string() })) });

/** The last code that Clerk would have emailed to this address. */
export async function codeFor(clerk: Clerk, emailAddress: string): Promise<string> {
  const { codes } = codesSchema.parse((await clerk.control("GET", "/codes")).body);
  const found = codes.find((one) => one.emailAddress === emailAddress);
  if (!found) throw new Error(`No code was sent to ${emailAddress}.`);
  return found.code;
}
