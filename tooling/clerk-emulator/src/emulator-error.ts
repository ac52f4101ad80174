/** An error that stops the emulator, at its start or later. The message says what to do. */
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
