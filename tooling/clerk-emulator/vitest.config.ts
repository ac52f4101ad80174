import { defineConfig } from "vitest/config";

export default defineConfig({ test: { name: "clerk-emulator", include: ["test/**/*.test.ts"], testTimeout: 60_000 } });
