import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod/v4";
import type { Session } from "../app/clerk.ts";
import { bearer, type GuardedApp, openGuardedApp } from "../app/guarded-app.ts";
import { testThatNothingLeaks } from "../app/nothing-leaks.ts";

let guarded: GuardedApp;
beforeAll(async () => {
  guarded = await openGuardedApp();
});
afterAll(() => guarded[Symbol.asyncDispose]());

const KELVIN_SIGN = "\u212A";

describe("an admin", () => {
  const statusSchema = z.object({
    result: z.object({
      data: z.object({
        json: z.object({
          me: z.object({
            state: z.string(),
            user: z.object({ email: z.string().nullable(), emailVerified: z.string().nullable() }),
          }),
          directory: z.unknown(),
        }),
      }),
    }),
  });

  /** What the caller sees about themselves, and whether they may do what admins may, here and in `sync.status`. */
  async function standing(session: Session) {
    const { body } = await guarded.call("sync.status", bearer(session));
    const { me, directory } = statusSchema.parse(JSON.parse(body)).result.data.json;
    const { status } = await guarded.call("sync.run", bearer(session));
    expect([403, 404]).toContain(status);
    expect(directory !== null).toBe(status === 404);
    return { ...me.user, state: me.state, admin: status === 404 };
  }
  const verification = (status: string) => ({
    object: "verification_otp",
    strategy: "email_code",
    attempts: 1,
    expire_at: null,
    status,
  });
  async function holderOf(email_address: string, status = "verified"): Promise<string> {
    const id = await guarded.clerk.newUser();
    await guarded.clerk.change(id, { email_addresses: [{ email_address, verification: verification(status) }] });
    return id;
  }

  test("is a user with a listed address that Clerk verified, in any case", async () => {
    const session = await guarded.signIn({}, await holderOf("lisTed@example.com"));
    expect(await standing(session)).toMatchObject({ email: "listed@example.com", state: "fresh", admin: true });
  });

  test("is a user with the role in the claim that only Clerk's secret key can set", async () => {
    expect(await standing(await guarded.signIn({}, guarded.clerk.adminUserId))).toMatchObject({ admin: true });
  });

  test.each([
    [{ metadata: { role: "Admin" } }],
    [{ role: "admin" }],
    [{ unsafe_metadata: { role: "admin" } }],
    [{ org_role: "org:admin" }],
  ])("is not a user with another claim: %j", async (claims) => {
    expect(await standing(await guarded.signIn(claims))).toMatchObject({ admin: false });
  });

  test("is not a user with a listed address that Clerk did not verify", async () => {
    const session = await guarded.signIn({}, await holderOf("unproven@example.com", "unverified"));
    expect(await standing(session)).toEqual({
      email: "unproven@example.com",
      emailVerified: null,
      state: "fresh",
      admin: false,
    });
  });

  test("is not a user who wrote a listed address into their own row of the application's table", async () => {
    await guarded.clerk.webhooks({ url: `${guarded.app.process.url}/api/webhooks/clerk` });
    const id = await guarded.clerk.newUser();
    await guarded.clerk.untilDelivered();
    await guarded.clerk.webhooks({ url: null });
    await guarded.sql.query(`update "User" set email = 'typed@example.com', "emailVerified" = now() where id = $1`, [
      id,
    ]);
    // An old claim, so that the row counts as current and is read as it is.
    const session = await guarded.signIn({ updated_at: 1 }, id);
    expect(await standing(session)).toMatchObject({ email: "typed@example.com", state: "fresh", admin: false });
  });

  test("is not a user whose address only looks like a listed one: the Kelvin sign is not a K", async () => {
    const kelvin = await guarded.signIn({}, await holderOf(`${KELVIN_SIGN}im@example.com`));
    expect(await standing(kelvin)).toMatchObject({ email: `${KELVIN_SIGN}im@example.com`, admin: false });
    const kim = await guarded.signIn({}, await holderOf("Kim@example.com"));
    expect(await standing(kim)).toMatchObject({ email: "kim@example.com", admin: true });
  });

  test("is not a user who had a listed address when last seen, while it is unknown whether they still do", async () => {
    const id = await holderOf("gone@example.com");
    expect(await standing(await guarded.signIn({}, id))).toMatchObject({ admin: true });
    const later = Math.floor(Date.now() / 1_000) + 2;
    const session = await guarded.signIn({ iat: later, updated_at: later }, id);
    await guarded.clerk.deleteUser(id);
    expect(await standing(session)).toMatchObject({ email: "gone@example.com", state: "stale", admin: false });
  });
});

testThatNothingLeaks(() => guarded);
