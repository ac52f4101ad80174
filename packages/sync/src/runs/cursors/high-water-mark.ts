/**
 * Where the next pass over the changes starts: the newest `updated_at` that Clerk showed, in ms, but not later than Clerk's own
 * time of that response. With a mark years ahead, nothing would be read until then.
 */
export const highWaterMarkOf = (newest: number | null, at: Date | null): number | null =>
  newest !== null && at !== null ? Math.min(newest, at.getTime()) : newest;
