// Loaded before a program: as on a machine whose clock is wrong. Monotonic clocks are right, and so are timers.
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
