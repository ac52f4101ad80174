import type { ClerkApi } from "../clerk/clerk-api.ts";
import { normaliseEmail } from "../snapshot/snapshot.ts";
import type { Candidate, RowReader } from "./candidate-rows.ts";
import { type AdoptionPerson, classify } from "./classify.ts";
import { type ClerkPerson, findPeople, listPeople } from "./clerk-people.ts";

/** All users at Clerk and the row that is theirs, page by page. Writes nothing. */
export async function* peopleAtClerk(
  clerk: ClerkApi,
  rows: RowReader,
  ownIds: boolean,
): AsyncGenerator<AdoptionPerson[]> {
  for await (const people of listPeople(clerk)) {
    const candidates = await rows.candidates(people);
    const classified = people.map((person) =>
      classify(
        person,
        candidates.filter(({ clerkId }) => clerkId === person.id),
        ownIds,
      ),
    );
    yield await contest(clerk, classified, candidates);
  }
}

/** A row that matches two users in two ways belongs to neither without a person's decision. */
async function contest(clerk: ClerkApi, people: AdoptionPerson[], candidates: Candidate[]): Promise<AdoptionPerson[]> {
  const isUndecided = (person: AdoptionPerson) => person.class === "external_id" || person.class === "verified_email";
  const undecided = people.filter(isUndecided);
  const rowIds = new Set(undecided.flatMap(({ rowIds }) => rowIds));
  const emails = candidates.flatMap(({ rowId, email }) =>
    rowIds.has(rowId) && email !== null ? [{ rowId, email: normaliseEmail(email) }] : [],
  );
  const byId = await findPeople(clerk, "external_id", [...rowIds]);
  const byEmail = await findPeople(
    clerk,
    "email_address",
    emails.flatMap(({ email }) => email ?? []),
  );
  const claimants = new Map<string, Set<string>>();
  const claim = (rowId: string, { id }: ClerkPerson) =>
    claimants.set(rowId, (claimants.get(rowId) ?? new Set()).add(id));
  for (const person of byId) if (person.externalId !== null) claim(person.externalId, person);
  for (const person of byEmail.filter(({ verified }) => verified)) {
    for (const { rowId } of emails.filter(({ email }) => email === person.email)) claim(rowId, person);
  }
  return people.map((person) => {
    const rivals = person.rowIds
      .flatMap((rowId) => [...(claimants.get(rowId) ?? [])])
      .filter((id) => id !== person.clerkId);
    return isUndecided(person) && rivals.length > 0
      ? { ...person, class: "ambiguous", reason: "another user matches the row, too" }
      : person;
  });
}

// Each unknown row costs a part of three calls.
const ROWS_AT_ONCE = 500;

/** The rows that match no user at Clerk, page by page. Writes nothing. */
export async function* rowsOnlyHere(clerk: ClerkApi, rows: RowReader): AsyncGenerator<AdoptionPerson[]> {
  let after: string | null = null;
  for (;;) {
    const page = await rows.rowsAfter(after, ROWS_AT_ONCE);
    const last = page.at(-1);
    if (!last) return;
    after = last.rowId;
    const unknown = page
      .filter(({ synced }) => !synced)
      .map((row) => ({ ...row, address: row.email === null ? null : normaliseEmail(row.email) }));
    const ids = await findPeople(
      clerk,
      "user_id",
      unknown.flatMap(({ key }) => key ?? []),
    );
    const externals = await findPeople(
      clerk,
      "external_id",
      unknown.map(({ rowId }) => rowId),
    );
    const addresses = await findPeople(
      clerk,
      "email_address",
      unknown.flatMap(({ address }) => address ?? []),
    );
    const known = {
      keys: new Set(ids.map(({ id }) => id)),
      rowIds: new Set(externals.map(({ externalId }) => externalId)),
      addresses: new Set(addresses.filter(({ verified }) => verified).map(({ email }) => email)),
    };
    const onlyHere = unknown.filter(
      ({ key, rowId, address }) =>
        !(key !== null && known.keys.has(key)) &&
        !known.rowIds.has(rowId) &&
        !(address !== null && known.addresses.has(address)),
    );
    if (onlyHere.length > 0) {
      yield onlyHere.map(({ rowId, email }) => ({
        class: "only_here" as const,
        clerkId: null,
        rowIds: [rowId],
        email,
        reason: null,
      }));
    }
  }
}
