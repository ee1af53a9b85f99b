import type { AssetStatus } from '@cnop/common/entities/inventory/asset';
import { clsx } from 'clsx';
import type { ReactNode } from 'react';

export type BadgeTone = 'neutral' | 'accent' | 'gain' | 'loss' | 'warn';

const TONES: Readonly<Record<BadgeTone, string>> = {
  neutral: 'bg-sunken text-muted',
  accent: 'bg-accent-soft text-accent',
  gain: 'bg-gain-soft text-gain',
  loss: 'bg-loss-soft text-loss',
  warn: 'bg-warn-soft text-warn',
};

/** A short label in a colour that shows its tone. */
export function Badge({
  tone = 'neutral',
  children,
}: {
  readonly tone?: BadgeTone;
  readonly children: ReactNode;
}) {
  return (
    <span
      className={clsx(
        'inline-flex h-5 items-center gap-1 rounded px-1.5 text-xs font-medium whitespace-nowrap',
        TONES[tone],
      )}
    >
      {children}
    </span>
  );
}

export const STATUS_NAMES: Readonly<Record<AssetStatus, string>> = {
  active: 'Active',
  cancel_only: 'Cancel only',
  close_only: 'Sell only',
  suspended: 'Paused',
  delisted: 'Delisted',
};

export const STATUS_TONES: Readonly<Record<AssetStatus, BadgeTone>> = {
  active: 'gain',
  cancel_only: 'neutral',
  close_only: 'warn',
  suspended: 'warn',
  delisted: 'loss',
};

/** The status of an asset; nothing for an active one. */
export function AssetStatusBadge({ status }: { readonly status: AssetStatus }) {
  return status === 'active' ? null : <Badge tone={STATUS_TONES[status]}>{STATUS_NAMES[status]}</Badge>;
}

const HUES = 360;
/** Spreads neighbouring letters over the colour circle. */
const HUE_STEP = 47;
const SHOWN_LETTERS = 4;

/** A round mark of an asset, coloured by its symbol; images would need other origins. */
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
