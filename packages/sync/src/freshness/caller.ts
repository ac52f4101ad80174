/** The signed-in user of a request, from a verified Clerk session token. */
export interface Caller {
  userId: string;
  /** When the token was made (`iat`). */
  tokenIssuedAt: Date;
  /**
   * The session claim `updated_at`: the user's last change when the token was issued; null if the token has no such claim.
   * It tells whether a row is current, and is never shown or stored.
   */
  userUpdatedAt: Date | null;
  /** The session claim `metadata.role`. */
  role: string | null;
}
