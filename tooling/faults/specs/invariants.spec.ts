import { expect, test } from "vitest";
import type { Answer } from "../src/ask.ts";
import * as invariants from "../src/invariants.ts";
import { firstRun } from "../src/runs.ts";
import { openStack } from "../src/stack.ts";

test("the comparison with Clerk notices a single wrong value, a missing row, a stranger and what a tombstone must not hold", async () => {
  await using stack = await openStack();
  const app = await stack.app();
  await firstRun(stack, app);
  const { clerk, server } = stack;
  await clerk.loseDeliveries();
  await invariants.expectTablesEqualClerk(stack);
  const [id, other] = stack.callers;
  const wrongs = [
    [`update "User" set name = name || ' ' where id = $1`, id],
    [`update "User" set "emailVerified" = "emailVerified" + interval '1 ms' where id = $1`, id],
    [`update rollcall."ClerkUser" set "updatedAt" = "updatedAt" - interval '1 ms' where id = $1`, id],
    [`delete from "Customer" where "authUserId" = $1`, id],
    [`insert into "User" (id, name) values ($1, 'A stranger')`, "user_Stranger"],
    [`update rollcall."ClerkUser" set "deletedAt" = now(), "deletedBy" = 'run' where id = $1`, id],
  ] as const;
  for (const [statement, value] of wrongs) {
    const client = await server.sql.connect();
    try {
      await client.query("begin");
      await client.query(statement, [value]);
      await expect(invariants.expectTablesEqualClerk(stack, client), statement).rejects.toThrow(/to deeply equal/);
    } finally {
      await client.query("rollback");
      client.release();
    }
  }
  await clerk.change(other ?? "", { first_name: "Changed, and no one said so" });
  await expect(invariants.expectTablesEqualClerk(stack)).rejects.toThrow(/to deeply equal/);
  await invariants.expectOneRunRepairs(stack, app);
  await expect(invariants.expectLogged(stack, ["msg_that_never_came"])).rejects.toThrow(/to deeply equal/);
});

const answer = (differences: Partial<Answer>): Answer => ({
  entry: "status",
  status: 200,
  body: "",
  location: null,
  ms: 10,
  error: null,
  ...differences,
});

test("the checks of answers notice a sign-out, a hanging request and a cut connection", () => {
  invariants.expectSessionsKept([answer({})]);
  expect(() => invariants.expectSessionsKept([])).toThrow();
  expect(() => invariants.expectSessionsKept([answer({ status: 401 })])).toThrow();
  expect(() => invariants.expectSessionsKept([answer({ entry: "page", status: 307, location: "/sign-in" })])).toThrow();
  expect(() => invariants.expectAnsweredInTime([answer({ entry: "webhook", ms: 30_000 })])).toThrow();
  expect(() => invariants.expectNoFaults([answer({ status: 500 })], [])).toThrow();
  expect(() => invariants.expectAllAnswered([answer({ status: null, error: "reset" })])).toThrow();
});
