import { type Context, Hono } from "hono";
import { z } from "zod";
import { notFound } from "../api-error.ts";
import { checkPassword, refuseTaken } from "../backend-api/user-input.ts";
import type { Client, SignUp } from "../store/client.ts";
import { newEmailAddress } from "../store/contact.ts";
import { newId } from "../store/id.ts";
import { passwordDigest } from "../store/instance.ts";
import { newUser, type User } from "../store/user.ts";
import { type Clients, refuseSecondSession } from "./clients.ts";
import { formBody } from "./form-body.ts";
import { emptyIsNull, jsonText } from "./form-field.ts";
import { missingFields, signUpJson } from "./sign-up-json.ts";

const signUpSchema = z.strictObject({
  email_address: z.string().trim().toLowerCase().pipe(z.email()).optional(),
  password: z.string().optional(),
  first_name: emptyIsNull.optional(),
  last_name: emptyIsNull.optional(),
  unsafe_metadata: jsonText.optional(),
  locale: z.string().optional(),
  timezone: z.string().optional(),
});

const prepareSchema = z.strictObject({ strategy: z.literal("email_code") });
const attemptSchema = z.strictObject({ strategy: z.literal("email_code"), code: z.string() });

/** `/v1/client/sign_ups`: with an email address, verified by a code, and a password. */
export function signUpApi(clients: Clients): Hono {
  const { store, codes } = clients;

  const ownSignUp = (client: Client | undefined, id: string) => {
    const signUp = client?.sign_up;
    if (!client || !signUp || signUp.id !== id) throw notFound("sign-up", id);
    return { client, signUp };
  };
  const unfinished = (client: Client | undefined, id: string) => {
    const found = ownSignUp(client, id);
    if (found.signUp.created_user_id !== null) throw notFound("sign-up", id);
    return found;
  };

  /** Merges the new fields. A changed address must be verified again. */
  const withGiven = (signUp: SignUp, given: z.output<typeof signUpSchema>): SignUp => {
    const { email_address = signUp.email_address, password } = given;
    if (email_address !== null) refuseTaken(store.directory, "email_address", email_address);
    if (password !== undefined) checkPassword(password, "password");
    if (email_address !== signUp.email_address) codes.cancel(signUp.id);
    return {
      ...signUp,
      email_address,
      email_verified: signUp.email_verified && email_address === signUp.email_address,
      password_digest: password === undefined ? signUp.password_digest : passwordDigest(store.instance, password),
      first_name: given.first_name === undefined ? signUp.first_name : given.first_name,
      last_name: given.last_name === undefined ? signUp.last_name : given.last_name,
      locale: given.locale ?? signUp.locale,
      unsafe_metadata: given.unsafe_metadata ?? signUp.unsafe_metadata,
    };
  };

  /** Saves it. A complete sign-up becomes a signed-in user. */
  const save = (client: Client, signUp: SignUp): Client => {
    if (signUp.email_address === null || !signUp.email_verified || missingFields(signUp).length > 0) {
      return store.saveClient({ ...client, sign_up: signUp });
    }
    refuseSecondSession(store, client);
    const user = userOf(signUp, signUp.email_address, Date.now());
    store.createUsers([{ user, passwordDigest: signUp.password_digest ?? undefined }]);
    const session = clients.openSession(client, user);
    return store.saveClient({
      ...client,
      sign_up: { ...signUp, created_user_id: user.id, created_session_id: session.id },
    });
  };

  const answer = (c: Context, client: Client) =>
    clients.answer(c, client, client.sign_up && signUpJson(client.sign_up, codes));

  const api = new Hono();

  api.post("/", async (c) => {
    const body = await formBody(c, signUpSchema);
    const client = await clients.open(c);
    refuseSecondSession(store, client);
    return answer(c, save(client, withGiven(newSignUp(Date.now()), body)));
  });

  api.get("/:id", async (c) => answer(c, ownSignUp(await clients.find(c), c.req.param("id")).client));

  api.patch("/:id", async (c) => {
    const body = await formBody(c, signUpSchema);
    const { client, signUp } = unfinished(await clients.find(c), c.req.param("id"));
    return answer(c, save(client, withGiven(signUp, body)));
  });

  api.post("/:id/prepare_verification", async (c) => {
    await formBody(c, prepareSchema);
    const { client, signUp } = unfinished(await clients.find(c), c.req.param("id"));
    if (signUp.email_address === null) throw notFound("email address", signUp.id);
    codes.send(signUp.id, signUp.email_address);
    return answer(c, client);
  });

  api.post("/:id/attempt_verification", async (c) => {
    const { code } = await formBody(c, attemptSchema);
    const { client, signUp } = unfinished(await clients.find(c), c.req.param("id"));
    if (signUp.email_address === null) throw notFound("email address", signUp.id);
    refuseTaken(store.directory, "email_address", signUp.email_address);
    codes.accept(signUp.id, code);
    return answer(c, save(client, { ...signUp, email_verified: true }));
  });

  return api;
}

function newSignUp(now: number): SignUp {
  return {
    id: newId("sua"),
    email_address: null,
    email_verified: false,
    password_digest: null,
    first_name: null,
    last_name: null,
    locale: null,
    unsafe_metadata: {},
    created_user_id: null,
    created_session_id: null,
    created_at: now,
  };
}

/** A sign-up also signs in, so the user starts with a last sign-in. */
function userOf(signUp: SignUp, emailAddress: string, now: number): User {
  return newUser({
    id: newId("user"),
    created_at: now,
    first_name: signUp.first_name,
    last_name: signUp.last_name,
    locale: signUp.locale,
    unsafe_metadata: signUp.unsafe_metadata,
    email_addresses: [newEmailAddress(emailAddress, "verified", now)],
    password_enabled: true,
    password_last_updated_at: now,
    last_sign_in_at: now,
    last_active_at: now,
  });
}
