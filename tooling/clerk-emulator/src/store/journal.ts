import {
  appendFileSync,
  closeSync,
  createReadStream,
  existsSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  statSync,
} from "node:fs";
import path from "node:path";
import { z } from "zod";
import { EmulatorError } from "../emulator-error.ts";
import { clientSchema } from "./client.ts";
import { instanceSchema } from "./instance.ts";
import { sessionSchema } from "./session.ts";
import { userSchema } from "./user.ts";

/** One change of the stored state: one line of the journal. */
const entrySchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("instance"), instance: instanceSchema }),
  z.strictObject({ kind: z.literal("user"), user: userSchema }),
  z.strictObject({ kind: z.literal("user_deleted"), id: z.string() }),
  z.strictObject({ kind: z.literal("password"), userId: z.string(), digest: z.string().nullable() }),
  z.strictObject({ kind: z.literal("session"), session: sessionSchema }),
  z.strictObject({ kind: z.literal("client"), client: clientSchema }),
]);

export type Entry = z.infer<typeof entrySchema>;

const LINES_A_WRITE = 1000;

/**
 * The emulator's state on disk: one JSON line per change, appended before the response, so a killed process loses nothing. An
 * incomplete last line was never answered and is dropped.
 */
export class Journal {
  readonly #file: string;
  readonly #descriptor: number;
  readonly #inode: number;

  private constructor(file: string, descriptor: number) {
    this.#file = file;
    this.#descriptor = descriptor;
    this.#inode = fstatSync(descriptor).ino;
  }

  /** @throws EmulatorError JOURNAL_UNREADABLE if a line is not one of ours. */
  static async *read(directory: string): AsyncGenerator<Entry> {
    const file = journalFile(directory);
    if (!existsSync(file)) return;
    let number = 0;
    let cut: number | undefined;
    for await (const line of linesOf(file)) {
      number += 1;
      if (cut !== undefined) throw unreadable(file, cut);
      const json = parseJson(line);
      if (json === undefined) {
        cut = number;
        continue;
      }
      const entry = entrySchema.safeParse(json);
      if (!entry.success) throw unreadable(file, number, entry.error);
      yield entry.data;
    }
  }

  /** Starts a journal with only these entries. It replaces the previous one in one step. */
  static rewrite(directory: string, entries: Iterable<Entry>): Journal {
    mkdirSync(directory, { recursive: true });
    const file = journalFile(directory);
    const draft = `${file}.draft`;
    const journal = new Journal(file, openSync(draft, "w", 0o600));
    journal.#write(entries);
    fsyncSync(journal.#descriptor);
    renameSync(draft, file);
    return journal;
  }

  /** @throws EmulatorError DATA_TAKEN if a later start took the file over: nothing would read what is written here. */
  append(entries: Iterable<Entry>): void {
    if (statSync(this.#file, { throwIfNoEntry: false })?.ino !== this.#inode) {
      throw new EmulatorError(
        "DATA_TAKEN",
        `${this.#file} was removed or belongs to an emulator that was started later. Stop this one, or give each its own directory.`,
      );
    }
    this.#write(entries);
  }

  #write(entries: Iterable<Entry>): void {
    let lines: string[] = [];
    for (const entry of entries) {
      lines.push(`${JSON.stringify(entry)}\n`);
      if (lines.length < LINES_A_WRITE) continue;
      appendFileSync(this.#descriptor, lines.join(""));
      lines = [];
    }
    if (lines.length > 0) appendFileSync(this.#descriptor, lines.join(""));
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}

function journalFile(directory: string): string {
  return path.join(directory, "journal.jsonl");
}

/** node:readline would also break a line at U+2028, which JSON does not escape. */
async function* linesOf(file: string): AsyncGenerator<string> {
  let rest = "";
  for await (const chunk of createReadStream(file, "utf8")) {
    const lines = `${rest}${chunk}`.split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  if (rest !== "") yield rest;
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function unreadable(file: string, line: number, cause?: unknown): EmulatorError {
  return new EmulatorError(
    "JOURNAL_UNREADABLE",
    `Line ${line} of ${file} is not one that this version of the emulator writes. Remove the file to start with a new instance.`,
    { cause },
  );
}
