import { z } from "zod/v4";

/** A time or an interval as milliseconds, of the epoch for a time: a driver may read times in the wrong zone. */
export const ms = (expression: string): string => `(extract(epoch from ${expression}) * 1000)::float8`;

/** A column that `ms` selected, as a Date. */
export const epoch = z.number().transform((at) => new Date(at));
