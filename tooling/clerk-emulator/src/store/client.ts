import { z } from "zod";
import { newId } from "./id.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

const milliseconds = z.int().nonnegative();

/** A sign-in, from the identifier to the session. */
const signInSchema = z.strictObject({
  id: z.string().regex(/^sia_[A-Za-z0-9]+$/),
  user_id: z.string(),
  identifier: z.string(),
  status: z.enum(["needs_first_factor", "needs_new_password", "complete"]),
  /** The verification in progress; null before any was requested. */
  strategy: z.enum(["password", "email_code", "reset_password_email_code"]).nullable(),
  created_session_id: z.string().nullable(),
  created_at: milliseconds,
});

/** A sign-up, until there is a user. The password is stored as a digest. */
const signUpSchema = z.strictObject({
  id: z.string().regex(/^sua_[A-Za-z0-9]+$/),
  email_address: z.string().nullable(),
  email_verified: z.boolean(),
  password_digest: z.string().nullable(),
  first_name: z.string().nullable(),
  last_name: z.string().nullable(),
  locale: z.string().nullable(),
  unsafe_metadata: z.record(z.string(), z.unknown()),
  created_user_id: z.string().nullable(),
  created_session_id: z.string().nullable(),
  created_at: milliseconds,
});

/** A browser, with its last sign-in and its last sign-up. Times in ms. */
export const clientSchema = z.strictObject({
  id: z.string().regex(/^client_[A-Za-z0-9]+$/),
  sign_in: signInSchema.nullable(),
  sign_up: signUpSchema.nullable(),
  created_at: milliseconds,
  updated_at: milliseconds,
});

export type Client = Readonly<z.infer<typeof clientSchema>>;
export type SignIn = NonNullable<Client["sign_in"]>;
export type SignUp = NonNullable<Client["sign_up"]>;

export function newClient(now: number): Client {
  return { id: newId("client"), sign_in: null, sign_up: null, created_at: now, updated_at: now };
}

/** When Clerk drops an unfinished sign-up (ms). */
export function abandonedAt(signUp: SignUp): number {
  return signUp.created_at + DAY_MS;
}

/** Whether a sign-in or sign-up is unfinished. */
export function isUnderWay(client: Client, now: number): boolean {
  const { sign_in, sign_up } = client;
  const signsIn = sign_in !== null && sign_in.status !== "complete" && sign_in.created_at + DAY_MS > now;
  const signsUp = sign_up !== null && sign_up.created_user_id === null && abandonedAt(sign_up) > now;
  return signsIn || signsUp;
}
