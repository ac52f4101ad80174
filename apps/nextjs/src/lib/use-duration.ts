import { useTranslations } from "next-intl";

/** @returns a function that writes a duration, as in "1 min 5 s"; ms are rounded up to whole seconds */
export function useDuration(): (ms: number) => string {
  const t = useTranslations("common");
  return (ms) => {
    const { minutes, seconds } = inMinutes(ms);
    return minutes === 0 ? t("seconds", { seconds }) : t("minutes", { minutes, seconds });
  };
}

/** @param ms is rounded up, so that no client retries too early */
export function inMinutes(ms: number): { minutes: number; seconds: number } {
  const seconds = Math.ceil(ms / 1_000);
  return { minutes: Math.floor(seconds / 60), seconds: seconds % 60 };
}
