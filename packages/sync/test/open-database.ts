import { inject } from "vitest";
import { type Driver, type HostClientOptions, type HostDatabase, openOver } from "./driver.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** What the host application speaks to its database with. Given by the project's configuration; default Prisma. */
    driver?: Driver;
  }
}

/** The driver of this project's host applications. */
export const projectDriver = (): Driver => inject("driver") ?? "prisma";

/** The engine's database, over the driver of this project. */
export const openDatabase = (connectionString: string, options?: HostClientOptions): HostDatabase =>
  openOver(projectDriver(), connectionString, options);
