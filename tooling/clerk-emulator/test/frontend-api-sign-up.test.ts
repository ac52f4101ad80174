import { expect, test } from "vitest";
import { Browser, codeFor } from "./browser.ts";
import { startClerk } from "./clerk.ts";
import { receiveWebhooks } from "./webhook-receiver.ts";

const ANN = {
  email_address: "Ann@Example.com",
  password: "correct horse battery",
  first_name: "Ann",
  last_name: "Other",
};

test("a sign-up with the emailed code makes a verified, signed-in user, and user.created is sent", async () => {
  const lines: string[] = [];
  await using clerk = await startClerk({ log: (line) => lines.push(line) });
  await using hooks = await receiveWebhooks(clerk.webhookSigningSecret);
  await clerk.control("POST", "/webhooks", { url: hooks.url });
  const browser = new Browser(clerk);

  const started = await browser.send("POST", "/client/sign_ups", { ...ANN, unsafe_metadata: '{"from":"poster"}' });
  expect(started.body.response).toMatchObject({
    status: "missing_requirements",
    missing_fields: [],
    unverified_fields: ["email_address"],
    has_password: true,
    verifications: { email_address: { status: "unverified", strategy: "", next_action: "needs_prepare" } },
  });
  const path = `/client/sign_ups/${started.body.response?.id}`;
  const prepared = await browser.send("POST", `${path}/prepare_verification`, { strategy: "email_code" });
  expect(prepared.body.response).toMatchObject({
    verifications: { email_address: { strategy: "email_code", next_action: "needs_attempt" } },
  });
  const code = await codeFor(clerk, "ann@example.com");
  expect(lines).toEqual([`Verification code for ann@example.com: ${code}`]);

  const attempt = (given: string) =>
    browser.send("POST", `${path}/attempt_verification`, { strategy: "email_code", code: given });
  expect((await attempt("wrong")).body.errors?.[0]?.code).toBe("form_code_incorrect");
  const done = await attempt(code);
  expect(done.body.response).toMatchObject({ status: "complete", unverified_fields: [] });

  const [user] = (await clerk.sdk.users.getUserList({ emailAddress: ["ann@example.com"] })).data;
  expect(user).toMatchObject({ firstName: "Ann", lastName: "Other", passwordEnabled: true });
  expect(user?.primaryEmailAddress?.verification?.status).toBe("verified");
  expect(user?.unsafeMetadata).toEqual({ from: "poster" });
  expect(user?.lastSignInAt).not.toBeNull();
  expect((await browser.sessions())[0]).toMatchObject({ status: "active", user: { id: user?.id } });
  await expect.poll(() => hooks.received.map(({ event }) => event.type), { timeout: 10_000 }).toEqual(["user.created"]);
  expect(hooks.received[0]?.event.data).toEqual(user?.raw);

  await browser.send("DELETE", "/client/sessions");
  await browser.signIn("ann@example.com", ANN.password);
});

test("a taken address, a short password and an invalid address are refused", async () => {
  await using clerk = await startClerk();
  const browser = new Browser(clerk);
  const signUp = async (given: object) =>
    (await browser.send("POST", "/client/sign_ups", { ...ANN, ...given })).body.errors?.[0];
  expect(await signUp({ email_address: clerk.memberEmail })).toMatchObject({
    code: "form_identifier_exists",
    meta: { param_name: "email_address" },
  });
  expect(await signUp({ password: "short" })).toMatchObject({
    code: "form_password_length_too_short",
    meta: { param_name: "password" },
  });
  expect(await signUp({ email_address: "no address" })).toMatchObject({ meta: { param_name: "email_address" } });
});

test("missing fields can be set later, and the user is created when none is missing", async () => {
  await using clerk = await startClerk();
  const browser = new Browser(clerk);
  const { email_address, ...rest } = ANN;
  const started = await browser.send("POST", "/client/sign_ups", { email_address });
  expect(started.body.response).toMatchObject({ missing_fields: ["password", "first_name", "last_name"] });
  const path = `/client/sign_ups/${started.body.response?.id}`;
  await browser.send("POST", `${path}/prepare_verification`, { strategy: "email_code" });
  const code = await codeFor(clerk, "ann@example.com");
  const verified = await browser.send("POST", `${path}/attempt_verification`, { strategy: "email_code", code });
  expect(verified.body.response).toMatchObject({ status: "missing_requirements", unverified_fields: [] });
  expect(await clerk.sdk.users.getCount()).toBe(30);
  const done = await browser.send("PATCH", path, rest);
  expect(done.body.response).toMatchObject({ status: "complete" });
  expect(await browser.sessions()).toHaveLength(1);
});

test("a code verifies only the address that it was sent to", async () => {
  await using clerk = await startClerk();
  const browser = new Browser(clerk);
  const started = await browser.send("POST", "/client/sign_ups", ANN);
  const path = `/client/sign_ups/${started.body.response?.id}`;
  await browser.send("POST", `${path}/prepare_verification`, { strategy: "email_code" });
  const code = await codeFor(clerk, "ann@example.com");
  await browser.send("PATCH", path, { email_address: "victim@example.com" });
  const attempt = await browser.send("POST", `${path}/attempt_verification`, { strategy: "email_code", code });
  expect(attempt).toMatchObject({ status: 400, body: { errors: [{ code: "verification_expired" }] } });
  expect((await clerk.sdk.users.getUserList({ emailAddress: ["victim@example.com"] })).data).toEqual([]);
});

test("of two sign-ups with one address, the first one gets it", async () => {
  await using clerk = await startClerk();
  const start = async () => {
    const browser = new Browser(clerk);
    const started = await browser.send("POST", "/client/sign_ups", ANN);
    const path = `/client/sign_ups/${started.body.response?.id}`;
    await browser.send("POST", `${path}/prepare_verification`, { strategy: "email_code" });
    const code = await codeFor(clerk, "ann@example.com");
    return () => browser.send("POST", `${path}/attempt_verification`, { strategy: "email_code", code });
  };
  const finish = [await start(), await start()];
  expect((await finish[1]?.())?.status).toBe(200);
  expect(await finish[0]?.()).toMatchObject({ status: 422, body: { errors: [{ code: "form_identifier_exists" }] } });
});
