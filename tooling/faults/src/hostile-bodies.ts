import { randomBytes } from "node:crypto";
import type { ClerkUser } from "./clerk.ts";

type Body = string | Uint8Array<ArrayBuffer>;

const DEEP = 100_000;
const MiB = 1_024 * 1_024;
const nested = (inside: string) => "[".repeat(DEEP) + inside + "]".repeat(DEEP);

/**
 * Bodies that Clerk would not send, each signed with the right secret, so that only the handler stands between them and the
 * database. None may be answered as a failure of the server: Svix would send it again for days.
 */
export function hostileBodies(instanceId: string, user: ClerkUser): Map<string, Body> {
  const event = (type: unknown, data: unknown, further: object = {}) =>
    JSON.stringify({ object: "event", instance_id: instanceId, timestamp: Date.now(), type, data, ...further });
  const updated = (differences: object) => event("user.updated", { ...user, ...differences });
  const withRaw = (json: string, at: string, raw: string) => json.replace(`"${at}"`, raw);
  const stranger = (fields: object) => event("user.updated", { ...user, ...fields, email_addresses: [] });
  const nulls = Object.fromEntries(Object.keys(user).map((name) => [name, null]));
  return new Map<string, Body>([
    ["nothing", ""],
    ["random bytes", new Uint8Array(randomBytes(10_000))],
    ["bytes that are no UTF-8", new Uint8Array([0xff, 0xfe, 0xc0, 0x80, 0x22])],
    ["not JSON", "{"],
    ["a number", "5"],
    ["null", "null"],
    ["an array, 100,000 deep", nested("")],
    ["a type, 100,000 deep", withRaw(event("@deep", {}), "@deep", nested(""))],
    ["data, 100,000 deep", withRaw(event("user.updated", "@deep"), "@deep", nested(""))],
    ["metadata, 100,000 deep", withRaw(updated({ public_metadata: "@deep" }), "@deep", nested(""))],
    ["a name, 100,000 deep", withRaw(updated({ first_name: "@deep" }), "@deep", nested(""))],
    ...["user.updated", "user.created", "user.deleted"].flatMap((type): [string, Body][] =>
      [null, 5, "text", [], {}, true].map((data) => [`${type} with ${JSON.stringify(data)}`, event(type, data)]),
    ),
    ...[null, 5, "", {}, "x".repeat(100_000), "user.\u0000", "user.\ud800", "__proto__", "constructor", "toString"].map(
      (type): [string, Body] => [`the type ${JSON.stringify(type).slice(0, 40)}`, event(type, user)],
    ),
    ...[null, 5, "", "ins_\u0000", "x".repeat(10_000), {}].map((id): [string, Body] => [
      `the instance ${JSON.stringify(id).slice(0, 40)}`,
      event("user.updated", user, { instance_id: id }),
    ]),
    ...["@-1", "@0", "@9e15", "@1e308", "@1e999", "@1.5", "text", null].map((time): [string, Body] => {
      const raw = typeof time === "string" && time.startsWith("@") ? time : undefined;
      const json = event("user.updated", user, { timestamp: time });
      return [`the timestamp ${time}`, raw === undefined ? json : withRaw(json, raw, raw.slice(1))];
    }),
    ...["updated_at", "created_at"].flatMap((field): [string, Body][] =>
      [-1, 0, 9e15, 1.5, "text", null].map((time) => [
        `${field} ${time}`,
        stranger({ id: "user_Stranger1", [field]: time }),
      ]),
    ),
    ...["__proto__", "constructor", "toString", "user_\u0000", "user_\ud800", "x".repeat(10_000), "", 5].flatMap(
      (id): [string, Body][] => {
        const shown = JSON.stringify(id).slice(0, 40);
        return [
          [`the user ${shown}`, stranger({ id })],
          [`the deleted user ${shown}`, event("user.deleted", { id, object: "user", deleted: true })],
        ];
      },
    ),
    ["only null fields", event("user.updated", { ...nulls, id: user.id })],
    ["only null fields, and no id", event("user.updated", nulls)],
    ["addresses that are null", updated({ email_addresses: null })],
    ["an address that is null", updated({ email_addresses: [null] })],
    ["a name of 1 MiB", updated({ first_name: "x".repeat(MiB) })],
    ["a name of 200 kB", updated({ first_name: "é".repeat(100_000) })],
    ["a name with NUL bytes", updated({ first_name: "a\u0000b\u0000", last_name: "\u0000" })],
    ["a name with lone surrogates", updated({ first_name: "a\ud800b", last_name: "\udc00" })],
    ["a picture of 200 kB", updated({ image_url: "x".repeat(200_000) })],
    ["keys of the prototype", withRaw(updated({ "@": 1 }), "@", '"__proto__":{"banned":true},"constructor"')],
    [
      "data of the prototype",
      withRaw(event("user.updated", user, { "@": 1 }), "@", '"__proto__":{"type":"user.deleted"},"x"'),
    ],
  ]);
}
