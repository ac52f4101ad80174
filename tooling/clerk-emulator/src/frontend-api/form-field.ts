import { z } from "zod";

/** A form can't contain null: an empty field means null. */
export const emptyIsNull = z.string().transform((text) => text.trim() || null);

/** An object as JSON in a form. */
export const jsonText = z.string().transform((text, context): Record<string, unknown> => {
  const parsed = z.record(z.string(), z.unknown()).safeParse(parse(text));
  if (parsed.success) return parsed.data;
  context.addIssue({ code: "custom", message: "must be a JSON object" });
  return z.NEVER;
});

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
