import { expect, test } from "vitest";
import { between, isChanges, isWalks } from "./between.ts";
import { expectCarriedOver } from "./carried-over.ts";
import { type Mirror, openMirror, openSettled } from "./mirror.ts";

/** A run in which something happens at Clerk before its second page is read. */
async function runMeanwhile(mirror: Mirror, happens: () => Promise<unknown>, options = {}) {
  let happened = false;
  await using clerk = await between(mirror.clerk.url, async (question, ask) => {
    if (isWalks(question) && question.parameters.has("starting_after") && !happened) {
      happened = true;
      await happens();
    }
    return ask();
  });
  const run = await mirror.run(options, { apiUrl: clerk.url });
  expect(happened).toBe(true);
  return run;
}

test("users who change while the run walks are right at its end, and counted once", async () => {
  await using mirror = await openMirror();
  const users = await mirror.listed();
  const [behind, ahead] = [users[10]?.id, users[510]?.id];
  const { report } = await runMeanwhile(mirror, async () => {
    await mirror.control("PATCH", `/users/${behind}`, { first_name: "Changed", last_name: "Behind" });
    await mirror.control("PATCH", `/users/${ahead}`, { first_name: "Changed", last_name: "Ahead" });
  });
  expect(report).toMatchObject({ state: "done", seen: 520, created: 520, updated: 0 });
  await expectCarriedOver(mirror);
});

test("users who sign up while the run walks are here at its end, and do not count", async () => {
  await using mirror = await openMirror();
  const { report, total } = await runMeanwhile(mirror, () => mirror.signUp(30));
  expect(report).toMatchObject({ state: "done", seen: 520, created: 520 });
  expect(total).toBe(520);
  await expectCarriedOver(mirror);
});

test("users who are deleted while the run walks do not disturb it, even the cursor's own and the newest", async () => {
  await using mirror = await openMirror();
  const users = await mirror.listed();
  const gone = [users[499], users[500], users[510], users[519]].map((user) => user?.id ?? "");
  const { report } = await runMeanwhile(mirror, async () => {
    await mirror.remove(gone);
  });
  expect(report).toMatchObject({ state: "done", seen: 517, created: 517, failed: 0, missing: 0 });
  const ids = new Set((await mirror.host.users()).map(({ id }) => id));
  expect(gone.map((id) => ids.has(id))).toEqual([true, false, false, false]);
});

test("a user who is deleted while the run walks is found by it, if their row is old", async () => {
  await using mirror = await openSettled();
  await mirror.age(2);
  const users = await mirror.listed();
  const [cursors, next, newest] = [users[499]?.id, users[500]?.id, users[519]?.id];
  const { report } = await runMeanwhile(mirror, async () => {
    await mirror.remove([cursors, next, newest]);
  });
  // The cursor's own user was listed: the next run finds them.
  expect(report).toMatchObject({ state: "done", seen: 518, unchanged: 518, missing: 2, tombstoned: 2 });
  expect((await mirror.run()).report).toMatchObject({ state: "done", seen: 517, missing: 1, tombstoned: 1 });
  await expectCarriedOver(mirror);
});

test("a user that the walk missed and the closing pass lists is no longer missing", async () => {
  await using mirror = await openSettled();
  await mirror.age(2);
  const [, hidden] = await mirror.listed();
  let asked = 0;
  await using clerk = await between(mirror.clerk.url, async (question, ask) => {
    if (question.path === `/v1/users/${hidden?.id}`) asked++;
    const { status, body } = await ask();
    if (!isWalks(question) || !Array.isArray(body)) return { status, body };
    if (!question.parameters.has("starting_after")) {
      await mirror.control("PATCH", `/users/${hidden?.id}`, { first_name: "Seen" });
      return { status, body: body.filter(({ id }) => id !== hidden?.id) };
    }
    return { status, body };
  });
  const { report } = await mirror.run({}, { apiUrl: clerk.url });
  expect(report).toMatchObject({ state: "done", seen: 519, missing: 0 });
  expect(asked).toBe(0);
  await expectCarriedOver(mirror);
});

test("many users who change while the closing pass reads are right at its end", async () => {
  await using mirror = await openMirror({ users: 540 });
  const ids = (await mirror.listed()).map(({ id }) => id);
  let rounds = 0;
  await using clerk = await between(mirror.clerk.url, async (question, ask) => {
    if (isWalks(question) && question.parameters.has("starting_after") && rounds === 0) {
      rounds++;
      await mirror.change(ids.slice(0, 520), { first_name: "Once" });
    }
    if (isChanges(question) && question.parameters.get("offset") !== null && rounds === 1) {
      rounds++;
      await mirror.change(ids.slice(300, 330), { first_name: "Twice" });
    }
    return ask();
  });
  const { report } = await mirror.run({}, { apiUrl: clerk.url });
  expect(rounds).toBe(2);
  expect(report).toMatchObject({ state: "done", seen: 540, created: 540 });
  await expectCarriedOver(mirror);
});
