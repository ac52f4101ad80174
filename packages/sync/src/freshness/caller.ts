/** Who calls, by a verified session token of Clerk's. */
export interface Caller {
  userId: string;
  /** When the token was made (`iat`). */
  tokenIssuedAt: Date;
  /**
   * The session claim `updated_at`: the user's last change when the token was made; null where the token carries none.
   * It says whether a row is current, and is never shown or stored.
   */
  userUpdatedAt: Date | null;
  /** The session claim `metadata.role`. */
  role: string | null;
}
