/**
 * From where the next pass over the changes goes on: the newest `updated_at` that Clerk showed, in ms, but no later than
 * Clerk's own time of that answer. Behind a mark of years to come nothing would ever be read.
 */
export const highWaterMarkOf = (newest: number | null, at: Date | null): number | null =>
  newest !== null && at !== null ? Math.min(newest, at.getTime()) : newest;
