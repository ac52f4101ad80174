// Loaded before a program by `node --import`: it acts like a machine whose clock is wrong by CLOCK_OFFSET_MS. Monotonic clocks and
// timers stay right.
const offset = Number(process.env.CLOCK_OFFSET_MS);
const RealDate = Date;
globalThis.Date = class extends RealDate {
  constructor(...args) {
    if (args.length === 0) super(RealDate.now() + offset);
    else super(...args);
  }
  static now() {
    return RealDate.now() + offset;
  }
};
