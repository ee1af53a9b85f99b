import { clsx } from 'clsx';

const HUES = 360;
/** Spreads neighbouring letters over the circle. */
const HUE_STEP = 47;
const SHOWN_LETTERS = 4;

/** A round mark of an asset, coloured by its name: pictures would have to come from other origins. */
export function AssetBadge({
  symbol,
  size = 'medium',
}: {
  readonly symbol: string;
  readonly size?: 'medium' | 'large';
}) {
  const hue = Array.from(symbol).reduce((sum, letter) => sum * HUE_STEP + letter.charCodeAt(0), 7) % HUES;
  return (
    <span
      aria-hidden="true"
      style={{
        background: `light-dark(oklch(93% 0.05 ${hue}), oklch(30% 0.06 ${hue}))`,
        color: `light-dark(oklch(40% 0.11 ${hue}), oklch(86% 0.09 ${hue}))`,
      }}
      className={clsx(
        'inline-flex shrink-0 items-center justify-center rounded-full font-semibold tracking-tighter',
        size === 'large' ? 'size-10 text-2xs' : 'size-8 text-[0.625rem]',
      )}
    >
      {symbol.slice(0, SHOWN_LETTERS)}
    </span>
  );
}
