import { vi } from "vitest";
import type { Caller } from "../../src/freshness/caller.ts";
import { createFreshnessKeeper, type Freshness, type FreshnessKeeper } from "../../src/freshness/ensure-fresh.ts";
import { createFailureMemory } from "../../src/freshness/failure-memory.ts";
import type { Mirror } from "../../src/freshness/mirror.ts";
import { SyncError } from "../../src/sync-error.ts";

const SECOND = 1_000;
const SETTLED = 61 * SECOND;
const TOKEN_LIFE = 60 * SECOND;
const USER = "user_Ann";

const wholeSeconds = (ms: number): number => Math.floor(ms / SECOND) * SECOND;

/** A session token, and when it stops being accepted. */
export interface Token {
  caller: Caller;
  expiresAt: number;
}

/** A process: the real keeper, with its own clock, which is wrong by `offset` ms. */
interface Process {
  keeper: FreshnessKeeper;
  offset: number;
  /** How often Clerk answered it, by token. */
  answers: Map<Token, number>;
}

interface Row {
  /** Which of the changes it shows. */
  change: number;
  updatedAt: number;
  checkedAt: number;
}

/**
 * One user, Clerk and its replicas, a database that keeps the newest version, and processes around it. Time moves only by `wait`;
 * changes in one millisecond differ by their number.
 */
export class SimulatedClerk {
  now = Date.UTC(2026, 0, 1) + 137;
  /** When each change was made; the first one is the sign-up. */
  readonly changes: number[] = [this.now];
  readonly tokens: Token[] = [];
  readonly processes: Process[] = [];
  readonly webhooks: { change: number; sentAt: number }[] = [];
  /** This many requests from now on get no answer. */
  unanswered = 0;
  #row: Row | undefined;
  /** How the pending request is answered. */
  #answer: { process: Process; token: Token; lag: number; elapsed: number } | undefined;

  constructor(offsets: number[]) {
    this.processes = offsets.map((offset) => this.#start(offset));
  }

  wait(ms: number): void {
    this.now += ms;
  }

  change(): void {
    this.changes.push(this.now);
    this.webhooks.push({ change: this.changes.length - 1, sentAt: this.now });
  }

  /** @param lag how far the replica that fills the claim is behind, in ms; null for a token without the claim */
  signIn(lag: number | null): void {
    const known = lag === null ? undefined : this.changes[Math.max(0, this.#visible(lag))];
    this.tokens.push({
      caller: {
        userId: USER,
        tokenIssuedAt: new Date(wholeSeconds(this.now)),
        userUpdatedAt: known === undefined ? null : new Date(wholeSeconds(known)),
        role: null,
      },
      expiresAt: this.now + TOKEN_LIFE,
    });
  }

  /** @param lag how far the replica that answers is behind; `elapsed`: how long the answer takes, both in ms */
  async call(process: Process, token: Token, { lag, elapsed }: { lag: number; elapsed: number }): Promise<Freshness> {
    vi.setSystemTime(this.now + process.offset);
    this.#answer = { process, token, lag, elapsed };
    return process.keeper.ensureFresh(token.caller);
  }

  /** A delivery, however late. */
  deliver(process: Process, { change, sentAt }: { change: number; sentAt: number }): void {
    const updatedAt = this.changes[change] ?? Number.NaN;
    this.#apply(process, { change, updatedAt, checkedAt: Math.max(updatedAt, sentAt) }, { touch: false });
  }

  restart(index: number): void {
    this.processes[index] = this.#start(this.processes[index]?.offset ?? 0);
  }

  /** The newest change that a replica shows; -1 if it does not know the user yet. */
  #visible(lag: number): number {
    return this.changes.findLastIndex((at) => at <= this.now - lag);
  }

  #start(offset: number): Process {
    const now = () => this.now + offset;
    const keeper = createFreshnessKeeper({
      readMirror: async () => this.#mirror(),
      sync: async () => this.#ask(),
      failures: createFailureMemory(now),
      logger: { info() {}, warn() {}, error() {} },
      now,
    });
    return { keeper, offset, answers: new Map() };
  }

  #mirror(): Mirror {
    if (!this.#row) return { state: "absent" };
    const { change, updatedAt, checkedAt } = this.#row;
    return {
      state: "present",
      user: { id: USER, clerkId: USER, email: null, emailVerified: null, name: String(change), image: null },
      updatedAt: new Date(updatedAt),
      checkedAt: new Date(checkedAt),
      claim: { email: null, verified: false },
      conflict: false,
      complete: true,
      banned: false,
    };
  }

  #ask(): void {
    if (!this.#answer) throw new Error("no call was made");
    const { process, token, lag, elapsed } = this.#answer;
    if (this.unanswered > 0) {
      this.unanswered--;
      throw new SyncError("CLERK_UNREACHABLE", "the simulated Clerk is down");
    }
    const change = this.#visible(lag);
    const updatedAt = this.changes[change];
    if (updatedAt === undefined) throw new SyncError("USER_NOT_FOUND", "the replica lags");
    process.answers.set(token, (process.answers.get(token) ?? 0) + 1);
    const checkedAt = Math.max(updatedAt, token.caller.tokenIssuedAt.getTime(), wholeSeconds(this.now) - elapsed);
    this.#apply(process, { change, updatedAt, checkedAt }, { touch: true });
  }

  /** The rule of the write path: the newer version wins, and a settled row is not written needlessly. */
  #apply(process: Process, next: Row, { touch }: { touch: boolean }): void {
    const row = this.#row;
    const newer = !row || next.updatedAt - row.updatedAt || next.checkedAt - row.checkedAt;
    if (row && row.change === next.change) {
      if (touch || row.checkedAt < row.updatedAt + SETTLED) row.checkedAt = Math.max(row.checkedAt, next.checkedAt);
    } else if (newer === true || newer >= 0) {
      this.#row = next;
      process.keeper.drop([USER]);
    }
  }
}
