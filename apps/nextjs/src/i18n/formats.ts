import type { Formats } from "next-intl";

export const formats = {
  dateTime: {
    day: { dateStyle: "medium" },
    hour: { hour: "numeric", minute: "2-digit" },
    moment: { dateStyle: "medium", timeStyle: "short" },
    exact: { dateStyle: "medium", timeStyle: "long" },
  },
} satisfies Formats;
