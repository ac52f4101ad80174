#!/usr/bin/env node
// In this repository the package runs from its source; the published package's bin is compiled.
import { register } from "tsx/esm/api";

register();
await import("../src/bin.ts");
