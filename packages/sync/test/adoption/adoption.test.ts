import { type Emulator, startEmulator } from "@rollcall/clerk-emulator";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { type AdoptionPerson, createRollcall, type Rollcall } from "../../src/index.ts";
import { signedDelivery } from "../webhook/signed-delivery.ts";
import { type Host, openHost } from "../write-path/host.ts";
import type { Mapping } from "../write-path/own-ids.ts";

let clerk: Emulator;
let host: Host;
let rollcall: Rollcall;

async function start(mapping: Mapping): Promise<void> {
  clerk = await startEmulator({ users: 2 });
  for (const { id } of z.array(created).parse(await ask("GET", "/users"))) await ask("DELETE", `/users/${id}`);
  host = await openHost({ connections: 2, mapping });
  rollcall = createRollcall({
    db: host.prisma,
    tables: host.tables,
    clerk: { secretKey: clerk.secretKey, apiUrl: clerk.url, webhookSigningSecret: clerk.webhookSigningSecret },
  });
  await rollcall.adoptInstance();
}
afterEach(async () => {
  await host[Symbol.asyncDispose]();
  await clerk.stop();
});

const created = z.object({ id: z.string() });

async function ask(method: string, path: string, body?: unknown): Promise<unknown> {
  const response = await fetch(`${clerk.url}/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${clerk.secretKey}`, "content-type": "application/json" },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  return response.json();
}

/** Makes a user at Clerk as an import does; an address that is only reserved is not verified. */
async function signUp(email: string, { externalId = null as string | null, verified = true } = {}): Promise<string> {
  const user = await ask("POST", "/users", {
    email_address: [email],
    email_address_identification_status: [verified ? "verified" : "reserved"],
    external_id: externalId,
    skip_password_requirement: true,
  });
  return created.parse(user).id;
}

/** A row of the application's, with an id of its own; returns that id. */
async function addRow(email: string | null, clerkId: string | null = null): Promise<string> {
  const { rows } = await host.sql.query<{ pk: string }>(
    `insert into "User" (id, email, name) values ($1, $2, 'Row') returning pk::text as pk`,
    [clerkId, email],
  );
  return rows[0]?.pk ?? "";
}

const linksOf = async () =>
  Object.fromEntries(
    (await host.sql.query<{ pk: string; id: string | null }>(`select pk::text as pk, id from "User"`)).rows.map(
      ({ pk, id }) => [pk, id],
    ),
  );

async function report() {
  const people: AdoptionPerson[] = [];
  const counts = await rollcall.adoptionReport((page) => void people.push(...page));
  return { counts, people };
}

const none = { same_id: 0, external_id: 0, verified_email: 0, ambiguous: 0, only_at_clerk: 0, only_here: 0 };

describe("where the rows have ids of the application's own,", () => {
  beforeEach(() => start("own ids"));

  test("a report says of each person which row is theirs, and writes nothing", async () => {
    const linked = await signUp("linked@example.com");
    const linkedRow = await addRow("linked@example.com", linked);
    const importedRow = await addRow("imported@example.com");
    const imported = await signUp("imported@example.com", { externalId: importedRow });
    const byEmailRow = await addRow("By.Email@Example.com");
    const byEmail = await signUp("by.email@example.com");
    const stranger = await signUp("stranger@example.com");
    const goneRow = await addRow("gone@example.com");
    const before = await host.versions();

    const { counts, people } = await report();
    expect(counts).toEqual({
      ...none,
      same_id: 1,
      external_id: 1,
      verified_email: 1,
      only_at_clerk: 1,
      only_here: 1,
    });
    expect(people).toHaveLength(5);
    expect(new Map(people.map(({ class: is, clerkId, rowIds }) => [is, [clerkId, ...rowIds]]))).toEqual(
      new Map<string, (string | null)[]>([
        ["same_id", [linked, linkedRow]],
        ["external_id", [imported, importedRow]],
        ["verified_email", [byEmail, byEmailRow]],
        ["only_at_clerk", [stranger]],
        ["only_here", [null, goneRow]],
      ]),
    );
    expect(await host.versions()).toEqual(before);
  });

  test("an address that is not verified makes no row a user's", async () => {
    await addRow("ann@example.com");
    await signUp("ann@example.com", { verified: false });
    expect((await report()).counts).toEqual({ ...none, only_at_clerk: 1, only_here: 1 });
    expect(await rollcall.linkRows({ by: "verified-email" })).toEqual({ linked: 0, left: 0 });
  });

  test("linking writes Clerk's id into the rows that match, and the next sync keeps them", async () => {
    const row = await addRow("Ann@example.com");
    const ann = await signUp("ann@example.com");
    await host.sql.query(`update "User" set email = 'ann@example.com'`);
    await expect(rollcall.syncUser(ann)).rejects.toMatchObject({ code: "UNLINKED" });

    expect(await rollcall.linkRows({ by: "external-id" }), "matches in the other way").toEqual({ linked: 0, left: 1 });
    expect(await rollcall.linkRows({ by: "verified-email" })).toEqual({ linked: 1, left: 0 });
    expect(await rollcall.linkRows({ by: "verified-email" }), "again").toEqual({ linked: 0, left: 0 });
    expect(await rollcall.syncUser(ann)).toMatchObject({ outcome: "updated", conflict: false });
    expect(await linksOf()).toEqual({ [row]: ann });
    expect((await report()).counts).toEqual({ ...none, same_id: 1 });
  });

  test("a user whose row is not linked yet is signed in without a row, by every entry point, until it is", async () => {
    const row = await addRow("ann@example.com");
    const ann = await signUp("ann@example.com");
    const caller = { userId: ann, tokenIssuedAt: new Date(), userUpdatedAt: null, role: null };
    expect(await rollcall.ensureFresh(caller)).toMatchObject({
      state: "unpersisted",
      errorCode: "UNLINKED",
      user: { id: null, clerkId: ann },
    });
    await expect(rollcall.syncMe(caller)).rejects.toMatchObject({ code: "UNLINKED" });
    const data = await ask("GET", `/users/${ann}`);
    const delivered = await rollcall.handleWebhook(signedDelivery(clerk, { type: "user.created", data }));
    expect({ status: delivered.status, body: await delivered.json() }).toEqual({
      status: 200,
      body: { ok: true, outcome: "failed" },
    });
    const { rows: events } = await host.sql.query(`select code from rollcall."SyncEvent" where source = 'webhook'`);
    expect(events).toEqual([{ code: "UNLINKED" }]);
    expect(await linksOf()).toEqual({ [row]: null });

    await rollcall.linkRows({ by: "verified-email" });
    await rollcall.syncUser(ann);
    expect(await rollcall.ensureFresh(caller)).toMatchObject({ state: "fresh", user: { id: row, clerkId: ann } });
  });

  test("linking by Clerk's external_id takes the row of that id, whatever its address, and ids that are none match nothing", async () => {
    const row = await addRow("old@example.com");
    const ann = await signUp("new@example.com", { externalId: row });
    await signUp("other@example.com", { externalId: "legacy-17" });
    expect(await rollcall.linkRows({ by: "external-id" })).toEqual({ linked: 1, left: 0 });
    expect(await linksOf()).toEqual({ [row]: ann });
  });

  test.each<[string, string, () => Promise<unknown>]>([
    [
      "a user whose external_id and address name two rows",
      "several rows match",
      async () => {
        await addRow("ann@example.com");
        await signUp("ann@example.com", { externalId: await addRow("x@example.com") });
      },
    ],
    [
      "a user who has a row already",
      "the user has a row, and another row matches, too",
      async () => {
        await addRow("ann@example.com");
        await addRow(null, await signUp("ann@example.com"));
      },
    ],
    [
      "two rows with one address in capital and small letters",
      "several rows match",
      async () => {
        await addRow("ann@example.com");
        await addRow("Ann@example.com");
        await signUp("ann@example.com");
      },
    ],
    [
      "a row that is linked to another id",
      "the row is linked to another id",
      async () => {
        await addRow("ann@example.com", "user_OfAnotherInstance");
        await signUp("ann@example.com");
      },
    ],
  ])("an ambiguous one is listed with the reason, and left: %s", async (_, reason, prepare) => {
    await prepare();
    const before = await linksOf();
    const { people } = await report();
    expect(people.filter((person) => person.class !== "only_here")).toEqual([
      expect.objectContaining({ class: "ambiguous", reason }),
    ]);
    const left: AdoptionPerson[] = [];
    for (const by of ["external-id", "verified-email"] as const) {
      const options = { by, onLeft: (people: AdoptionPerson[]) => void left.push(...people) };
      expect(await rollcall.linkRows(options)).toEqual({ linked: 0, left: 1 });
    }
    expect(left).toEqual([expect.objectContaining({ reason }), expect.objectContaining({ reason })]);
    expect(await linksOf()).toEqual(before);
  });

  test("a row that matches one user by its id and another by its address is neither's", async () => {
    const row = await addRow("ann@example.com");
    await signUp("ann@example.com");
    await signUp("bob@example.com", { externalId: row });
    expect((await report()).counts).toEqual({ ...none, ambiguous: 2 });
    for (const by of ["external-id", "verified-email"] as const) {
      expect(await rollcall.linkRows({ by })).toEqual({ linked: 0, left: 2 });
    }
    expect(await linksOf()).toEqual({ [row]: null });
  });

  test("a database that mirrors another instance is not linked", async () => {
    await addRow("ann@example.com");
    await signUp("ann@example.com");
    await host.sql.query(`update rollcall."ClerkInstance" set id = 'ins_other'`);
    await expect(rollcall.linkRows({ by: "verified-email" })).rejects.toMatchObject({ code: "INSTANCE_REFUSED" });
  });

  test("directories of several pages are compared and linked as a whole", async () => {
    const users = 1_050;
    await clerk.stop();
    clerk = await startEmulator({ users });
    rollcall = createRollcall({
      db: host.prisma,
      tables: host.tables,
      clerk: { secretKey: clerk.secretKey, apiUrl: clerk.url },
    });
    await rollcall.adoptInstance();
    const emails: string[] = [];
    await rollcall.adoptionReport((page) => void emails.push(...page.flatMap(({ email }) => email ?? [])));
    await host.sql.query(`insert into "User" (email) select unnest($1::text[])`, [emails]);
    const { counts } = await report();
    expect(counts.verified_email + counts.only_at_clerk).toBe(users);
    expect(counts.verified_email).toBeGreaterThan(1_000);
    expect(await rollcall.linkRows({ by: "verified-email" })).toEqual({ linked: counts.verified_email, left: 0 });
    expect((await report()).counts.same_id).toBe(counts.verified_email);
  });
});

describe("where Clerk's id is the primary key,", () => {
  beforeEach(() => start("default"));

  test("the report finds rows under other ids, and linking is refused with the reason", async () => {
    const ann = await signUp("ann@example.com");
    const bob = await signUp("bob@example.com", { externalId: "own-2" });
    await host.sql.query(
      `insert into "User" (id, email) values ($1, 'x@example.com'), ('own-1', 'ann@example.com'), ('own-2', 'y@example.com')`,
      [await signUp("cid@example.com")],
    );
    const { counts, people } = await report();
    expect(counts).toEqual({ ...none, same_id: 1, external_id: 1, verified_email: 1 });
    expect(people).toContainEqual(
      expect.objectContaining({ class: "verified_email", clerkId: ann, rowIds: ["own-1"] }),
    );
    expect(people).toContainEqual(expect.objectContaining({ class: "external_id", clerkId: bob, rowIds: ["own-2"] }));
    await expect(rollcall.linkRows({ by: "external-id" })).rejects.toMatchObject({
      code: "NOT_CONFIGURED",
      message: expect.stringMatching(/primary key.*tables\.user\.key/),
    });
  });
});
