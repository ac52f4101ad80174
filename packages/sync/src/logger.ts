/** Where the engine says what failed: structured fields, then a sentence. A pino logger is one. No names, no emails. */
export interface Logger {
  warn(fields: Record<string, unknown>, message: string): void;
  error(fields: Record<string, unknown>, message: string): void;
}

export const silent: Logger = { warn() {}, error() {} };
