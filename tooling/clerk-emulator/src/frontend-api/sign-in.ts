import { type Context, Hono } from "hono";
import { z } from "zod";
import { invalidParameter, notFound, refusal } from "../api-error.ts";
import { checkPassword } from "../backend-api/user-input.ts";
import type { Client, SignIn } from "../store/client.ts";
import { isClaimed } from "../store/contact.ts";
import type { Directory } from "../store/directory.ts";
import { newId } from "../store/id.ts";
import type { User, UserChanges } from "../store/user.ts";
import { type Clients, refuseBarred, refuseSecondSession } from "./clients.ts";
import { formBody } from "./form-body.ts";
import { addressOf, signInJson } from "./sign-in-json.ts";

const strategy = z.enum(["password", "email_code", "reset_password_email_code"]);

const createSchema = z.strictObject({
  identifier: z.string(),
  password: z.string().optional(),
  strategy: strategy.optional(),
  locale: z.string().optional(),
  timezone: z.string().optional(),
});

const prepareSchema = z.strictObject({ strategy, email_address_id: z.string().optional() });

const attemptSchema = z.discriminatedUnion("strategy", [
  z.strictObject({ strategy: z.literal("password"), password: z.string() }),
  z.strictObject({ strategy: z.enum(["email_code", "reset_password_email_code"]), code: z.string() }),
]);

const resetSchema = z.strictObject({
  password: z.string(),
  sign_out_of_other_sessions: z.stringbool().default(false),
});

/** `/v1/client/sign_ins`: by email address, and password or code. */
export function signInApi(clients: Clients): Hono {
  const { store, codes } = clients;

  const underWay = (client: Client | undefined, id: string) => {
    const signIn = client?.sign_in;
    const user = signIn && store.directory.get(signIn.user_id);
    if (!client || !signIn || !user || signIn.id !== id) throw notFound("sign-in", id);
    return { client, signIn, user };
  };
  const save = (client: Client, signIn: SignIn) => store.saveClient({ ...client, sign_in: signIn });

  /** Signs the user in. Clerk stores when, which is a change of the user like any other. */
  const complete = (client: Client, signIn: SignIn, user: User, changes: UserChanges = {}) => {
    const session = clients.openSession(client, user);
    const now = Date.now();
    store.updateUser(user, { ...changes, last_sign_in_at: now, last_active_at: now });
    return save(client, { ...signIn, status: "complete", created_session_id: session.id });
  };

  const checkGivenPassword = (user: User, password: string) => {
    if (store.hasPassword(user.id, password)) return;
    throw refusal(
      422,
      "form_password_incorrect",
      "Password is incorrect. Try again, or use another method.",
      "password",
    );
  };

  const answer = (c: Context, client: Client, user: User) =>
    clients.answer(c, client, client.sign_in && signInJson(client.sign_in, user, codes));

  const api = new Hono();

  api.post("/", async (c) => {
    const body = await formBody(c, createSchema);
    const client = await clients.open(c);
    refuseSecondSession(store, client);
    const identifier = body.identifier.trim();
    const user = holderOf(store.directory, identifier);
    if (!user) {
      throw refusal(422, "form_identifier_not_found", "Couldn't find your account.", "identifier");
    }
    refuseBarred(user);
    const signIn: SignIn = {
      id: newId("sia"),
      user_id: user.id,
      identifier,
      status: "needs_first_factor",
      strategy: body.password === undefined ? null : "password",
      created_session_id: null,
      created_at: Date.now(),
    };
    if (body.password === undefined) return answer(c, save(client, signIn), user);
    checkGivenPassword(user, body.password);
    return answer(c, complete(client, signIn, user), user);
  });

  api.get("/:id", async (c) => {
    const { client, user } = underWay(await clients.find(c), c.req.param("id"));
    return answer(c, client, user);
  });

  api.post("/:id/prepare_first_factor", async (c) => {
    const body = await formBody(c, prepareSchema);
    const { client, signIn, user } = underWay(await clients.find(c), c.req.param("id"));
    const email = addressOf(signIn, user);
    if (body.strategy === "password" || !email) throw strategyInvalid();
    codes.send(signIn.id, email.email_address);
    return answer(c, save(client, { ...signIn, status: "needs_first_factor", strategy: body.strategy }), user);
  });

  api.post("/:id/attempt_first_factor", async (c) => {
    const body = await formBody(c, attemptSchema);
    const { client, signIn, user } = underWay(await clients.find(c), c.req.param("id"));
    if (signIn.status !== "needs_first_factor") throw strategyInvalid();
    if (body.strategy === "password") {
      checkGivenPassword(user, body.password);
      return answer(c, complete(client, { ...signIn, strategy: "password" }, user), user);
    }
    if (signIn.strategy !== body.strategy) throw strategyInvalid();
    codes.accept(signIn.id, body.code);
    if (body.strategy === "email_code") return answer(c, complete(client, signIn, user), user);
    return answer(c, save(client, { ...signIn, status: "needs_new_password" }), user);
  });

  api.post("/:id/reset_password", async (c) => {
    const body = await formBody(c, resetSchema);
    const { client, signIn, user } = underWay(await clients.find(c), c.req.param("id"));
    if (signIn.status !== "needs_new_password") throw strategyInvalid();
    checkPassword(body.password, "password");
    refuseSecondSession(store, client);
    refuseBarred(user);
    if (body.sign_out_of_other_sessions) store.revokeSessions(user.id);
    store.setPassword(user.id, body.password);
    const changes = { password_enabled: true, password_last_updated_at: Date.now() };
    return answer(c, complete(client, signIn, user, changes), user);
  });

  return api;
}

/** The user who signs in with this address: its owner, otherwise the first one who has it unverified. */
function holderOf(directory: Directory, address: string): User | undefined {
  const holders = directory.holders("email_address", address);
  const same = (own: string) => own.toLowerCase() === address.toLowerCase();
  const owner = holders.find((user) =>
    user.email_addresses.some((email) => same(email.email_address) && isClaimed(email)),
  );
  return owner ?? holders[0];
}

function strategyInvalid() {
  return invalidParameter("strategy", "This sign-in method is not available here.", "strategy_for_user_invalid");
}
