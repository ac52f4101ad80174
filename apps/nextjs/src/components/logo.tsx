import Link from "next/link";

/** The mark and the name, linked to the home page. */
export function Logo({ href = "/" }: { href?: "/" | "/dashboard" }) {
  return (
    <Link
      href={href}
      className="flex items-center gap-2 rounded-md font-semibold tracking-tight outline-none focus-visible:ring-[3px] focus-visible:ring-ring/50"
    >
      <svg viewBox="0 0 32 32" className="size-7" aria-hidden="true">
        <rect width="32" height="32" rx="8" className="fill-primary" />
        <path
          d="M7.5 11l2.2 2.2L14 9m-6.5 12l2.2 2.2L14 19m4.5-8H25m-6.5 10H25"
          className="fill-none stroke-primary-foreground"
          strokeWidth="2.6"
          strokeLinecap="round"
          strokeLinejoin="round"
        />
      </svg>
      Rollcall
    </Link>
  );
}
