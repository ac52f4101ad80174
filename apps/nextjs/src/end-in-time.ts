// Docker kills a container ten seconds after it told it to stop. Next waits for the last answer, however long Clerk, the
// database or a slow client takes, and for those that a busy connection asks for meanwhile. What is cut off is asked for
// again, and a run loses no page.
const DEADLINE_MS = 8_000;

const exitCodes = { SIGTERM: 143, SIGINT: 130 } as const;

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.once(signal, () => setTimeout(() => process.exit(exitCodes[signal]), DEADLINE_MS).unref());
}

export {};
