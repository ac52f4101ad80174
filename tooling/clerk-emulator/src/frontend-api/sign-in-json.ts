import type { SignInFirstFactorJSON, SignInJSON } from "@clerk/shared/types";
import type { SignIn } from "../store/client.ts";
import type { EmailAddress, User } from "../store/user.ts";
import { publicUserData, type WireVerification } from "./user-json.ts";
import type { VerificationCodes } from "./verification-codes.ts";

type WireSignIn = Omit<
  SignInJSON,
  "user_data" | "supported_second_factors" | "first_factor_verification" | "second_factor_verification"
> & {
  user_data: Pick<ReturnType<typeof publicUserData>, "first_name" | "last_name" | "image_url" | "has_image">;
  supported_second_factors: null;
  first_factor_verification: WireVerification | null;
  second_factor_verification: null;
};

export function signInJson(signIn: SignIn, user: User, codes: VerificationCodes): WireSignIn {
  const { first_name, last_name, image_url, has_image } = publicUserData(user);
  return {
    object: "sign_in",
    id: signIn.id,
    status: signIn.status,
    supported_identifiers: ["email_address"],
    identifier: signIn.identifier,
    user_data: { first_name, last_name, image_url, has_image },
    supported_first_factors: firstFactors(signIn, user),
    supported_second_factors: null,
    first_factor_verification: firstFactorVerification(signIn, codes),
    second_factor_verification: null,
    created_session_id: signIn.created_session_id,
    timezone: null,
  };
}

/** The address that a user signs in with, and that codes are sent to. */
export function addressOf(signIn: SignIn, user: User): EmailAddress | undefined {
  return user.email_addresses.find((email) => email.email_address.toLowerCase() === signIn.identifier.toLowerCase());
}

function firstFactors(signIn: SignIn, user: User): SignInFirstFactorJSON[] {
  const email = addressOf(signIn, user);
  const byCode = email && {
    email_address_id: email.id,
    safe_identifier: email.email_address,
    primary: email.id === user.primary_email_address_id,
  };
  return [
    ...(user.password_enabled ? [{ strategy: "password" } as const] : []),
    ...(byCode ? [{ strategy: "email_code", ...byCode } as const] : []),
    ...(byCode && user.password_enabled ? [{ strategy: "reset_password_email_code", ...byCode } as const] : []),
  ];
}

function firstFactorVerification(signIn: SignIn, codes: VerificationCodes): WireVerification | null {
  const { strategy } = signIn;
  if (strategy === null) return null;
  const pending = codes.pending(signIn.id);
  return {
    object: strategy === "password" ? "verification_password" : "verification_otp",
    status: signIn.status === "needs_first_factor" ? "unverified" : "verified",
    strategy,
    attempts: pending?.attempts ?? null,
    expire_at: pending?.expire_at ?? null,
    error: null,
  };
}
