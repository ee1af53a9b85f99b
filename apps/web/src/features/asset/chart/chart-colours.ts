/** The design tokens as colours for a canvas, which cannot read custom properties. */
export interface ChartColours {
  readonly ground: string;
  readonly text: string;
  readonly line: string;
  readonly crosshair: string;
  readonly gain: string;
  readonly loss: string;
  readonly volumeUp: string;
  readonly volumeDown: string;
}

const VOLUME_ALPHA = 0.35;

/** Reads the colours of the current theme. */
export function readChartColours(): ChartColours {
  const probe = document.createElement('span');
  const canvas = document.createElement('canvas');
  canvas.width = 1;
  canvas.height = 1;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  document.body.append(probe);
  const read = (token: string, alpha = 1): string => {
    probe.style.color = `var(--${token})`;
    const computed = getComputedStyle(probe).color;
    if (!context) return computed;
    // Converts any CSS colour to RGB by painting one pixel.
    context.fillStyle = computed;
    context.fillRect(0, 0, 1, 1);
    const [red = 0, green = 0, blue = 0] = context.getImageData(0, 0, 1, 1).data;
    return `rgba(${red}, ${green}, ${blue}, ${alpha})`;
  };
  const colours: ChartColours = {
    ground: read('surface'),
    text: read('muted'),
    line: read('line'),
    crosshair: read('line-strong'),
    gain: read('gain'),
    loss: read('loss'),
    volumeUp: read('gain', VOLUME_ALPHA),
    volumeDown: read('loss', VOLUME_ALPHA),
  };
  probe.remove();
  return colours;
}
