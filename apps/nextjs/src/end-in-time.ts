// Docker kills a container ten seconds after its stop signal. Next waits for the last response, however long Clerk, the database
// or a slow client takes, and for further requests on a busy connection. Clients retry what is cut off, and a run loses no page.
const DEADLINE_MS = 8_000;

const exitCodes = { SIGTERM: 143, SIGINT: 130 } as const;

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.once(signal, () => setTimeout(() => process.exit(exitCodes[signal]), DEADLINE_MS).unref());
}

export {};
