// Loaded before a program: acts like a machine with a wrong clock. Monotonic clocks and timers stay right.
const AN_HOUR_MS = 3_600_000;
const RealDate = Date;
globalThis.Date = class extends RealDate {
  constructor(...args) {
    if (args.length === 0) super(RealDate.now() + AN_HOUR_MS);
    else super(...args);
  }
  static now() {
    return RealDate.now() + AN_HOUR_MS;
  }
};
