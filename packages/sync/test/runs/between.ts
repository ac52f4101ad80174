import { z } from "zod";
import { answering } from "../clerk/answering.ts";

/** Rollcall's request to Clerk. */
export interface Question {
  path: string;
  parameters: URLSearchParams;
}

export interface Answer {
  status: number;
  body: object;
  headers?: Record<string, string>;
}

/** Whether it is a page of a walk: `-updated_at` lists the changes, and a small limit only reads the newest. */
export const isWalks = ({ path, parameters }: Question): boolean =>
  path === "/v1/users" && parameters.get("order_by") === "+created_at" && parameters.get("limit") === "500";

export const isChanges = ({ path, parameters }: Question): boolean =>
  path === "/v1/users" && parameters.get("order_by") === "-updated_at" && parameters.get("limit") === "500";

export const failing = (status: number, headers: Record<string, string> = {}): Answer => ({
  status,
  body: { errors: [{ code: "an_error", message: "An error" }] },
  headers,
});

const counted = z.looseObject({ total_count: z.number() });

/** A Clerk that counts so many times the users that it lists: it is split into windows as one that has so many. */
export const counting =
  (times: number) =>
  async ({ path }: Question, ask: () => Promise<Answer>): Promise<Answer> => {
    const answer = await ask();
    if (path !== "/v1/users/count") return answer;
    const body = counted.parse(answer.body);
    return { ...answer, body: { ...body, total_count: body.total_count * times } };
  };

/** Clerk's text of each body, to pass it on unchanged. A test that changes an answer returns a body of its own. */
const texts = new WeakMap<object, string>();

/**
 * A proxy between Rollcall and Clerk. It can act before a request, change the request, answer it, or change the response. Each
 * worker sends its requests one by one.
 */
export const between = (
  clerkUrl: string,
  answer: (question: Question, ask: () => Promise<Answer>) => Promise<Answer>,
): ReturnType<typeof answering> =>
  answering(async ({ url = "", headers }, response) => {
    let date: string | undefined;
    const { pathname, searchParams } = new URL(url, clerkUrl);
    const ask = async (): Promise<Answer> => {
      const answered = await fetch(new URL(`${pathname}?${searchParams}`, clerkUrl), {
        headers: { authorization: headers.authorization ?? "" },
      });
      date = answered.headers.get("date") ?? undefined;
      const text = await answered.text();
      const body: object = JSON.parse(text);
      texts.set(body, text);
      return { status: answered.status, body };
    };
    try {
      const { status, body, headers } = await answer({ path: pathname, parameters: searchParams }, ask);
      response.writeHead(status, { "content-type": "application/json", ...(date && { date }), ...headers });
      response.end(texts.get(body) ?? JSON.stringify(body));
    } catch (error) {
      response.destroy(error instanceof Error ? error : undefined);
    }
  });
