/** Browsers draw no frames for a hidden page. */
const HIDDEN_INTERVAL_MS = 1_000;

/** Calls a function before the next frame is drawn; while the page is hidden, after a second. */
export function onNextFrame(draw: () => void): void {
  const once = () => {
    clearTimeout(timer);
    cancelAnimationFrame(frame);
    draw();
  };
  const timer = setTimeout(once, HIDDEN_INTERVAL_MS);
  const frame = requestAnimationFrame(once);
}
