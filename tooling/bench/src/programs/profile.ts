import { type Profiler, Session } from "node:inspector/promises";

/** What a process computes with, and its share of the time in which it computed. */
export type ProfileShares = Record<string, number>;

const SAMPLE_US = 500;

/** Does some work, and says which packages took this process's time meanwhile. */
export async function profiled(work: () => Promise<void>): Promise<ProfileShares> {
  const session = new Session();
  session.connect();
  try {
    await session.post("Profiler.enable");
    await session.post("Profiler.setSamplingInterval", { interval: SAMPLE_US });
    await session.post("Profiler.start");
    await work();
    const { profile } = await session.post("Profiler.stop");
    return sharesOf(profile);
  } finally {
    session.disconnect();
  }
}

function sharesOf({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): ProfileShares {
  const owners = new Map(nodes.map(({ id, callFrame }) => [id, ownerOf(callFrame)]));
  const spent = new Map<string, number>();
  for (const [index, node] of samples.entries()) {
    const owner = owners.get(node);
    if (owner) spent.set(owner, (spent.get(owner) ?? 0) + (timeDeltas[index] ?? 0));
  }
  const total = [...spent.values()].reduce((sum, time) => sum + time, 0);
  const shares = [...spent].map(([owner, time]) => [owner, time / total] as const);
  return Object.fromEntries(shares.toSorted(([, a], [, b]) => b - a));
}

/** undefined while the process only waits, or starts and stops the profiler itself. */
function ownerOf({ functionName, url }: Profiler.Profile["nodes"][number]["callFrame"]): string | undefined {
  if (functionName === "(idle)" || (url === "" && functionName === "dispatch")) return undefined;
  if (functionName === "(garbage collector)") return "garbage collection";
  // Node's `fetch` parses in a function of its own.
  if (functionName === "parseJSONFromBytes" || (url === "" && /^(parse|stringify)$/.test(functionName))) return "JSON";
  if (url.startsWith("wasm:") || /[\\/](@prisma|generated|prisma)[\\/]/.test(url)) return "Prisma";
  const installed = /.*[\\/]node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)/.exec(url)?.[1];
  if (installed) return installed;
  if (/[\\/]packages[\\/]/.test(url)) return "Rollcall";
  return "Node";
}
