const MOST_WORKERS = 16; // more readers would only meet Clerk's rate limit

/** `--workers N`: pages at a time, of one process. @throws Error saying what is wrong with it */
export function parseWorkers(text: string): number {
  const workers = Number(text);
  if (Number.isInteger(workers) && workers >= 1 && workers <= MOST_WORKERS) return workers;
  throw new Error(`--workers is a number from 1 to ${MOST_WORKERS}.`);
}
