import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { pnpmFile } from "@rollcall/dev-stack/testing/pnpm";
import { z } from "zod/v4";

/** The package as it would be published, in a temporary folder. */
export interface Packed extends Disposable {
  tarball: string;
  /** The unpacked package. */
  folder: string;
  entries: string[];
  /**
   * Installs it as a host has it: with the dependencies that it declares, and nothing else.
   *
   * @param others what the host has besides: a package's name, and ours that is linked there
   * @returns the host's folder
   */
  install(others?: Record<string, string>): string;
}

const packageFolder = fileURLToPath(new URL("..", import.meta.url));
export const installed = (name: string): string => realpathSync(join(packageFolder, "node_modules", name));

const manifestSchema = z.object({
  exports: z.record(z.string(), z.unknown()),
  dependencies: z.record(z.string(), z.string()),
});

/** Builds and packs. */
export function pack(): Packed {
  const root = mkdtempSync(join(tmpdir(), "rollcall-package-"));
  const words = [pnpmFile(), "pack", "--pack-destination", root];
  execFileSync(process.execPath, words, { cwd: packageFolder, stdio: "pipe" });
  const tarball = join(root, readdirSync(root).find((name) => name.endsWith(".tgz")) ?? "");
  execFileSync("tar", ["xzf", tarball, "-C", root]);
  const folder = join(root, "package");
  const { exports, dependencies } = manifestSchema.parse(
    JSON.parse(readFileSync(join(folder, "package.json"), "utf8")),
  );

  return {
    tarball,
    folder,
    entries: Object.keys(exports)
      .filter((key) => key !== "./package.json")
      .map((key) => `rollcall${key.slice(1)}`),
    install(others = {}) {
      const host = mkdtempSync(join(root, "host-"));
      const modules = join(host, "node_modules");
      cpSync(folder, join(modules, "rollcall"), { recursive: true });
      const same = Object.fromEntries(Object.keys(dependencies).map((name) => [name, name]));
      for (const [name, ours] of Object.entries({ ...same, ...others })) {
        mkdirSync(dirname(join(modules, name)), { recursive: true });
        symlinkSync(installed(ours), join(modules, name));
      }
      return host;
    },
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  };
}
