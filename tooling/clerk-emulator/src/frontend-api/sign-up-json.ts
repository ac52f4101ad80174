import type { SignUpField, SignUpJSON, SignUpVerificationJSON } from "@clerk/shared/types";
import { abandonedAt, type SignUp } from "../store/client.ts";
import type { WireVerification } from "./user-json.ts";
import type { VerificationCodes } from "./verification-codes.ts";

type EmailVerification = WireVerification & Pick<SignUpVerificationJSON, "next_action" | "supported_strategies">;

type WireSignUp = Omit<SignUpJSON, "verifications"> & {
  verifications: {
    email_address: EmailVerification | null;
    phone_number: null;
    web3_wallet: null;
    external_account: null;
  };
};

const REQUIRED_FIELDS = ["email_address", "password", "first_name", "last_name"] as const;

export function signUpJson(signUp: SignUp, codes: VerificationCodes): WireSignUp {
  const { email_address, email_verified } = signUp;
  return {
    object: "sign_up",
    id: signUp.id,
    status: signUp.created_user_id === null ? "missing_requirements" : "complete",
    required_fields: [...REQUIRED_FIELDS],
    optional_fields: [],
    missing_fields: missingFields(signUp),
    unverified_fields: email_address === null || email_verified ? [] : ["email_address"],
    username: null,
    first_name: signUp.first_name,
    last_name: signUp.last_name,
    email_address,
    phone_number: null,
    web3_wallet: null,
    external_account_strategy: null,
    external_account: null,
    has_password: signUp.password_digest !== null,
    unsafe_metadata: signUp.unsafe_metadata,
    created_session_id: signUp.created_session_id,
    created_user_id: signUp.created_user_id,
    abandon_at: abandonedAt(signUp),
    legal_accepted_at: null,
    locale: signUp.locale,
    timezone: null,
    verifications: {
      email_address: email_address === null ? null : emailVerification(signUp, codes),
      phone_number: null,
      web3_wallet: null,
      external_account: null,
    },
  };
}

/** The missing fields. */
export function missingFields(signUp: SignUp): SignUpField[] {
  const given = {
    email_address: signUp.email_address,
    password: signUp.password_digest,
    first_name: signUp.first_name,
    last_name: signUp.last_name,
  };
  return REQUIRED_FIELDS.filter((field) => given[field] === null);
}

function emailVerification(signUp: SignUp, codes: VerificationCodes): EmailVerification {
  const pending = codes.pending(signUp.id);
  return {
    object: "verification_otp",
    status: signUp.email_verified ? "verified" : "unverified",
    // The form requests a code itself only if none was chosen yet.
    strategy: signUp.email_verified || pending ? "email_code" : "",
    attempts: pending?.attempts ?? null,
    expire_at: pending?.expire_at ?? null,
    error: null,
    next_action: signUp.email_verified ? "" : pending ? "needs_attempt" : "needs_prepare",
    supported_strategies: ["email_code"],
  };
}
