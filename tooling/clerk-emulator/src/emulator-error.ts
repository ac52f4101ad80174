/** What can keep the emulator from starting, or from going on. The message says what to do. */
export class EmulatorError extends Error {
  override readonly name = "EmulatorError";

  constructor(
    readonly code: "DATA_TAKEN" | "INVALID_OPTION" | "JOURNAL_UNREADABLE" | "NOT_LOOPBACK" | "PORT_TAKEN",
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
