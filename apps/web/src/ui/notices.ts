/** A message shown at the edge of the screen. */
export interface Notice {
  readonly title: string;
  readonly description?: string;
  /** Failures stay longer. */
  readonly tone: 'success' | 'info' | 'failure';
}

type Listener = (notice: Notice) => void;

/** Notices are kept until the component that shows them is loaded. */
const MAX_WAITING = 5;
let waiting: Notice[] = [];
let show: Listener | undefined;

export function notify(notice: Notice): void {
  if (show) show(notice);
  else waiting = [...waiting, notice].slice(-MAX_WAITING);
}

export function onNotice(listener: Listener): () => void {
  show = listener;
  for (const notice of waiting) listener(notice);
  waiting = [];
  return () => {
    show = undefined;
  };
}
