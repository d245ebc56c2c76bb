/** Of a graph that opens first. More can be shown, but not seen at once. */
const MAX_STEPS = 300;
const PHONE = '(width <= 640px)';

/** Whether steps are shown as a graph unless somebody chooses. A graph of one step says nothing. */
export const isGraphFirst = (steps: number): boolean =>
  steps > 1 && steps <= MAX_STEPS && !window.matchMedia(PHONE).matches;
