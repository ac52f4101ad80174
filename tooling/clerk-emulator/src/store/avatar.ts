import { createHash } from "node:crypto";

/** A picture in the user's own colour as a data URI: Clerk's image server is out of reach of an offline browser. */
export function avatar(userId: string): string {
  const hue = createHash("sha256").update(userId).digest().readUInt16BE() % 360;
  const fill = `hsl(${hue} 60%25 60%25)`;
  return `data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1 1'%3E%3Crect width='1' height='1' fill='${fill}'/%3E%3C/svg%3E`;
}
