declare global {
  var rollcallServerStops: AbortSignal | undefined;
}

/**
 * Aborted when this server is told to stop: Next then waits for the work after its answers, which a long run would keep it
 * at. It hangs on `globalThis` because Next loads this module more than once, and again after each edit.
 */
export const serverStops: AbortSignal = globalThis.rollcallServerStops ?? listen();
globalThis.rollcallServerStops = serverStops;

function listen(): AbortSignal {
  const stop = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"]) process.once(signal, () => stop.abort());
  return stop.signal;
}
