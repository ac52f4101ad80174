/** What can keep the emulator from starting. The message says what to do. */
export class EmulatorError extends Error {
  override readonly name = "EmulatorError";

  constructor(
    readonly code: "INVALID_OPTION" | "JOURNAL_UNREADABLE" | "NOT_LOOPBACK" | "PORT_TAKEN",
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
