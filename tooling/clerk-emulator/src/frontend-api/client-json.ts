import type { ClientJSON, SessionJSON } from "@clerk/shared/types";
import { signSessionToken } from "../session-token.ts";
import type { Client } from "../store/client.ts";
import type { Session } from "../store/session.ts";
import type { Store } from "../store/store.ts";
import type { User } from "../store/user.ts";
import { signInJson } from "./sign-in-json.ts";
import { signUpJson } from "./sign-up-json.ts";
import { publicUserData, userJson, type WireUser } from "./user-json.ts";
import type { VerificationCodes } from "./verification-codes.ts";

/** The user that tokens are made for, and the tokens' lifetime (default: 60 s). */
export type TokenOptions = { origin: string | undefined; lifetimeSeconds: number | undefined };

export type WireSession = Omit<SessionJSON, "user"> & { user: WireUser };

type WireClient = Omit<ClientJSON, "sessions" | "sign_in" | "sign_up"> & {
  sessions: WireSession[];
  sign_in: ReturnType<typeof signInJson> | null;
  sign_up: ReturnType<typeof signUpJson> | null;
};

/** A session, with a new token for this response. */
export async function sessionJson(
  store: Store,
  session: Session,
  user: User,
  token: TokenOptions,
): Promise<WireSession> {
  const { token: jwt } = await signSessionToken(store, session, user, token);
  return {
    ...sessionFacts(session, user),
    last_active_token: { object: "token", id: "", jwt },
    user: userJson(user),
  };
}

/** A session without its token. */
export function sessionFacts(session: Session, user: User) {
  return {
    object: "session",
    id: session.id,
    status: session.status,
    factor_verification_age: [0, -1],
    expire_at: session.expire_at,
    abandon_at: session.abandon_at,
    last_active_at: session.last_active_at,
    last_active_organization_id: null,
    actor: null,
    tasks: null,
    public_user_data: publicUserData(user),
    created_at: session.created_at,
    updated_at: session.updated_at,
  } satisfies Omit<SessionJSON, "user" | "last_active_token">;
}

export async function clientJson(
  store: Store,
  codes: VerificationCodes,
  client: Client,
  token: TokenOptions,
): Promise<WireClient> {
  const session = store.activeSession(client.id);
  const user = session && store.directory.get(session.user_id);
  const signingIn = client.sign_in && store.directory.get(client.sign_in.user_id);
  return {
    object: "client",
    id: client.id,
    sessions: session && user ? [await sessionJson(store, session, user, token)] : [],
    sign_in: client.sign_in && signingIn ? signInJson(client.sign_in, signingIn, codes) : null,
    sign_up: client.sign_up && signUpJson(client.sign_up, codes),
    captcha_bypass: false,
    last_active_session_id: session?.id ?? null,
    last_authentication_strategy: null,
    cookie_expires_at: null,
    created_at: client.created_at,
    updated_at: client.updated_at,
  };
}
