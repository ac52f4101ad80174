import type { Plot } from "./plot.ts";

export interface Bars {
  /** The file's name without its ending. */
  name: string;
  title: string;
  series: readonly string[];
  /** One value for each series. */
  groups: readonly { label: string; values: readonly number[] }[];
  /** How a value is written at the end of its bar. */
  figure(value: number): string;
}

const WIDTH = 760;
const LABELS = 210;
const FIGURES = 80;
const TOP = 64;
const BAR = 16;
const GAP = 14;
const EDGE = 16;

// The ground and the text follow the reader's scheme: a page may have another one. The bars fit both.
const COLORS = ["#2563eb", "#ea8a0b", "#7c8798"];
const STYLE = `.ground{fill:#fff}text{font:13px system-ui,sans-serif;fill:#1f2937}.title{font-weight:600;font-size:15px}.figure{font-size:12px;fill:#4b5563}@media(prefers-color-scheme:dark){.ground{fill:#0d1117}text{fill:#e5e7eb}.figure{fill:#9ca3af}}`;

/** Groups of horizontal bars from zero on, readable on a light and on a dark page. */
export function bars({ name, title, series, groups, figure }: Bars): Plot {
  const most = Math.max(...groups.flatMap(({ values }) => values), Number.MIN_VALUE);
  const scale = (WIDTH - LABELS - FIGURES) / most;
  const groupHeight = series.length * BAR + GAP;
  const width = WIDTH + 2 * EDGE;
  const height = TOP + groups.length * groupHeight + 2 * EDGE;
  const legend = series.map((label, index) => {
    const x = LABELS + index * 170;
    return `<rect x="${x}" y="36" width="12" height="12" rx="2" fill="${color(index)}"/>${text(x + 18, 47, label)}`;
  });
  const drawn = groups.map(({ label, values }, group) => {
    const top = TOP + group * groupHeight;
    const middle = top + (series.length * BAR) / 2 + 4;
    const lines = values.map((value, index) => {
      const y = top + index * BAR;
      const length = round(value * scale);
      const end = text(LABELS + length + 6, y + BAR - 5, figure(value), ' class="figure"');
      return `<rect x="${LABELS}" y="${y}" width="${length}" height="${BAR - 3}" rx="2" fill="${color(index)}"/>${end}`;
    });
    return `${text(LABELS - 10, middle, label, ' text-anchor="end"')}${lines.join("")}`;
  });
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${-EDGE} ${-EDGE} ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escaped(title)}">
<style>${STYLE}</style>
<rect class="ground" x="${-EDGE}" y="${-EDGE}" width="${width}" height="${height}" rx="8"/>
${text(0, 18, title, ' class="title"')}
${[...legend, ...drawn].join("\n")}
</svg>
`;
  return { name, svg };
}

const color = (index: number): string => COLORS[index % COLORS.length] ?? "#7c8798";
const round = (value: number): number => Math.round(value * 10) / 10;
const text = (x: number, y: number, content: string, attributes = ""): string =>
  `<text x="${x}" y="${y}"${attributes}>${escaped(content)}</text>`;
const escaped = (content: string): string =>
  content.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
