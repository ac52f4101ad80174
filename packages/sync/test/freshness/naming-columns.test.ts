import { expect, test } from "vitest";
import { createRollcall } from "../../src/index.ts";
import { openHost } from "../write-path/host.ts";

test("a read that meets a missing column names every finding in the log, and the statement that fixes it", async () => {
  await using host = await openHost({ connections: 2 });
  await host.sql.query(`alter table "User" drop column image, alter column email set not null`);
  await host.db.query("select"); // a page does not wait for the client's start
  const lines: string[] = [];
  const note = (_: object, message: string) => void lines.push(message);
  const rollcall = createRollcall({
    db: host.db,
    clerk: { secretKey: "sk_test_x", apiUrl: "http://127.0.0.1:1" },
    logger: { info: note, warn: note, error: note },
  });
  const caller = { userId: "user_Ann", tokenIssuedAt: new Date(), userUpdatedAt: null, role: null };
  expect(await rollcall.ensureFresh(caller)).toMatchObject({ errorCode: "SCHEMA_MISMATCH" });
  expect(lines).toEqual([expect.stringContaining(`ALTER TABLE "User" ADD COLUMN "image" text`)]);
  expect(lines[0]).toContain(`ALTER TABLE "User" ALTER COLUMN "email" DROP NOT NULL`);
  await expect(rollcall.syncMe(caller)).rejects.toMatchObject({
    code: "SCHEMA_MISMATCH",
    message: expect.stringContaining(`"User"."image"`),
  });
});
