import fc from "fast-check";
import type { ClerkUser } from "../../src/index.ts";

/** Addresses as Clerk may have them, and as they must be stored. The Kelvin sign is not a k. */
export const addresses = [
  { written: "ann@example.com", shown: "ann@example.com" },
  { written: " Ann.B@Example.com", shown: "ann.b@example.com" },
  { written: "kim@example.com", shown: "kim@example.com" },
  { written: "\u212Aim@example.com", shown: "\u212Aim@example.com" },
  { written: "ÄRGER@example.com", shown: "Ärger@example.com" },
] as const;

type Address = (typeof addresses)[number];

interface Email {
  address: Address;
  verifiedAt: number | null;
  since: number;
}

interface Person {
  id: string;
  createdAt: number;
  updatedAt: number;
  name: string;
  primary: Email | null;
  /** A second address, which no user claims; listed before the primary one. */
  spare: Email | null;
}

export type Said = { kind: "user"; user: ClerkUser; changedAt: number } | { kind: "deleted"; id: string };

/** The expected mirror of a user once everything was delivered. */
export interface Expected {
  id: string;
  name: string;
  image: string;
  email: string | null;
  emailVerifiedAt: number | null;
  emailSince: number | null;
  updatedAt: number;
}

const SECOND = 1_000;
const START = Date.UTC(2026, 0, 1);

/** A Clerk with a few users: commands make its history, and it keeps all its snapshots. */
export class ModelClerk {
  readonly said: Said[] = [];
  readonly deleted = new Set<string>();
  readonly #people = new Map<string, Person>();
  #now: number;
  #born = 0;

  /** @param start the time of the first change, in epoch ms */
  constructor(start = START) {
    this.#now = start;
  }

  /** @param tie the change falls into the same millisecond as the user's last one */
  #touch(person: Person, tie: boolean): void {
    if (!tie) {
      this.#now += SECOND;
      person.updatedAt = this.#now;
    }
    this.said.push({ kind: "user", user: toUser(person), changedAt: person.updatedAt });
  }

  #nth(index: number): Person | undefined {
    const alive = [...this.#people.values()];
    return alive[index % Math.max(1, alive.length)];
  }

  #email(address: Address, verified: boolean): Email {
    this.#now += SECOND;
    return { address, verifiedAt: verified ? this.#now : null, since: this.#now };
  }

  run(command: Command): void {
    if (command.do === "create") {
      const id = `user_${"ABCDEFGH"[this.#born++ % 8]}${this.#born}`;
      const primary = command.address ? this.#email(command.address, command.verified) : null;
      const person = { id, createdAt: this.#now, updatedAt: this.#now, name: `Name ${id}`, primary, spare: null };
      this.#people.set(id, person);
      this.createdAt.set(id, person.createdAt);
      this.#touch(person, false);
      return;
    }
    const person = this.#nth(command.who);
    if (!person) return;
    switch (command.do) {
      case "rename":
        person.name = `Name ${this.said.length}`;
        break;
      case "move":
        person.spare = person.primary;
        person.primary = command.address ? this.#email(command.address, command.verified) : null;
        break;
      case "swap": {
        const other = this.#nth(command.with);
        if (!other || other === person) return;
        [person.primary, other.primary] = [other.primary, person.primary];
        this.#touch(other, false);
        break;
      }
      case "verify":
        if (!person.primary) return;
        this.#now += SECOND;
        person.primary = { ...person.primary, verifiedAt: person.primary.verifiedAt === null ? this.#now : null };
        break;
      case "delete":
        this.#people.delete(person.id);
        this.deleted.add(person.id);
        this.said.push({ kind: "deleted", id: person.id });
        return;
    }
    this.#touch(person, command.tie);
  }

  /** The newest snapshot of each user, which must be delivered for the mirror to be right. */
  newest(): Said[] {
    return [
      ...[...this.#people.values()].map(
        (person) => ({ kind: "user", user: toUser(person), changedAt: person.updatedAt }) as const,
      ),
      ...[...this.deleted].map((id) => ({ kind: "deleted", id }) as const),
    ];
  }

  /** When Clerk made each user, deleted ones included. */
  readonly createdAt = new Map<string, number>();

  expected(): Expected[] {
    return [...this.#people.values()]
      .map((person) => ({
        id: person.id,
        name: person.name,
        image: imageOf(person),
        email: person.primary?.address.shown ?? null,
        emailVerifiedAt: person.primary?.verifiedAt ?? null,
        emailSince: person.primary?.since ?? null,
        updatedAt: person.updatedAt,
      }))
      .sort((a, b) => (a.id < b.id ? -1 : 1));
  }
}

const imageOf = ({ id }: Person) => `https://img.example.com/${id}`;

const toEmail = ({ address, verifiedAt, since }: Email, id: string) => ({
  id,
  email_address: address.written,
  verification: { status: verifiedAt === null ? "unverified" : "verified" },
  created_at: since,
  updated_at: verifiedAt ?? since,
});

const toUser = (person: Person): ClerkUser => ({
  id: person.id,
  primary_email_address_id: person.primary && "idn_primary",
  email_addresses: [
    ...(person.spare ? [toEmail(person.spare, "idn_spare")] : []),
    ...(person.primary ? [toEmail(person.primary, "idn_primary")] : []),
  ],
  first_name: person.name,
  last_name: null,
  username: null,
  image_url: imageOf(person),
  created_at: person.createdAt,
  updated_at: person.updatedAt,
});

/** The claimants of an address in order: verified first, then the one who added it last, then the smallest id. */
export function ownerOf(email: string, people: Expected[]): Expected | undefined {
  return people
    .filter((person) => person.email === email)
    .sort(
      (a, b) =>
        Number(a.emailVerifiedAt === null) - Number(b.emailVerifiedAt === null) ||
        (b.emailSince ?? 0) - (a.emailSince ?? 0) ||
        (a.id < b.id ? -1 : 1),
    )[0];
}

const address = fc.option(fc.constantFrom(...addresses), { freq: 6 });
const who = fc.nat(20);
const tie = fc.boolean();
const changes = {
  rename: fc.record({ do: fc.constant("rename" as const), who, tie }),
  move: fc.record({ do: fc.constant("move" as const), who, tie, address, verified: fc.boolean() }),
  swap: fc.record({ do: fc.constant("swap" as const), who, tie, with: who }),
  verify: fc.record({ do: fc.constant("verify" as const), who, tie }),
  delete: fc.record({ do: fc.constant("delete" as const), who, tie }),
};
const create = fc.record({ do: fc.constant("create" as const), address, verified: fc.boolean() });

export type Command =
  | { do: "create"; address: Address | null; verified: boolean }
  | { do: "rename" | "verify" | "delete"; who: number; tie: boolean }
  | { do: "move"; who: number; tie: boolean; address: Address | null; verified: boolean }
  | { do: "swap"; who: number; tie: boolean; with: number };

/** A history: some users sign up, then things happen to them, and more users sign up. */
export const history: fc.Arbitrary<Command[]> = fc
  .tuple(
    fc.array(create, { minLength: 1, maxLength: 4 }),
    fc.array(
      fc.oneof(
        { weight: 2, arbitrary: create },
        { weight: 2, arbitrary: changes.rename },
        { weight: 5, arbitrary: changes.move },
        { weight: 2, arbitrary: changes.swap },
        { weight: 2, arbitrary: changes.verify },
        { weight: 1, arbitrary: changes.delete },
      ),
      { maxLength: 20 },
    ),
  )
  .map(([births, rest]): Command[] => [...births, ...rest]);
