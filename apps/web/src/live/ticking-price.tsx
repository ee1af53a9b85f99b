import { decimal } from '@cnop/common/core/money';
import { clsx } from 'clsx';
import { useState } from 'react';
import { formatPrice } from '../format/numbers.ts';

export interface TickingPriceProps {
  readonly value: string;
  readonly priceScale: number;
  readonly className?: string;
}

/** A price that lights up when it moves. It is no live region: a voice that reads every tick helps nobody. */
export function TickingPrice({ value, priceScale, className }: TickingPriceProps) {
  const [shown, setShown] = useState({ value, tick: '' });
  if (value !== shown.value) {
    setShown({ value, tick: decimal(value).gt(shown.value) ? 'tick-up' : 'tick-down' });
  }
  return (
    // A new key begins the animation anew.
    <span key={value} className={clsx('numeric -mx-1 rounded px-1', shown.tick, className)}>
      {formatPrice(value, priceScale)}
    </span>
  );
}
