declare global {
  var rollcallServerStops: AbortSignal | undefined;
}

/**
 * Aborted when this server gets a signal to stop. Next then waits for work that continues after its answers, and a long run would
 * block it. It is kept on `globalThis` because Next loads this module more than once, and again after each edit.
 */
export const serverStops: AbortSignal = globalThis.rollcallServerStops ?? listen();
globalThis.rollcallServerStops = serverStops;

function listen(): AbortSignal {
  const stop = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"]) process.once(signal, () => stop.abort());
  return stop.signal;
}
