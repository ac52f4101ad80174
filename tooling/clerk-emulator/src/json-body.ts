import type { Context } from "hono";
import type { z } from "zod";
import { refusal, unprocessable } from "./api-error.ts";
import { boundedText } from "./bounded-text.ts";

/**
 * The request's JSON body, parsed with a schema. No body and no content type is an empty object.
 * @throws ApiError 415 for another content type, 413 before more is read, 400 if it is not JSON, 422 if the schema refuses it.
 */
export async function jsonBody<Schema extends z.ZodType>(c: Context, schema: Schema): Promise<z.output<Schema>> {
  const type = c.req.header("content-type")?.split(";")[0]?.trim().toLowerCase();
  const text = await boundedText(c.req.raw);
  if (type !== "application/json" && (type !== undefined || text !== "")) {
    throw refusal(415, "unsupported_content_type", "Send the body as content-type application/json.");
  }
  const parsed = schema.safeParse(text === "" ? {} : parseJson(text), { reportInput: true });
  if (!parsed.success) throw unprocessable(parsed.error);
  return parsed.data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refusal(400, "request_body_invalid", "The body is not valid JSON.");
  }
}
