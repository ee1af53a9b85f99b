/** Something that happened and is worth a line at the edge of the screen. */
export interface Notice {
  readonly title: string;
  readonly description?: string;
  /** A failure stays longer. */
  readonly tone: 'success' | 'info' | 'failure';
}

type Listener = (notice: Notice) => void;

/** What nobody shows yet: the part that shows notices is loaded after the first paint. */
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
