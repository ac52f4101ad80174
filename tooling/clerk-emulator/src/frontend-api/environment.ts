import type { Attribute, AttributeDataJSON, EnvironmentJSON } from "@clerk/shared/types";
import { LONGEST_PASSWORD, SHORTEST_PASSWORD } from "../backend-api/user-input.ts";
import type { Instance } from "../store/instance.ts";

/** Sections whose `id` and `object` are in the SDK's types, but documented as never sent. */
type WithoutNever<Section> = Omit<Section, "id" | "object">;

type WireEnvironment = Omit<
  EnvironmentJSON,
  "api_keys_settings" | "auth_config" | "commerce_settings" | "organization_settings" | "user_settings"
> & {
  api_keys_settings: WithoutNever<EnvironmentJSON["api_keys_settings"]>;
  auth_config: WithoutNever<EnvironmentJSON["auth_config"]>;
  commerce_settings: WithoutNever<EnvironmentJSON["commerce_settings"]>;
  organization_settings: WithoutNever<EnvironmentJSON["organization_settings"]>;
  user_settings: Omit<WithoutNever<EnvironmentJSON["user_settings"]>, "social"> & { social: Record<string, never> };
};

/**
 * The instance's settings, as its owner would set them in Clerk's dashboard: sign-up with a name (Clerk's form shows no field
 * that is optional), an email address, a code and a password; one session per browser; everything that needs another service is
 * off. `origin` is the application's.
 */
export function environmentJson(instance: Instance, origin: string): WireEnvironment {
  return {
    object: "environment",
    id: `env_${instance.id}`,
    maintenance_mode: false,
    auth_config: { single_session_mode: true, claimed_at: null, reverification: false, session_minter: false },
    display_config: displayConfig(instance, origin),
    user_settings: userSettings(),
    organization_settings: {
      enabled: false,
      max_allowed_memberships: 1,
      force_organization_selection: false,
      actions: { admin_delete: false },
      domains: { enabled: false, enrollment_modes: [], default_role: null },
      slug: { disabled: true },
      organization_creation_defaults: { enabled: false },
    },
    commerce_settings: {
      billing: {
        stripe_publishable_key: null,
        organization: { enabled: false, has_paid_plans: false },
        user: { enabled: false, has_paid_plans: false },
      },
    },
    api_keys_settings: { user_api_keys_enabled: false, orgs_api_keys_enabled: false },
    protect_config: { object: "protect_config", id: `protect_${instance.id}` },
  };
}

function displayConfig(instance: Instance, origin: string): WireEnvironment["display_config"] {
  const home = `${origin}/`;
  return {
    object: "display_config",
    id: `display_config_${instance.id}`,
    application_name: "Emulated Clerk",
    instance_environment_type: "production",
    branded: false,
    show_devmode_warning: false,
    preferred_sign_in_strategy: "password",
    home_url: home,
    sign_in_url: `${origin}/sign-in`,
    sign_up_url: `${origin}/sign-up`,
    user_profile_url: `${origin}/user`,
    waitlist_url: `${origin}/waitlist`,
    after_sign_in_url: home,
    after_sign_up_url: home,
    after_sign_out_all_url: home,
    after_sign_out_one_url: home,
    after_switch_session_url: home,
    after_join_waitlist_url: home,
    organization_profile_url: "",
    create_organization_url: "",
    after_leave_organization_url: "",
    after_create_organization_url: "",
    logo_image_url: "",
    favicon_image_url: "",
    support_email: "",
    terms_url: "",
    privacy_policy_url: "",
    captcha_provider: "turnstile",
    captcha_public_key: null,
    captcha_public_key_invisible: null,
    captcha_widget_type: null,
    captcha_oauth_bypass: [],
    theme: {
      general: {
        color: "#6c47ff",
        background_color: "#ffffff",
        font_family: "system-ui",
        font_color: "#151515",
        label_font_weight: "500",
        padding: "1em",
        border_radius: "0.5em",
        box_shadow: "none",
      },
      buttons: { font_color: "#ffffff", font_family: "system-ui", font_weight: "600" },
      accounts: { background_color: "#ffffff" },
    },
  };
}

function userSettings(): WireEnvironment["user_settings"] {
  return {
    attributes: {
      email_address: attribute({
        enabled: true,
        required: true,
        used_for_first_factor: true,
        first_factors: ["email_code"],
        verifications: ["email_code"],
        verify_at_sign_up: true,
      }),
      password: attribute({ enabled: true, required: true }),
      first_name: attribute({ enabled: true, required: true }),
      last_name: attribute({ enabled: true, required: true }),
      username: attribute({}),
      phone_number: attribute({}),
      web3_wallet: attribute({}),
      authenticator_app: attribute({}),
      backup_code: attribute({}),
      passkey: attribute({}),
    } satisfies Record<Attribute, AttributeDataJSON>,
    actions: { delete_self: true, create_organization: false },
    social: {},
    enterprise_sso: { enabled: false, self_serve_sso: false, self_serve_directory_sync: false },
    sign_in: { second_factor: { required: false, enabled: false } },
    sign_up: {
      mode: "public",
      progressive: true,
      allowlist_only: false,
      captcha_enabled: false,
      legal_consent_enabled: false,
    },
    password_settings: {
      min_length: SHORTEST_PASSWORD,
      max_length: LONGEST_PASSWORD,
      allowed_special_characters: "",
      disable_hibp: true,
      require_special_char: false,
      require_numbers: false,
      require_uppercase: false,
      require_lowercase: false,
      show_zxcvbn: false,
      min_zxcvbn_strength: 0,
    },
    passkey_settings: { allow_autofill: false, show_sign_in_button: false },
    username_settings: { min_length: 4, max_length: 64 },
  };
}

function attribute(given: Partial<AttributeDataJSON>): AttributeDataJSON {
  return {
    enabled: false,
    required: false,
    used_for_first_factor: false,
    first_factors: [],
    used_for_second_factor: false,
    second_factors: [],
    verifications: [],
    verify_at_sign_up: false,
    ...given,
  };
}
