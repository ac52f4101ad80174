import type { Context } from "hono";
import type { z } from "zod";
import { refusal, unprocessable } from "../api-error.ts";
import { boundedText } from "../bounded-text.ts";

const FORM = "application/x-www-form-urlencoded";

/**
 * The request's form, parsed with a schema: clerk-js sends only forms, to avoid a preflight.
 * @throws ApiError 415 for another content type, 413 before more is read, 422 if the schema refuses it.
 */
export async function formBody<Schema extends z.ZodType>(c: Context, schema: Schema): Promise<z.output<Schema>> {
  const type = c.req.header("content-type")?.split(";")[0]?.trim().toLowerCase();
  const text = await boundedText(c.req.raw);
  if (text !== "" && type !== FORM) {
    throw refusal(415, "unsupported_content_type", `Send the body as content-type ${FORM}.`);
  }
  const parsed = schema.safeParse(Object.fromEntries(new URLSearchParams(text)), { reportInput: true });
  if (!parsed.success) throw unprocessable(parsed.error);
  return parsed.data;
}
