/** Why a figure has no value. */
export const NO_FIGURE_REASONS = [
  'no_capital',
  'total_loss',
  'no_solution',
  'several_solutions',
  'not_determined',
  'too_short',
  'too_few_days',
  'no_variation',
  'no_prices',
] as const;
export type NoFigureReason = (typeof NO_FIGURE_REASONS)[number];

/** A statistic of a portfolio, or the reason why it has none. */
export interface FigureOfReturn {
  readonly value: number | null;
  readonly unavailable: NoFigureReason | null;
}

/** Returns a figure with a value; one that is too large for a number has none. */
export function figure(value: number): FigureOfReturn {
  return Number.isFinite(value) ? { value, unavailable: null } : noFigure('not_determined');
}

/** Returns a figure without a value. */
export function noFigure(reason: NoFigureReason): FigureOfReturn {
  return { value: null, unavailable: reason };
}
