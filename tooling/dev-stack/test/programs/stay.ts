// A program that would outlive its launcher.
setInterval(() => {}, 60_000);
