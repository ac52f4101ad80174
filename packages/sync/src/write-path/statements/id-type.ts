import { z } from "zod/v4";
import type { ColumnTypes } from "./names.ts";

/** The type to compare the rows' ids as, and which texts are of it. */
export function idsAs({ id }: ColumnTypes): { type: string; isId: (text: string) => boolean } {
  if (id === "uuid") return { type: "uuid", isId: (text) => z.guid().safeParse(text).success };
  if (/^(small|big)?int/.test(id)) return { type: "bigint", isId: (text) => /^\d{1,18}$/.test(text) };
  return { type: "text", isId: () => true };
}
