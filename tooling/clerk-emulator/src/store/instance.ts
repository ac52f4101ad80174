import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { exportJWK, generateKeyPair } from "jose";
import { z } from "zod";
import { derivedId, newId } from "./id.ts";

const signingKeySchema = z.looseObject({
  kty: z.literal("RSA"),
  kid: z.string(),
  n: z.string(),
  e: z.string(),
  d: z.string(),
});

export type SigningKey = z.infer<typeof signingKeySchema>;

/** Everything that makes one Clerk instance: its name, its keys, and who was seeded into it. */
export const instanceSchema = z.strictObject({
  id: z.string().regex(/^ins_[A-Za-z0-9]+$/),
  secretKey: z.string().startsWith("sk_live_"),
  /** The host of the Frontend API: the issuer of session tokens, and the content of the publishable key. */
  frontendHost: z.string().min(1),
  webhookSigningSecret: z.string().startsWith("whsec_"),
  /** The private RSA key that signs session tokens; its `kid` is the instance's id. Made when it is first needed. */
  signingKey: signingKeySchema.optional(),
  passwordPepper: z.string().min(1),
  adminUserId: z.string(),
  memberUserId: z.string(),
  /** A user who was deleted before the start. */
  deletedUserId: z.string(),
});

export type Instance = Readonly<z.infer<typeof instanceSchema>>;

/** A new instance with new keys. User ids are derived from its id, so two instances share none. */
export function newInstance(id = newId("ins")): Instance {
  return instanceSchema.parse({
    id,
    secretKey: `sk_live_${randomBytes(30).toString("hex")}`,
    frontendHost: `${createHash("sha256").update(id).digest("hex").slice(0, 12)}.clerk.test`,
    webhookSigningSecret: `whsec_${randomBytes(24).toString("base64")}`,
    passwordPepper: randomBytes(24).toString("base64"),
    adminUserId: derivedId("user", id, "seed", 0),
    memberUserId: derivedId("user", id, "seed", 1),
    deletedUserId: derivedId("user", id, "seed", "deleted"),
  });
}

type KeyPair = Awaited<ReturnType<typeof generateKeyPair>>;

/** Two, so that of two instances side by side neither accepts the other's signatures. */
const keyPairs: (Promise<KeyPair> | undefined)[] = [undefined, undefined];
let next = 0;

/** A process makes two keys and gives them in turn: one takes a fifth of a second of CPU time, and tests start many instances. */
export async function newSigningKey(kid: string): Promise<SigningKey> {
  const turn = next++ % keyPairs.length;
  keyPairs[turn] ??= generateKeyPair("RS256", { extractable: true });
  const { privateKey } = await keyPairs[turn];
  return signingKeySchema.parse({ ...(await exportJWK(privateKey)), kid });
}

export function publishableKey(instance: Instance): string {
  return `pk_live_${Buffer.from(`${instance.frontendHost}$`).toString("base64")}`;
}

/** What Clerk's cookies of this instance end with: the first 8 characters of base64url(sha1(publishable key)). */
export function cookieSuffix(instance: Instance): string {
  return createHash("sha1").update(publishableKey(instance)).digest("base64url").slice(0, 8);
}

/** A keyed digest: a slow hash would take too long for a large seed, and these are no one's real passwords. */
export function passwordDigest(instance: Instance, password: string): string {
  return createHmac("sha256", instance.passwordPepper).update(password).digest("base64");
}

export function sameText(a: string, b: string): boolean {
  const [left, right] = [a, b].map((text) => createHash("sha256").update(text).digest());
  return left !== undefined && right !== undefined && timingSafeEqual(left, right);
}
