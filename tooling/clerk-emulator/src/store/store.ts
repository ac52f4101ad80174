import { type Client, isUnderWay } from "./client.ts";
import { Directory } from "./directory.ts";
import { newId } from "./id.ts";
import { type Instance, newSigningKey, passwordDigest, type SigningKey, sameText } from "./instance.ts";
import { type Entry, Journal } from "./journal.ts";
import { newSession, type Session, sessionAt } from "./session.ts";
import { type User, type UserChanges, withChanges } from "./user.ts";

/** The content of a webhook. The user is as they were at that time. */
export type UserEvent =
  | { type: "user.created" | "user.updated"; user: User }
  | { type: "user.deleted"; user: Pick<User, "id" | "external_id"> };

/** A user to create, with an optional password or its digest. */
export type NewUser = { user: User; password?: string | undefined; passwordDigest?: string | undefined };

/** For a batch of this many users, orders are sorted again instead of maintained. */
const MANY = 1000;

/** The limit of stored browsers; the one idle the longest is dropped first. */
const MOST_CLIENTS = 10_000;

/**
 * The instance, its users, passwords, sessions and their browsers. Every change goes through here: into the journal, then into
 * memory.
 */
export class Store {
  readonly directory = new Directory();
  readonly #passwords = new Map<string, string>();
  readonly #sessions = new Map<string, Session>();
  readonly #clients = new Map<string, Client>();
  #instance: Instance;
  #signingKey: Promise<SigningKey> | undefined;
  #journal: Journal | undefined;
  #listener: (event: UserEvent) => void = () => undefined;

  private constructor(instance: Instance) {
    this.#instance = instance;
  }

  /**
   * Opens a data directory, or starts with the result of `first`. Without a directory, nothing survives the process.
   * @throws EmulatorError JOURNAL_UNREADABLE
   */
  static async open(
    dataDirectory: string | undefined,
    first: () => { instance: Instance; users: NewUser[] },
  ): Promise<Store> {
    let store: Store | undefined;
    if (dataDirectory !== undefined) {
      for await (const entry of Journal.read(dataDirectory)) {
        if (!store && entry.kind === "instance") store = new Store(entry.instance);
        if (store) store.#apply(entry);
      }
    }
    if (!store) {
      const { instance, users } = first();
      store = new Store(instance);
      for (const entry of store.#birth(users)) store.#apply(entry);
    }
    if (dataDirectory !== undefined) store.#journal = Journal.rewrite(dataDirectory, store.#entries());
    return store;
  }

  get instance(): Instance {
    return this.#instance;
  }

  /** The key of session tokens, made and stored when it is first needed: most tests sign no token, and it takes long. */
  signingKey(): Promise<SigningKey> {
    this.#signingKey ??= this.#storedOrNewKey();
    return this.#signingKey;
  }

  async #storedOrNewKey(): Promise<SigningKey> {
    if (this.#instance.signingKey) return this.#instance.signingKey;
    const signingKey = await newSigningKey(this.#instance.id);
    this.#commit([{ kind: "instance", instance: { ...this.#instance, signingKey } }]);
    return signingKey;
  }

  /** Sets the listener for user changes. */
  listen(listener: (event: UserEvent) => void): void {
    this.#listener = listener;
  }

  createUsers(users: readonly NewUser[]): void {
    if (users.length >= MANY) this.directory.forgetOrders();
    this.#commit(this.#birth(users));
    for (const { user } of users) this.#listener({ type: "user.created", user });
  }

  /** Changes a user. `updated_at` advances by at least 1 ms, unless the changes set it. A banned user has no sessions. */
  updateUser(user: User, changes: UserChanges): User {
    const changed = withChanges(user, { updated_at: Math.max(Date.now(), user.updated_at + 1), ...changes });
    this.#commit([{ kind: "user", user: changed }]);
    if (changed.banned) this.revokeSessions(changed.id);
    this.#listener({ type: "user.updated", user: changed });
    return changed;
  }

  /** Deletes a user, the password and the sessions. */
  deleteUser(user: User): void {
    this.#commit([{ kind: "user_deleted", id: user.id }]);
    this.#listener({ type: "user.deleted", user: { id: user.id, external_id: user.external_id } });
  }

  /** Changes the password; null removes it. The caller must change the user's own fields. */
  setPassword(userId: string, password: string | null): void {
    const digest = password === null ? null : passwordDigest(this.#instance, password);
    this.#commit([{ kind: "password", userId, digest }]);
  }

  hasPassword(userId: string, password: string): boolean {
    const digest = this.#passwords.get(userId);
    return digest !== undefined && sameText(digest, passwordDigest(this.#instance, password));
  }

  /** Opens a session, in a new browser unless a client is given. */
  openSession(userId: string, clientId = newId("client")): Session {
    const session = newSession(userId, clientId, Date.now());
    this.#commit([{ kind: "session", session }]);
    return session;
  }

  endSession(session: Session, status: "revoked" | "ended" | "removed"): Session {
    return this.#saveSession({ ...session, status, updated_at: Date.now() });
  }

  /** Ends all sessions of a user, except the given one. */
  revokeSessions(userId: string, exceptId?: string): void {
    for (const session of this.sessions()) {
      const meant = session.user_id === userId && session.status === "active" && session.id !== exceptId;
      if (meant) this.endSession(session, "revoked");
    }
  }

  /** Stores that a session was just used. */
  touchSession(session: Session): Session {
    const now = Date.now();
    return this.#saveSession({ ...session, last_active_at: now, updated_at: now });
  }

  session(id: string): Session | undefined {
    const session = this.#sessions.get(id);
    return session && sessionAt(session, Date.now());
  }

  /** All sessions, newest first. */
  sessions(): Session[] {
    const now = Date.now();
    return [...this.#sessions.values()].map((session) => sessionAt(session, now)).reverse();
  }

  /** The active session in a browser; there is at most one. */
  activeSession(clientId: string): Session | undefined {
    return this.sessions().find((session) => session.client_id === clientId && session.status === "active");
  }

  client(id: string): Client | undefined {
    return this.#clients.get(id);
  }

  saveClient(client: Client): Client {
    const saved = { ...client, updated_at: Date.now() };
    this.#commit([{ kind: "client", client: saved }]);
    return saved;
  }

  close(): void {
    this.#journal?.close();
    this.#journal = undefined;
  }

  *#birth(users: Iterable<NewUser>): Generator<Entry> {
    for (const { user, password, passwordDigest: given } of users) {
      yield { kind: "user", user };
      const digest = password === undefined ? given : passwordDigest(this.#instance, password);
      if (digest !== undefined) yield { kind: "password", userId: user.id, digest };
    }
  }

  #saveSession(session: Session): Session {
    this.#commit([{ kind: "session", session }]);
    return session;
  }

  #commit(entries: Iterable<Entry>): void {
    const all = [...entries];
    this.#journal?.append(all);
    for (const entry of all) this.#apply(entry);
  }

  #apply(entry: Entry): void {
    switch (entry.kind) {
      case "instance":
        this.#instance = entry.instance;
        break;
      case "user":
        this.directory.put(entry.user);
        break;
      case "user_deleted":
        this.directory.remove(entry.id);
        this.#passwords.delete(entry.id);
        for (const session of this.#sessions.values()) {
          if (session.user_id === entry.id) this.#sessions.delete(session.id);
        }
        break;
      case "password":
        if (entry.digest === null) this.#passwords.delete(entry.userId);
        else this.#passwords.set(entry.userId, entry.digest);
        break;
      case "session":
        this.#sessions.set(entry.session.id, entry.session);
        break;
      case "client":
        this.#clients.delete(entry.client.id);
        this.#clients.set(entry.client.id, entry.client);
        for (const id of this.#clients.keys()) {
          if (this.#clients.size <= MOST_CLIENTS) break;
          this.#clients.delete(id);
        }
        break;
    }
  }

  /** The whole state, as the shortest journal. */
  *#entries(): Generator<Entry> {
    yield { kind: "instance", instance: this.#instance };
    for (const user of this.directory.all()) yield { kind: "user", user };
    for (const [userId, digest] of this.#passwords) yield { kind: "password", userId, digest };
    const now = Date.now();
    const active = [...this.#sessions.values()].filter((session) => sessionAt(session, now).status === "active");
    for (const session of active) yield { kind: "session", session };
    const signedIn = new Set(active.map((session) => session.client_id));
    for (const client of this.#clients.values()) {
      if (signedIn.has(client.id) || isUnderWay(client, now)) yield { kind: "client", client };
    }
  }
}
