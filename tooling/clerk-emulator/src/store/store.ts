import { Directory } from "./directory.ts";
import { newId } from "./id.ts";
import { type Instance, passwordDigest, sameText } from "./instance.ts";
import { type Entry, Journal } from "./journal.ts";
import { newSession, type Session, sessionAt } from "./session.ts";
import { type User, type UserChanges, withChanges } from "./user.ts";

/** What a webhook tells. The user is as it was at that moment. */
export type UserEvent =
  | { type: "user.created" | "user.updated"; user: User }
  | { type: "user.deleted"; user: Pick<User, "id" | "external_id"> };

export type NewUser = { user: User; password?: string | undefined };

/** From so many users at once, orders are sorted anew instead of kept. */
const MANY = 1000;

/** The instance, its users, passwords and sessions. Every change goes through here: into the journal, then into memory. */
export class Store {
  readonly directory = new Directory();
  readonly #passwords = new Map<string, string>();
  readonly #sessions = new Map<string, Session>();
  #instance: Instance;
  #journal: Journal | undefined;
  #listener: (event: UserEvent) => void = () => undefined;

  private constructor(instance: Instance) {
    this.#instance = instance;
  }

  /**
   * Opens what a data directory keeps, or begins with what `first` gives. Without a directory nothing outlives the process.
   * @throws EmulatorError JOURNAL_UNREADABLE
   */
  static async open(
    dataDirectory: string | undefined,
    first: () => Promise<{ instance: Instance; users: NewUser[] }>,
  ): Promise<Store> {
    let store: Store | undefined;
    if (dataDirectory !== undefined) {
      for await (const entry of Journal.read(dataDirectory)) {
        if (!store && entry.kind === "instance") store = new Store(entry.instance);
        if (store) store.#apply(entry);
      }
    }
    if (!store) {
      const { instance, users } = await first();
      store = new Store(instance);
      for (const entry of store.#birth(users)) store.#apply(entry);
    }
    if (dataDirectory !== undefined) store.#journal = Journal.rewrite(dataDirectory, store.#entries());
    return store;
  }

  get instance(): Instance {
    return this.#instance;
  }

  /** Who hears of changes of users from now on. */
  listen(listener: (event: UserEvent) => void): void {
    this.#listener = listener;
  }

  createUsers(users: readonly NewUser[]): void {
    if (users.length >= MANY) this.directory.forgetOrders();
    this.#commit(this.#birth(users));
    for (const { user } of users) this.#listener({ type: "user.created", user });
  }

  /** Changes a user. `updated_at` moves on by at least 1 ms, unless the changes set it. */
  updateUser(user: User, changes: UserChanges): User {
    const changed = withChanges(user, { updated_at: Math.max(Date.now(), user.updated_at + 1), ...changes });
    this.#commit([{ kind: "user", user: changed }]);
    this.#listener({ type: "user.updated", user: changed });
    return changed;
  }

  /** Deletes a user, the password and the sessions. */
  deleteUser(user: User): void {
    this.#commit([{ kind: "user_deleted", id: user.id }]);
    this.#listener({ type: "user.deleted", user: { id: user.id, external_id: user.external_id } });
  }

  /** Changes or, by null, removes the password. The user's own fields are the caller's to change. */
  setPassword(userId: string, password: string | null): void {
    const digest = password === null ? null : passwordDigest(this.#instance, password);
    this.#commit([{ kind: "password", userId, digest }]);
  }

  hasPassword(userId: string, password: string): boolean {
    const digest = this.#passwords.get(userId);
    return digest !== undefined && sameText(digest, passwordDigest(this.#instance, password));
  }

  /** Opens a session, in a browser of its own unless a client is named. */
  openSession(userId: string, clientId = newId("client")): Session {
    const session = newSession(userId, clientId, Date.now());
    this.#commit([{ kind: "session", session }]);
    return session;
  }

  endSession(session: Session, status: "revoked" | "ended" | "removed"): Session {
    const ended = { ...session, status, updated_at: Date.now() };
    this.#commit([{ kind: "session", session: ended }]);
    return ended;
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

  close(): void {
    this.#journal?.close();
    this.#journal = undefined;
  }

  *#birth(users: Iterable<NewUser>): Generator<Entry> {
    for (const { user, password } of users) {
      yield { kind: "user", user };
      if (password !== undefined) {
        yield { kind: "password", userId: user.id, digest: passwordDigest(this.#instance, password) };
      }
    }
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
    }
  }

  /** All that is known, as the shortest journal that says it. */
  *#entries(): Generator<Entry> {
    yield { kind: "instance", instance: this.#instance };
    for (const user of this.directory.all()) yield { kind: "user", user };
    for (const [userId, digest] of this.#passwords) yield { kind: "password", userId, digest };
    for (const session of this.#sessions.values()) {
      if (sessionAt(session, Date.now()).status === "active") yield { kind: "session", session };
    }
  }
}
