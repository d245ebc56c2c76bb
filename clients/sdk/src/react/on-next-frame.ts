/** Browsers draw no frames for a hidden page. */
const HIDDEN_INTERVAL_MS = 1_000;

/** Calls a function before the next frame is drawn; for a page that is hidden, after a second. */
export function onNextFrame(draw: () => void): void {
  if (document.hidden) setTimeout(draw, HIDDEN_INTERVAL_MS);
  else requestAnimationFrame(draw);
}
